package rules

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN018 finds a loss and an accuracy that have nothing to do with each other,
// though both move.
var RUN018 = &Rule{Code: run018, Log: func(s pipeline.Site, l *Log) {
	const least = 10
	loss, ok := l.Column("loss")
	accuracy, name, found := l.accuracy("")
	if !ok || !found || len(loss) < least {
		return
	}
	meanLoss, deviationLoss := stat.MeanStdDev(loss, nil)
	_, deviationAccuracy := stat.MeanStdDev(accuracy, nil)
	if !(deviationLoss > 0.1*math.Abs(meanLoss)) || !(deviationAccuracy > 0.02) {
		return
	}
	const good = 0.9
	half := len(loss) / 2
	if falls := stat.Mean(loss[half:], nil) < stat.Mean(loss[:half], nil); falls && (l.learnt() || stat.Mean(accuracy[half:], nil) > good) {
		return // the accuracy rose as the loss fell, and was done before it
	}
	correlation := stat.Correlation(loss, accuracy, nil)
	if !(math.Abs(correlation) < 0.5) {
		return
	}
	s.Report(diag.New(run018, l.at(s, l.last(), "metrics"), fmt.Sprintf("the correlation of loss and %s over %d epochs is %.2f", name, len(loss), correlation)).
		Note("where the metric measures what the loss teaches, it is near -1").
		Suggest("measure what the loss is about: accuracy for a cross-entropy, mean_absolute_error for real numbers, dice for masks").
		Suggest("look whether a regularizer is most of the loss"))
}}

var run018 = &diag.Code{
	ID: "RUN018", Severity: diag.Warning,
	Title: "the loss and the accuracy have nothing to do with each other",
	Means: "Over ten epochs and more both the training loss and the training accuracy move, and their correlation is below one half.",
	Why:   "What is learnt is not what is measured: another quantity, or mostly a penalty on the weights.",
	Ways:  []string{"a metric that fits the loss", "a weaker regularizer"},
	Log:   "epoch,loss,accuracy\n1,5.0,0.50\n2,4.5,0.52\n3,4.0,0.54\n4,3.5,0.56\n5,3.0,0.58\n6,2.5,0.56\n7,2.0,0.54\n8,1.5,0.52\n9,1.5,0.50\n10,1.5,0.48",
}
