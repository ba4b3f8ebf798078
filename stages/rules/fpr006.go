package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR006 knows a validation that never saw a batch.
var FPR006 = &Rule{Code: fpr006, Log: func(s pipeline.Site, l *Log) {
	loss, ok := l.Column("val_loss")
	accuracy, name, found := l.accuracy("val_")
	if !ok || !found {
		return
	}
	n := 0
	for i := l.last(); i >= 0 && loss[i] == 0 && accuracy[i] == 0; i-- {
		n++
	}
	if n == 0 {
		return
	}
	s.Report(diag.New(fpr006, l.at(s, l.last(), "batch_size"), fmt.Sprintf("val_loss and %s are exactly 0 in %s", name, l.epochs(n))).
		Note("a loss of 0 means that everything is right, an accuracy of 0 that everything is wrong: no batch was measured at all").
		Suggest("give validation at least as many examples as a batch has, or do not drop its last batch"))
}}

var fpr006 = &diag.Code{
	ID: "FPR006", Severity: diag.Error,
	Title: "the validation measured nothing",
	Means: "The loss and the accuracy on validation data are both exactly 0.",
	Why:   "Real examples cannot give that. The validation data have fewer examples than a batch and incomplete batches are dropped, or there are none.",
	Ways:  []string{"more validation examples", "a smaller batch", "keep the incomplete batch of the validation (here it always is kept)"},
	Log:   "Epoch 1/2\nloss: 0.2512 - acc: 0.9012 - val_loss: 0.0000e+00 - val_acc: 0.0000e+00\nEpoch 2/2\nloss: 0.2212 - acc: 0.9112 - val_loss: 0.0000e+00 - val_acc: 0.0000e+00",
}
