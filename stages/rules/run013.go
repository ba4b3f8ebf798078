package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN013 finds a training loss that grows: twice its best, above its first, and
// still rising.
var RUN013 = &Rule{Code: run013, Log: func(s pipeline.Site, l *Log) {
	loss, ok := l.Column("loss")
	n := len(loss)
	if !ok || n < 3 || !(slices.Min(loss) > 0) {
		return
	}
	best, last := slices.Min(loss), loss[n-1]
	if math.IsInf(last, 1) || last >= 2*best && last > loss[0] && last > loss[n-2] && loss[n-2] > best {
		s.Report(diag.New(run013, l.at(s, l.last(), "optimizer"), fmt.Sprintf("the loss rose from %.4g to %.4g in epoch %d", best, last, l.Epochs[n-1])).
			Note("it was %.4g in the first epoch; a training loss that doubles does not come back by itself", loss[0]).
			Suggest("lower learning_rate, to a tenth at first").
			Suggest("keep the gradient short: gradient_clip: {norm: 1}").
			Suggest("scale the volumes, and the targets of a regression"))
	}
}}

var run013 = &diag.Code{
	ID: "RUN013", Severity: diag.Error,
	Title: "the training diverges",
	Means: "The training loss is twice the lowest that it was, above that of the first epoch, and still rising.",
	Why:   "Each step overshoots further than the one before. The end is NaN.",
	Ways:  []string{"a lower `learning_rate`", "`gradient_clip: {norm: 1}`", "a `normalize` stage"},
	Log:   "epoch,loss\n1,1.2\n2,0.9\n3,1.6\n4,2.8",
}
