package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN026 finds a training that was ended while it still learnt: its accuracy is
// no good yet, and its loss falls by a twentieth and more in the last quarter, or, in
// a training of a few steps that learnt nothing yet, in every epoch. If there is validation, its loss has to be at its lowest there, too:
// more epochs would make the others worse. Where it has learnt something, how long
// to go on is its author's to say, and a remark will do.
var RUN026 = &Rule{Code: run026, Log: func(s pipeline.Site, l *Log) {
	loss, ok := l.Column("loss")
	accuracy, name, found := l.accuracy("")
	if !ok || !found || !l.Ended || len(loss) < 4 {
		return
	}
	i := l.last()
	const fewest, few = 20, 200 // steps; of fewer TRN012 speaks
	steps := l.Steps * len(loss)
	short := steps >= fewest && steps < few && l.atChance()
	target := 0.8
	for _, share := range l.TrainShares {
		target = max(target, (1+share)/2)
	}
	before := loss[i-len(loss)/4]
	if !(accuracy[i] < target) || !(loss[i] < 0.95*before) && !(short && l.goesOn()) || !(loss[i] > 0) {
		return
	}
	if validation, measured := l.Column("val_loss"); measured && slices.Index(validation, slices.Min(validation)) < i-len(loss)/4 {
		return
	}
	d := diag.New(run026, l.at(s, i, "epochs"), fmt.Sprintf("%s is %.3g after %d epochs, and the loss still falls, from %.4g to %.4g in the last %d", name, accuracy[i], len(loss), before, loss[i], len(loss)/4))
	if !l.atChance() {
		d = d.As(diag.Info)
	}
	s.Report(d.Suggest("train for more epochs").
		Suggest("raise learning_rate").
		Suggest("give the network more filters, if it stops falling like this"))
}}

var run026 = &diag.Code{
	// A warning where nothing is learnt yet, else a remark.
	ID: "RUN026", Severity: diag.Warning,
	Title: "the training ended while it still learnt",
	Means: "The training accuracy is not good yet, and the loss fell by a twentieth and more in the last quarter of the epochs, or, in a training of 20 to 200 steps, in nearly every one of the later half, while the loss of validation, if there is any, was at its lowest. A warning where the accuracy is still that of always giving the same answer; else a remark, which is not shown unless it is asked for.",
	Why:   "What is measured now is not what the network can do.",
	Ways:  []string{"more `epochs`", "a higher `learning_rate`", "a larger network"},
	Log:   "epoch,loss,accuracy\n1,1.10,0.33\n2,1.05,0.35\n3,1.00,0.34\n4,0.94,0.36",
}
