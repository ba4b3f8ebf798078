// Package initial holds the initializers: how a weight is filled before
// training. Names, settings and defaults are Keras 3's.
package initial

import (
	"embed"
	"sync"

	"github.com/voxelpipe/pipe/nn/kind"
)

//go:embed *.go
var sources embed.FS

// Table lists the initializers; each kind's settings are an nn.Initializer.
func Table() *kind.Table { return table() }

var table = sync.OnceValue(func() *kind.Table {
	return kind.NewTable("initializer", sources,
		kind.Of("zeros", "zeros", Zeros{}),
		kind.Of("ones", "ones", Ones{}),
		kind.Of("constant", "constant: {value: 0.5}", Constant{}),
		kind.Of("random_uniform", "random_uniform: {minval: -0.1, maxval: 0.1}", RandomUniform{Low: -0.05, High: 0.05}),
		kind.Of("random_normal", "random_normal: {stddev: 0.01}", RandomNormal{Deviation: 0.05}),
		kind.Of("truncated_normal", "truncated_normal: {stddev: 0.01}", TruncatedNormal{Deviation: 0.05}),
		kind.Of("glorot_uniform", "glorot_uniform", GlorotUniform{}),
		kind.Of("glorot_normal", "glorot_normal", GlorotNormal{}),
		kind.Of("he_uniform", "he_uniform", HeUniform{}),
		kind.Of("he_normal", "he_normal", HeNormal{}),
		kind.Of("lecun_uniform", "lecun_uniform", LecunUniform{}),
		kind.Of("lecun_normal", "lecun_normal", LecunNormal{}),
		kind.Of("orthogonal", "orthogonal: {gain: 1.4}", Orthogonal{Gain: 1}),
	).Called(map[string][]string{
		"he_normal":      {"kaiming_normal"},
		"he_uniform":     {"kaiming_uniform"},
		"glorot_normal":  {"xavier_normal"},
		"glorot_uniform": {"xavier_uniform", "xavier"},
		"random_normal":  {"normal", "gaussian"},
		"random_uniform": {"uniform"},
	})
})
