// Package penalty holds the regularizers: what the size of a weight adds to the
// loss. Names, settings and defaults are Keras 3's.
package penalty

import (
	"embed"
	"sync"

	"github.com/voxelpipe/pipe/nn/kind"
)

//go:embed *.go
var sources embed.FS

// Table lists the regularizers; each kind's settings are an nn.Regularizer.
func Table() *kind.Table { return table() }

var table = sync.OnceValue(func() *kind.Table {
	return kind.NewTable("regularizer", sources,
		kind.Of("l1", "l1: {l1: 1e-4}", L1{Factor: 0.01}),
		kind.Of("l2", "l2: {l2: 1e-4}", L2{Factor: 0.01}),
		kind.Of("l1_l2", "l1_l2: {l1: 1e-5, l2: 1e-4}", L1L2{}),
	)
})
