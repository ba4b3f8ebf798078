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
	kind.Of("huber", "loss: {huber: {delta: 1.0}}", Huber{Delta: 1, Reduction: mean}),
	kind.Of("focal", "loss: {focal: {gamma: 2.0}}", Focal{Alpha: 0.25, Gamma: 2, Reduction: mean}),
	kind.Of("dice", "loss: {dice: {include_background: false}}", Dice{Regions: regions, Reduction: mean}),
	kind.Of("dice_crossentropy", "loss: dice_crossentropy", DiceCrossentropy{DiceWeight: 1, CrossentropyWeight: 1, Regions: regions, Reduction: mean}),
	kind.Of("tversky", "loss: {tversky: {alpha: 0.3, beta: 0.7}}", Tversky{Alpha: 0.5, Beta: 0.5, Regions: regions, Reduction: mean}),
).Called(map[string][]string{
	"categorical_crossentropy":        {"crossentropy", "cross_entropy_loss", "ce", "ce_loss", "softmax_cross_entropy", "nll", "nll_loss"},
	"sparse_categorical_crossentropy": {"crossentropy", "cross_entropy_loss", "ce", "ce_loss", "softmax_cross_entropy", "nll", "nll_loss", "sparse_crossentropy", "sparse_ce"},
	"binary_crossentropy":             {"bce", "bce_loss", "bce_with_logits", "bce_with_logits_loss", "log_loss"},
	"mean_squared_error":              {"mse", "mse_loss", "l2", "l2_loss"},
	"mean_absolute_error":             {"mae", "l1", "l1_loss"},
	"huber":                           {"smooth_l1", "smooth_l1_loss", "huber_loss"},
	"focal":                           {"focal_loss", "focal_crossentropy", "binary_focal_crossentropy", "categorical_focal_crossentropy", "sigmoid_focal_loss"},
	"dice":                            {"dice_loss", "soft_dice", "soft_dice_loss"},
	"dice_crossentropy":               {"dice_ce", "dice_ce_loss", "dice_bce", "dice_bce_loss", "combo_loss"},
	"tversky":                         {"tversky_loss"},
})

// regions are MONAI's defaults.
var regions = Regions{IncludeBackground: true, Smooth: 1e-5}

// Table lists the losses a config can write.
func Table() *kind.Table { return table }
