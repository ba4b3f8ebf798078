package loss

import (
	"embed"

	"github.com/voxelpipe/pipe/nn/kind"
)

//go:embed *.go
var sources embed.FS

var table = kind.NewTable("loss", sources,
	kind.Of("categorical_crossentropy", "loss: categorical_crossentropy", CategoricalCrossentropy{Reduction: mean}),
	kind.Of("sparse_categorical_crossentropy", "loss: sparse_categorical_crossentropy", SparseCategoricalCrossentropy{Reduction: mean}),
	kind.Of("binary_crossentropy", "loss: {binary_crossentropy: {label_smoothing: 0.1}}", BinaryCrossentropy{Reduction: mean}),
	kind.Of("mean_squared_error", "loss: mean_squared_error", MeanSquaredError{Reduction: mean}),
	kind.Of("mean_absolute_error", "loss: mean_absolute_error", MeanAbsoluteError{Reduction: mean}),
)

// Table lists the losses a config can write.
func Table() *kind.Table { return table }
