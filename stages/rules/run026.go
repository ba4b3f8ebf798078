package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN026 finds a training that was ended while it still learnt: its accuracy is
// no good yet, and its loss falls by a twentieth and more in the last quarter. If
// there is validation, its loss has to be at its lowest there, too: more epochs
// would make the others worse.
var RUN026 = &Rule{Code: run026, Log: func(s pipeline.Site, l *Log) {
	loss, ok := l.Column("loss")
	accuracy, name, found := l.accuracy("")
	if !ok || !found || !l.Ended || len(loss) < 4 {
		return
	}
	i := l.last()
	target := 0.8
	for _, share := range l.TrainShares {
		target = max(target, (1+share)/2)
	}
	before := loss[i-len(loss)/4]
	if !(accuracy[i] < target) || !(loss[i] < 0.95*before) || !(loss[i] > 0) {
		return
	}
	if validation, measured := l.Column("val_loss"); measured && slices.Index(validation, slices.Min(validation)) < i-len(loss)/4 {
		return
	}
	s.Report(diag.New(run026, l.at(s, i, "epochs"), fmt.Sprintf("%s is %.3g after %d epochs, and the loss still falls, from %.4g to %.4g in the last %d", name, accuracy[i], len(loss), before, loss[i], len(loss)/4)).
		Suggest("train for more epochs").
		Suggest("raise learning_rate").
		Suggest("give the network more filters, if it stops falling like this"))
}}

var run026 = &diag.Code{
	ID: "RUN026", Severity: diag.Warning,
	Title: "the training ended while it still learnt",
	Means: "The training accuracy is not good yet, and in the last quarter of the epochs the loss fell by a twentieth and more, while the loss of validation, if there is any, was at its lowest.",
	Why:   "What is measured now is not what the network can do.",
	Ways:  []string{"more `epochs`", "a higher `learning_rate`", "a larger network"},
	Log:   "epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.60",
}
