package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR009 knows a training without a batch: the loss is 0 from the first epoch,
// and nothing else was measured, or the validation shows that the weights stay as
// they are. Where an accuracy was, and no such validation, FPR011 speaks.
var FPR009 = &Rule{Code: fpr009, Log: func(s pipeline.Site, l *Log) {
	loss, ok := l.Column("loss")
	if !ok || run(loss, func(v float64) bool { return v == 0 }) < len(loss) || len(loss) < 2 {
		return
	}
	accuracy, _, found := l.accuracy("")
	unmoved, validated := l.unmoved()
	if found && accuracy[l.last()] > 0 && !unmoved {
		return
	}
	d := diag.New(fpr009, l.at(s, l.last(), "batch_size"), fmt.Sprintf("the loss is exactly 0 in all %d epochs", len(loss)))
	if unmoved {
		d = d.Note("val_loss is %.4g in all of them: the weights never change", validated)
	}
	s.Report(d.Note("a network that has not learnt yet has no loss of 0: no batch was trained on").
		Suggest("make batch_size smaller than the number of training examples, or leave drop_last out"))
}}

// unmoved says that the loss on the validation data is the same number in every
// epoch, and not that of a single output.
func (l *Log) unmoved() (bool, float64) {
	loss, ok := l.Column("val_loss")
	if !ok || !(loss[0] > clipped) {
		return false, 0
	}
	return run(loss, func(v float64) bool { return v == loss[0] }) == len(loss), loss[0]
}

var fpr009 = &diag.Code{
	ID: "FPR009", Severity: diag.Error,
	Title: "no batch was trained on",
	Means: "The loss is exactly 0 in every epoch, from the first one on.",
	Why:   "The sum over no batches is 0. The training data have fewer examples than a batch, and incomplete batches are dropped; the weights never change. Here the check refuses that (TRN003); logs of other programs show it.",
	Ways:  []string{"a smaller `batch_size`", "`drop_last: false`"},
	Log:   "epoch 0 | loss: 0.0 | 0:00:01s\nepoch 1 | loss: 0.0 | 0:00:01s\nepoch 2 | loss: 0.0 | 0:00:02s",
}
