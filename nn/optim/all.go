package optim

import (
	"embed"

	"github.com/voxelpipe/pipe/nn/kind"
)

//go:embed *.go
var sources embed.FS

var table = kind.NewTable("optimizer", sources,
	kind.Of("sgd", "optimizer: {sgd: {learning_rate: 0.01, momentum: 0.9}}", SGD{LearningRate: 0.01}),
	kind.Of("adam", "optimizer: adam", Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}),
)

// Table lists the optimizers a config can write.
func Table() *kind.Table { return table }
