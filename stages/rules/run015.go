package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN015 finds a training that goes on by heart: the validation loss rises for
// three epochs, by a fifth of its best, while the training loss falls. Where the
// best epoch's weights are given back nothing is lost by it.
var RUN015 = &Rule{Code: run015, Log: func(s pipeline.Site, l *Log) {
	loss, ok := l.Column("loss")
	validation, found := l.Column("val_loss")
	n := len(loss)
	if !ok || !found || n < 4 || l.Restored {
		return
	}
	for i := n - 3; i < n; i++ {
		if !(validation[i] > validation[i-1] && loss[i] < loss[i-1]) {
			return
		}
	}
	best := slices.Min(validation)
	if !(validation[n-1] > 1.2*best) {
		return
	}
	at := slices.Index(validation, best)
	s.Report(diag.New(run015, l.at(s, l.last(), "epochs"), fmt.Sprintf("val_loss has risen from %.4g in epoch %d to %.4g in epoch %d while loss fell to %.4g", best, l.Epochs[at], validation[n-1], l.Epochs[n-1], loss[n-1])).
		Suggest("stop there, and take the best epoch: callbacks: [early_stopping: {monitor: val_loss, patience: 5, restore_best_weights: true}]").
		Suggest("hold the network back: dropout, weight_decay, or fewer filters").
		Suggest("give it more examples"))
}}

var run015 = &diag.Code{
	ID: "RUN015", Severity: diag.Warning,
	Title: "the network learns its examples by heart",
	Means: "For three epochs the validation loss rose while the training loss fell, and it is a fifth above its best.",
	Why:   "What is learnt from here on is the training examples themselves; on others the network gets worse.",
	Ways:  []string{"`early_stopping` with `restore_best_weights: true`", "`dropout`, a regularizer, or a smaller network", "more examples"},
	Log:   "epoch,loss,val_loss\n1,0.7,0.65\n2,0.5,0.55\n3,0.3,0.60\n4,0.2,0.66\n5,0.1,0.75",
}
