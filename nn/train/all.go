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
	kind.Of("terminate_on_nan", "callbacks: [terminate_on_nan]", TerminateOnNaN{}),
)

// Callbacks lists the callbacks a config can write.
func Callbacks() *kind.Table { return table }
