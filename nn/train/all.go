package train

import (
	"embed"

	"github.com/voxelpipe/pipe/nn/kind"
)

//go:embed *.go
var sources embed.FS

var valLoss = Monitoring{Column: "val_loss", Mode: "auto"}

var table = kind.NewTable("callback", sources,
	kind.Of("early_stopping", "callbacks: [{early_stopping: {patience: 5, restore_best_weights: true}}]", EarlyStopping{Monitoring: valLoss}),
	kind.Of("checkpoint", "callbacks: [{checkpoint: {save_best_only: true}}]", Checkpoint{Monitoring: valLoss}),
	kind.Of("reduce_lr_on_plateau", "callbacks: [{reduce_lr_on_plateau: {factor: 0.2, patience: 5, min_lr: 1e-5}}]",
		ReduceLROnPlateau{Monitoring: valLoss, Factor: 0.1, Patience: 10, MinDelta: 1e-4}),
	kind.Of("swap_ema_weights", "callbacks: [{swap_ema_weights: {swap_on_epoch: true}}]", SwapEMAWeights{}),
	kind.Of("terminate_on_nan", "callbacks: [terminate_on_nan]", TerminateOnNaN{}),
	kind.Of("time_limit", "callbacks: [{time_limit: {hours: 2}}]", TimeLimit{Interval: "epoch"}),
	kind.Of("csv_log", "callbacks: [{csv_log: {filename: training.csv}}]", CSVLog{Separator: ","}),
	kind.Of("tensorboard", "callbacks: [tensorboard]", TensorBoard{LogDir: "logs", UpdateFreq: "epoch"}),
)

// Callbacks lists the callbacks a config can write.
func Callbacks() *kind.Table { return table }
