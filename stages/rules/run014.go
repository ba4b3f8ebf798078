package rules

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN014 finds a training accuracy that swings: AUTOTRAINER's oscillating loss,
// in which it falls by 0.03 or more in a fifth of the epochs. Of few examples more
// is chance; not so where steps of one or two of them hold the loss at that of knowing
// nothing: then each one turns the answers over.
var RUN014 = &Rule{Code: run014, Log: func(s pipeline.Site, l *Log) {
	const least, usual, share = 10, 0.03, 0.2
	accuracy, name, ok := l.accuracy("")
	if !ok || len(accuracy) < least || l.young() {
		return
	}
	swing := max(usual, math.Sqrt2*chance(stat.Mean(accuracy, nil), l.Examples)) // of a difference
	tossed := l.tossed()
	if tossed {
		swing = usual
	}
	falls, rises, most := 0, 0, 0.0
	for i := 1; i < len(accuracy); i++ {
		if l.undecided(i) && !tossed {
			continue
		}
		if fall := accuracy[i-1] - accuracy[i]; fall >= swing {
			falls++
			most = max(most, fall)
		} else if -fall >= swing {
			rises++
		}
	}
	if float64(falls) < share*float64(len(accuracy)-1) || rises == 0 {
		return
	}
	d := diag.New(run014, l.at(s, l.last(), "optimizer"), fmt.Sprintf("%s fell by %.2f or more in %d of %d epochs, once by %.3f", name, swing, falls, len(accuracy), most))
	if tossed {
		d = d.Note("%d steps take %s an epoch, and the loss stays at ln %d, that of knowing nothing", l.Steps, plural(l.Examples, "example"), l.Classes)
	}
	s.Report(d.Suggest("lower learning_rate, to a third or a tenth").
		Suggest("make batch_size larger: each step then sees more examples"))
}}

// tossed says that each step is taken after one or two examples, and that the loss
// never left that of giving all classes the same, from the second epoch on.
func (l *Log) tossed() bool {
	const few = 2
	if l.Steps == 0 || l.Examples == 0 || l.Examples > few*l.Steps {
		return false
	}
	for i := 1; i < len(l.Rows); i++ {
		if !l.undecided(i) {
			return false
		}
	}
	return true
}

// undecided says that the loss is still about that of giving all classes the same:
// every output is near the border between them, and a small step moves many answers
// to its other side.
func (l *Log) undecided(epoch int) bool {
	loss, ok := l.Column("loss")
	return ok && l.Classes > 1 && l.Loss != "" && l.crossEntropyLog() && near(loss[epoch], math.Log(float64(l.Classes)), 0.05)
}

var run014 = &diag.Code{
	ID: "RUN014", Severity: diag.Warning,
	Title: "the training accuracy swings up and down",
	Means: "The training accuracy falls by 0.03 or more in a fifth of the epochs, and rises again between. Where an epoch has few examples, by more than chance makes of them: two standard errors of the difference, 0.2 for 45 examples. Where steps of one or two examples hold the loss at ln K, chance does not excuse it.",
	Why:   "The steps are longer than the valley is wide, or each is taken after too few examples, so that what one learns the next unlearns. Where the training happens to stop decides how good it is.",
	Ways:  []string{"a lower `learning_rate`", "a larger `batch_size`", "a `schedule` that ends low"},
	Log:   "epoch,loss,accuracy\n1,1.1,0.4\n2,0.9,0.6\n3,1.0,0.5\n4,0.8,0.65\n5,0.9,0.55\n6,0.7,0.7\n7,0.9,0.6\n8,0.7,0.72\n9,0.8,0.6\n10,0.7,0.7",
}
