package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN012 finds a training whose loss never fell: 5 % in six epochs are not much
// to ask of one that has just begun. Small networks with sgd may take half of the
// training for it, and learn; their accuracy rises before, or the loss comes down in
// every epoch.
var RUN012 = &Rule{Code: run012, Log: func(s pipeline.Site, l *Log) {
	const window, fewest = 6, 50 // epochs, steps
	loss, ok := l.Column("loss")
	if ok && l.frozen(loss) {
		s.Report(diag.New(run012, l.at(s, l.last(), "optimizer"), fmt.Sprintf("the loss is %.6g in every one of %d epochs", loss[0], len(loss))).
			Note("to the last digit: no step changes what the network says").
			Suggest("look whether the weights change at all: whether a layer is trainable, and the learning rate above 0").
			Suggest("look for dead units, and for outputs that are 0 or 1: pipe doctor does").
			Suggest("scale the volumes"))
		return
	}
	if !ok || len(loss) < window || l.Steps > 0 && l.Steps*len(loss) < fewest || !(loss[0] > 0) {
		return
	}
	best := slices.Min(loss)
	if math.IsNaN(best) || best < 0.95*loss[0] || l.young() || l.learnt() || l.goesOn() || l.nearlyDone(loss[0]) {
		return
	}
	s.Report(diag.New(run012, l.at(s, l.last(), "optimizer"), fmt.Sprintf("the loss was %.4g in the first epoch, and never lower than %.4g in %d epochs", loss[0], best, len(loss))).
		Note("that is a fall of %.1f %%; 5 %% is the least to expect", 100*(1-best/loss[0])).
		Suggest("look which learning rate moves the loss: pipe doctor tries them").
		Suggest("try optimizer: adam, which needs less tuning than sgd").
		Suggest("scale the volumes"))
}}

// frozen says that a loss is the same number from the first epoch to the last, that no
// other rule knows the number, and nothing beside it says more.
func (l *Log) frozen(loss []float64) bool {
	const fewest = 4
	if len(loss) < fewest || loss[0] == 0 || math.IsNaN(loss[0]) || math.IsInf(loss[0], 0) || l.young() ||
		run(loss, func(v float64) bool { return v == loss[0] }) < len(loss) {
		return false
	}
	_, _, _, hard := l.hard()
	_, _, uniform := l.uniform()
	_, free := l.free()
	told := slices.ContainsFunc(l.Columns, func(column string) bool {
		return strings.HasSuffix(column, "accuracy") || strings.Contains(column, "dice") && !strings.HasSuffix(column, "loss")
	})
	return !hard && !uniform && !free && !told
}

// nearlyDone says whether a training was good from its first epoch on: it cannot
// be asked to get much better.
func (l *Log) nearlyDone(loss float64) bool {
	accuracy, _, ok := l.accuracy("")
	if ok && accuracy[0] > 0.95 {
		return true
	}
	return l.Classes > 0 && l.crossEntropyLog() && l.Loss != "" && loss < 0.3*math.Log(float64(l.Classes))
}

var run012 = &diag.Code{
	ID: "RUN012", Severity: diag.Warning,
	Title: "the loss does not fall",
	Means: "In six epochs and more the training loss fell by less than 5 % of what it was in the first, and it does not go on falling: an epoch of the later half takes less than 0.2 % off it, or 25 steps do where an epoch has fewer. Or it is the same to the last digit in every epoch, from the fourth on.",
	Why:   "The first epochs are those in which a loss falls fastest. Steps that are too short or too long, units that died, or labels that have nothing to do with the volumes stop it.",
	Ways:  []string{"another `learning_rate`: `pipe doctor` tries them", "`adam` in place of plain `sgd`", "a `normalize` stage"},
	Log:   "epoch,loss\n1,0.95\n2,0.95\n3,0.94\n4,0.95\n5,0.94\n6,0.945",
}
