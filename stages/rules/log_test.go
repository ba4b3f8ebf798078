package rules

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/epochlog"
)

// page is a site that keeps what is reported.
type page struct{ found []diag.Diagnostic }

func (*page) At(...string) diag.Span                           { return diag.Span{} }
func (*page) Given(...string) bool                             { return false }
func (p *page) Report(d diag.Diagnostic)                       { p.found = append(p.found, d) }
func (p *page) ReportUnless(_ []diag.Allow, d diag.Diagnostic) { p.Report(d) }

// codes are those of what is found in a log whose training has ended.
func codes(t *testing.T, text string, known func(*Log)) []string {
	t.Helper()
	read, err := epochlog.Read("log", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	l := &Log{Log: read, Ended: true}
	if known != nil {
		known(l)
	}
	p := &page{}
	CheckLog(p, l)
	var found []string
	for _, d := range p.found {
		found = append(found, d.Code.ID)
	}
	return found
}

// TestThePagesLogsShowTheirCodes: the log on a code's page gets that code, and
// no other.
func TestThePagesLogsShowTheirCodes(t *testing.T) {
	for _, r := range all {
		if (r.Log != nil) != (r.Code.Log != "") {
			t.Errorf("%s: a rule on logs shows a log, others none", r.Code.ID)
		}
		if r.Code.Log == "" {
			continue
		}
		if found := codes(t, r.Code.Log, nil); len(found) != 1 || found[0] != r.Code.ID {
			t.Errorf("the log of %s gets %v", r.Code.ID, found)
		}
	}
}

// Logs that somebody once printed, as RULES.md's sources tell them.
func TestKnownLogs(t *testing.T) {
	repeated := func(line string, times int) string {
		var text strings.Builder
		for i := range times {
			fmt.Fprintf(&text, "Epoch %d/%d\n%s\n", i+1, times, line)
		}
		return text.String()
	}
	lagging := "epoch,loss,accuracy,val_loss,val_accuracy\n1,0.69,0.55,0.70,0.5714\n2,0.64,0.65,0.69,0.5714\n3,0.58,0.72,0.67,0.5714\n4,0.50,0.80,0.66,0.5714\n5,0.45,0.84,0.64,0.5714\n"
	for name, c := range map[string]struct {
		text  string
		known func(*Log)
		want  string
	}{
		"Keras with its own clip":    {repeated("loss: 14.1117 - acc: 0.1245", 3), nil, "FPR001"},
		"Keras, another one":         {repeated("loss: 13.4866 - acc: 0.1633", 2), nil, "FPR001"},
		"float32's epsilon":          {repeated("loss: 7.9712 - acc: 0.5000", 2), nil, "FPR001"},
		"a clip of 1e-9":             {repeated("loss: 11.4543 - acc: 0.4473", 2), nil, "FPR001"},
		"three classes at chance":    {repeated("loss: 1.0986 - acc: 0.3333", 3), func(l *Log) { l.Classes = 3 }, "FPR002"},
		"101 classes at chance":      {repeated("loss: 4.6151 - acc: 0.0099", 3), nil, "FPR002"},
		"two classes at chance":      {repeated("loss: 0.6931 - acc: 0.5000", 4), nil, "FPR002"},
		"the Dice of five classes":   {repeated("dice_loss: 0.8003", 5), nil, "FPR004"},
		"a Dice beside its loss":     {"epoch,train_loss,val_dice\n1,0.76,0.2500\n2,0.7503,0.2500\n3,0.7499,0.2500\n4,0.7501,0.2500\n", func(l *Log) { l.Classes = 4 }, "FPR004"},
		"a loss beside another Dice": {"epoch,train_loss,val_dice\n1,0.76,0.42\n2,0.7503,0.42\n3,0.7499,0.42\n4,0.7501,0.42\n", func(l *Log) { l.Classes = 4 }, ""},
		"fastai, whose accuracy is the validation's": {
			"epoch     train_loss  valid_loss  accuracy  time    \n0         0.70        2.0         0.000000  00:12     \n1         0.40        2.7         0.000000  00:12     \n2         0.20        3.4         0.000000  00:12     \n", nil, "FPR010",
		},
		"equal by chance, of real numbers":        {"epoch,loss,accuracy\n1,0.09,0.0123\n2,0.04,0.0123\n3,0.01,0.0123\n", nil, "FPR008"},
		"equal by chance, of large numbers":       {"epoch,loss,accuracy\n1,900,0.05\n2,400,0.05\n3,300,0.05\n", nil, "FPR008"},
		"so few right, at the price of that":      {"epoch,loss,accuracy\n1,4.6,0.0123\n2,2.2,0.0123\n3,2.0,0.0123\n", nil, "FPR005"},
		"no batch, and a validation that says so": {"epoch,loss,accuracy,val_loss,val_accuracy\n1,0,0.52,0.69,0.5\n2,0,0.52,0.69,0.5\n3,0,0.52,0.69,0.5\n", nil, "FPR009"},
		"a loss of 0 in validation too":           {"epoch,loss,accuracy,val_loss,val_accuracy\n1,0,0.52,0,0.5\n2,0,0.52,0,0.5\n3,0,0.52,0,0.5\n", nil, "FPR011"},
		"a class without recall in a report":      {"Epoch 1: loss: 1.0 acc: 0.60\nEpoch 2: loss: 0.7 acc: 0.65\nEpoch 3: loss: 0.5 acc: 0.70\n              precision    recall  f1-score   support\n\n           0       0.70      0.95      0.81       100\n     lesion       0.00      0.00      0.00        20\n\n    accuracy                           0.69       120\n   macro avg       0.35      0.47      0.40       120\n", nil, "RUN019"},
		"every class with recall in a report":     {"Epoch 1: loss: 1.0 acc: 0.60\nEpoch 2: loss: 0.7 acc: 0.65\nEpoch 3: loss: 0.5 acc: 0.70\n              precision    recall  f1-score   support\n\n           0       0.70      0.95      0.81       100\n     lesion       0.40      0.10      0.16        20\n\n    accuracy                           0.69       120\n", nil, ""},
		"a class without accuracy, in lines":      {"Epoch 1: loss: 1.0 acc: 0.60\nEpoch 2: loss: 0.7 acc: 0.65\nEpoch 3: loss: 0.5 acc: 0.70\nAccuracy for class: plane is 81.0 %\nAccuracy for class: car   is 0.0 %\n", nil, "RUN019"},
		"one class without Dice for long":         {pseudo(6, "[np.float32(0.8%d), 0.0]"), nil, "RUN019"},
		"one class without Dice at first":         {pseudo(4, "[0.8%d, 0.0]"), nil, ""},
		"one class with Dice at last":             {pseudo(6, "[0.8%d, 0.0]") + pseudo(1, "[0.8%d, 0.1]"), nil, ""},
		"Caffe's number":                          {"solver.cpp:228] Iteration 0, loss = 1.0986\nsolver.cpp:228] Iteration 100, loss = 87.3365\nsolver.cpp:228] Iteration 200, loss = 87.3365\n", nil, "FPR001"},
		"NaN in some epochs":                      {"Epoch 1: train_loss: 1.1\nEpoch 2: train_loss: nan\nEpoch 3: train_loss: 1.0\nEpoch 4: train_loss: nan\nEpoch 5: train_loss: 0.9\n", nil, "FPR013"},
		"an infinite loss":                        {"Epoch 1/10\n  4/234 [....] - ETA: 25:09:00 - loss: inf\n", nil, "FPR013"},
		"Dice next to nothing":                    {monai(30, 0.957, 0.02), nil, "FPR010"},
		"Dice that rises at last":                 {monai(19, 0.9, 0.02) + "epoch 20 average loss: 0.05\ncurrent epoch: 20 current mean dice: 0.2500 best mean dice: 0.25\n", nil, ""},
		"the one class is never found":            {"epoch,loss,accuracy,val_recall\n1,0.5,0.8,0.1\n2,0.4,0.85,0\n3,0.3,0.9,0\n4,0.2,0.93,0\n", nil, "RUN019"},
		"the one class was found a while ago":     {"epoch,loss,accuracy,val_recall\n1,0.5,0.8,0.1\n2,0.4,0.85,0.1\n3,0.3,0.9,0\n4,0.2,0.93,0\n", nil, ""},
		"a majority of 0.79269":                   {repeated("loss: 0.5104 - val_acc: 0.79269", 5), func(l *Log) { l.ValidationShares = []float64{0.79269, 0.20731} }, "FPR005"},
		"outputs counted one by one":              {repeated("loss: 0.198 - acc: 0.9500", 5), func(l *Log) { l.Classes = 20 }, "FPR005"},
		"a mask of 255":                           {"Epoch 1: loss: -1000.0\nEpoch 2: loss: -30000000.0\n", nil, "FPR007"},
		"an overlap above one":                    {"Epoch 1: loss: 0.5, val_dice: 1.97\n", nil, "FPR007"},
		"sorted classes":                          {"Epoch 1: loss: 0.4, acc: 0.9, val_loss: 8.0, val_acc: 0.0\nEpoch 2: loss: 0.1, acc: 0.99, val_loss: 9.0, val_acc: 0.0\n", func(l *Log) { l.Classes = 5 }, "FPR010"},
		"NaN of 26 classes":                       {repeated("loss: nan - acc: 0.0400", 2), nil, "FPR013"},
		"NaN for long":                            {repeated("loss: nan - acc: 0.1000", 5), nil, "FPR013"},
		"255 in place of a class":                 {"Epoch 1: loss: -120.5, acc: 0.0\nEpoch 2: loss: -820.5, acc: 0.0\nEpoch 3: loss: -2820.5, acc: 0.0\n", nil, "FPR007"},
		"twice the spacing of float32":            {repeated("loss: 7.6246 - acc: 0.5000", 3), nil, "FPR001"},
		"PyTorch's bound":                         {repeated("loss: 50.0000 - acc: 0.5000", 3), nil, "FPR001"},
		"one output, clipped":                     {repeated("loss: 1.1921e-07 - acc: 0.3333", 5), nil, "FPR011"},
		"no foreground is found":                  {repeated("loss: 1.0000 - dice_coef: 3.2e-07 - val_dice_coef: 1e-7", 4), nil, "FPR004"},
		"a Dice that rises late":                  {"epoch,loss,dice\n1,0.99,0.0001\n2,0.98,0.0004\n3,0.97,0.0009\n4,0.95,0.002\n", nil, ""},
		"minus Dice as a loss":                    {"Epoch 1: loss: -0.5, dice: 0.5\nEpoch 2: loss: -0.8, dice: 0.8\nEpoch 3: loss: -0.9, dice: 0.9\n", nil, ""},
		"overfitting whose best is kept":          {"epoch,loss,val_loss\n1,0.7,0.65\n2,0.5,0.55\n3,0.3,0.60\n4,0.2,0.66\n5,0.1,0.75", func(l *Log) { l.Restored = true }, ""},
		"dropout that holds training back":        {"epoch,loss,accuracy,val_loss,val_accuracy\n1,1.0,0.5,0.5,1\n2,0.9,0.55,0.4,1\n3,0.8,0.63,0.3,1\n4,0.7,0.7,0.2,1\n5,0.4,0.8,0.2,1\n6,0.2,0.95,0.1,1\n7,0.1,0.98,0.1,1\n", func(l *Log) { l.Regularized = true }, ""},
		"perfect, and no surer than training":     {"epoch,loss,accuracy,val_loss,val_accuracy\n1,0.694,0.5,0.69,1\n2,0.69,0.55,0.688,0.5\n3,0.685,0.63,0.683,1\n4,0.68,0.7,0.66,1\n5,0.67,0.72,0.62,1\n6,0.64,0.75,0.6,1\n7,0.59,0.75,0.55,1\n", nil, "RUN026"},
		"nothing that holds it back":              {"epoch,loss,accuracy,val_loss,val_accuracy\n1,1.0,0.5,0.5,1\n2,0.9,0.55,0.4,1\n3,0.8,0.63,0.3,1\n4,0.7,0.7,0.2,1\n5,0.4,0.8,0.2,1\n6,0.2,0.95,0.1,1\n7,0.1,0.98,0.1,1\n", nil, "RUN016"},
		"an easy task":                            {"Epoch 1: loss: 0.5, acc: 0.8, val_loss: 0.1, val_acc: 1.0\nEpoch 2: loss: 0.1, acc: 0.99, val_loss: 0.05, val_acc: 1.0\nEpoch 3: loss: 0.05, acc: 1.0, val_loss: 0.01, val_acc: 1.0\n", nil, ""},
		"a slow start from ln 2":                  {"epoch,loss,accuracy\n1,0.6935,0.50\n2,0.6930,0.52\n3,0.68,0.60\n4,0.60,0.71\n5,0.50,0.80\n6,0.41,0.85\n", func(l *Log) { l.Classes = 2 }, ""},
		"averages that lag behind":                {lagging, func(l *Log) { l.ValidationShares, l.Ended = []float64{0.5714, 0.4286}, false }, ""},
		"averages that lag to the end":            {lagging, func(l *Log) { l.ValidationShares = []float64{0.5714, 0.4286} }, "FPR005"},
		"a healthy training":                      {"epoch,loss,accuracy,val_loss,val_accuracy\n1,0.69,0.55,0.66,0.6\n2,0.6,0.7,0.58,0.72\n3,0.5,0.8,0.52,0.78\n4,0.42,0.85,0.5,0.8\n5,0.37,0.88,0.49,0.82\n6,0.33,0.9,0.48,0.82\n7,0.3,0.91,0.5,0.8\n", nil, ""},
		"a regression whose error falls":          {"epoch,loss,mae\n1,12,3\n2,6,2\n3,3,1.5\n4,2.5,1.2\n", nil, ""},
		"a loss that is frozen":                   {repeated("loss: -0.3370 - val_loss: -0.3412", 5), nil, "RUN012"},
		"a frozen loss of three epochs":           {repeated("loss: 8.3984", 3), nil, ""},
		"a frozen loss whose number is known":     {repeated("loss: 1.0986 - acc: 0.3333", 5), func(l *Log) { l.Classes = 3 }, "FPR002"},
		"a good start, hardly any better":         {"epoch,loss,accuracy\n1,0.10,0.97\n2,0.099,0.97\n3,0.098,0.98\n4,0.098,0.98\n5,0.097,0.98\n6,0.098,0.97\n", nil, ""},
	} {
		if got := strings.Join(codes(t, c.text, c.known), " "); got != c.want {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

// TestAValidationThatTrainingReaches: of a log alone nobody knows of dropout, but a
// training that becomes as good as the validation was held back by such.
func TestAValidationThatTrainingReaches(t *testing.T) {
	for last, want := range map[string]int{"0.94": 1, "0.96": 0} {
		read, err := epochlog.Read("log", []byte("epoch,loss,acc,val_loss,val_acc\n1,0.6,0.7,0.2,1\n2,0.5,0.75,0.1,1\n3,0.4,0.8,0.1,1\n4,0.2,"+last+",0.1,1\n"))
		if err != nil {
			t.Fatal(err)
		}
		p := &page{}
		CheckLog(p, &Log{Log: read, Ended: true, Place: func(int) diag.Span { return diag.Span{} }})
		if len(p.found) != want {
			t.Errorf("training ends at %s: %v", last, p.found)
		}
	}
}

// TestEvidenceBesideAConstantAccuracy: what else the numbers prove, and which
// ways out they leave.
func TestEvidenceBesideAConstantAccuracy(t *testing.T) {
	for text, want := range map[string]string{
		"epoch,loss,acc\n1,0.5623,0.75\n2,0.5623,0.75\n3,0.5623,0.75\n4,0.5623,0.75\n": "the entropy of two classes with the shares 0.75 and 0.25, 0.5623",
		"epoch,loss,acc\n1,0.61,0.75\n2,0.60,0.75\n3,0.59,0.75\n4,0.59,0.75\n":         "0.75 is the share of one class, or 1 - 1/4",
		"epoch,loss,acc,val_acc\n1,0.5,0.77,0.5\n2,0.3,0.88,0.5\n3,0.2,0.93,0.5\n":     "its averages, used in validation alone",
	} {
		read, err := epochlog.Read("log", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		p := &page{}
		CheckLog(p, &Log{Log: read, Ended: true})
		if len(p.found) != 1 || !strings.Contains(fmt.Sprint(p.found[0]), want) {
			t.Errorf("%q does not get %q: %v", text, want, p.found)
		}
	}
}

// TestSlowBeginnings watches trainings that learn after all, as `pipe run` does:
// testdata/slow.yaml with its seed from 1 to 6. Nothing may be said of them.
func TestSlowBeginnings(t *testing.T) {
	for seed := 1; seed <= 6; seed++ {
		text, err := os.ReadFile(fmt.Sprintf("testdata/slow%d.csv", seed))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range watched(t, string(text), func(l *Log) { l.TrainShares, l.ValidationShares = []float64{0.5111, 0.4889}, []float64{0.5333, 0.4667} }) {
			t.Errorf("seed %d: %v", seed, d)
		}
	}
}

// TestWhatPersistsIsTold: the same rules of trainings that do not learn, and just
// not of those that have half of their epochs, or a better chance, before them.
func TestWhatPersistsIsTold(t *testing.T) {
	log := func(columns string, row func(epoch int) string) string {
		var text strings.Builder
		text.WriteString("epoch," + columns + "\n")
		for epoch := 1; epoch <= 20; epoch++ {
			fmt.Fprintf(&text, "%d,%s\n", epoch, row(epoch))
		}
		return text.String()
	}
	still := log("loss,accuracy", func(epoch int) string { return fmt.Sprintf("%.3f,0.7", 0.62-0.005*float64(epoch)) })
	swings := func(by float64) string {
		return log("loss,accuracy", func(epoch int) string {
			return fmt.Sprintf("%.3f,%.4f", 0.9-0.005*float64(epoch), 0.6+by*float64(epoch%2))
		})
	}
	perfect := log("loss,accuracy,val_loss,val_accuracy", func(epoch int) string {
		return fmt.Sprintf("%.3f,%.3f,0.1,1", 0.7-0.01*float64(epoch), 0.6+0.005*float64(epoch))
	})
	shares := func(l *Log) { l.TrainShares = []float64{0.7, 0.3} }
	of := func(examples, validated int) func(*Log) {
		return func(l *Log) { l.Examples, l.Validated = examples, validated }
	}
	for name, c := range map[string]struct {
		text  string
		known func(*Log)
		want  string
	}{
		"one class to the end":         {still, shares, "FPR005"},
		"one class, and nothing moves": {log("loss,accuracy", func(int) string { return "0.61,0.7" }), func(l *Log) { shares(l); l.Planned = 39 }, "RUN012 FPR005"},
		"one class, and the loss falls": {log("loss,accuracy", func(epoch int) string { return fmt.Sprintf("%.3f,0.7", 0.62-0.005*float64(epoch)) }),
			func(l *Log) { shares(l); l.Planned = 39 }, "FPR005"},
		"equal classes, and the loss falls": {log("loss,accuracy", func(epoch int) string { return fmt.Sprintf("%.3f,0.5", 0.80-0.005*float64(epoch)) }),
			func(l *Log) { l.TrainShares, l.Planned = []float64{0.5, 0.5}, 39 }, ""},
		"only background": {log("loss,dice", func(epoch int) string { return fmt.Sprintf("%.3f,0.3320", 0.75-0.001*float64(epoch)) }),
			func(l *Log) { l.Loss, l.Classes, l.TrainShares = "dice", 3, []float64{0.99, 0.006, 0.004} }, "FPR004 RUN012"},
		"only background, and the loss falls": {log("loss,dice", func(epoch int) string { return fmt.Sprintf("%.3f,0.3320", 0.75-0.003*float64(epoch)) }),
			func(l *Log) {
				l.Loss, l.Classes, l.TrainShares, l.Planned = "dice", 3, []float64{0.99, 0.006, 0.004}, 40
			}, ""},
		"a Dice that background alone does not give": {log("loss,dice", func(epoch int) string { return fmt.Sprintf("%.3f,0.3280", 0.75-0.001*float64(epoch)) }),
			func(l *Log) { l.Loss, l.Classes, l.TrainShares = "dice", 3, []float64{0.99, 0.006, 0.004} }, "RUN012"},
		"one class, but outputs that differ": {log("loss,accuracy", func(epoch int) string { return fmt.Sprintf("%.3f,0.7", 0.60-0.015*float64(epoch)) }),
			shares, "RUN026"},
		"equal classes, and a loss that leaves ln 2": {log("loss,accuracy", func(epoch int) string { return fmt.Sprintf("%.4f,0.5", 0.6930-0.0020*float64(epoch)) }),
			func(l *Log) { l.TrainShares = []float64{0.5, 0.5} }, ""},
		"equal classes, and one that does not": {log("loss,accuracy", func(epoch int) string { return fmt.Sprintf("%.4f,0.5", 0.6950-0.0001*float64(epoch)) }),
			func(l *Log) { l.TrainShares = []float64{0.5, 0.5} }, "RUN012 FPR002"},
		"one class in the first half": {still, func(l *Log) { shares(l); l.Planned = 41 }, ""},
		"a loss that falls in every epoch": {log("loss,accuracy", func(epoch int) string {
			return fmt.Sprintf("%.4f,%.3f", 0.6930-0.0016*float64(epoch), 0.5+0.001*float64(epoch))
		}),
			of(450, 15), ""},
		"one that hardly does": {log("loss,accuracy", func(epoch int) string {
			return fmt.Sprintf("%.4f,%.3f", 0.6930-0.0012*float64(epoch), 0.5+0.001*float64(epoch))
		}),
			of(450, 15), "RUN012"},
		"one that does so in few steps": {log("loss,accuracy", func(epoch int) string {
			return fmt.Sprintf("%.4f,%.3f", 0.6930-0.0012*float64(epoch), 0.5+0.001*float64(epoch))
		}), func(l *Log) { of(450, 15)(l); l.Steps = 20 }, ""},
		"swings of more than chance": {swings(0.22), of(45, 15), "RUN014"},
		"swings that may be chance":  {swings(0.18), of(45, 15), ""},
		"the same of many examples":  {swings(0.18), of(450, 15), "RUN014"},
		"swings around the border between classes": {log("loss,accuracy", func(epoch int) string {
			return fmt.Sprintf("%.3f,%.4f", 0.693-0.001*float64(epoch), 0.5+0.4*float64(epoch%2))
		}), func(l *Log) { of(450, 15)(l); l.Classes, l.Loss = 2, "sparse_categorical_crossentropy" }, "RUN012"},
		"the same in steps of two": {log("loss,accuracy", func(epoch int) string {
			return fmt.Sprintf("%.3f,%.4f", 0.693-0.001*float64(epoch), 0.5+0.04*float64(epoch%2))
		}), func(l *Log) {
			of(90, 15)(l)
			l.Classes, l.Loss, l.Steps = 2, "sparse_categorical_crossentropy", 45
		}, "RUN012 RUN014"},
		"a perfect validation of a few":         {perfect, of(450, 4), ""},
		"a perfect validation of more examples": {perfect, of(450, 20), "RUN016"},
		"a perfect validation behind dropout":   {perfect, func(l *Log) { of(450, 20)(l); l.Regularized = true }, ""},
	} {
		var got []string
		for _, d := range watched(t, c.text, c.known) {
			got = append(got, d.Code.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

// watched is what is found in a log while its training goes on, epoch by epoch. It
// ends with the log unless more epochs are planned.
func watched(t *testing.T, text string, known func(*Log)) []diag.Diagnostic {
	t.Helper()
	whole, err := epochlog.Read("log.csv", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	watch, p := &LogWatch{}, &page{}
	for n := 1; n <= len(whole.Rows); n++ {
		part := *whole
		part.Epochs, part.Rows, part.Given = whole.Epochs[:n], whole.Rows[:n], whole.Given[:n]
		l := &Log{Log: &part, Loss: "sparse_categorical_crossentropy", Classes: 2, Steps: 30, Planned: len(whole.Rows), Examples: 45, Validated: 15}
		if known != nil {
			known(l)
		}
		l.Ended = n == l.Planned
		watch.Look(p, l)
	}
	return p.found
}

// TestFindingsAreToldOnce: a rule that spoke in one epoch is silent in the next.
func TestFindingsAreToldOnce(t *testing.T) {
	read, _ := epochlog.Read("log", []byte("Epoch 1: val_loss: 0, val_acc: 0\nEpoch 2: val_loss: 0, val_acc: 0\n"))
	watch, p := &LogWatch{}, &page{}
	for range 2 {
		watch.Look(p, &Log{Log: read})
	}
	if len(p.found) != 1 {
		t.Errorf("told %d times", len(p.found))
	}
}

// TestCountTakesWhatIsKnown: a log beside its config is judged as the training itself is.
func TestCountTakesWhatIsKnown(t *testing.T) {
	whole := &pipeline.Dataset{Examples: shape.Of(90)}
	whole.Labels.Kind = pipeline.ClassID
	masks := &pipeline.Dataset{Examples: shape.Of(90)}
	masks.Labels.Kind = pipeline.Mask
	for name, c := range map[string]struct {
		of              *pipeline.Dataset
		dropLast        bool
		examples, steps int
	}{
		"an incomplete batch": {whole, false, 90, 23},
		"it is left out":      {whole, true, 90, 22},
		"voxels":              {masks, false, 0, 0},
		"a number not known":  {&pipeline.Dataset{Examples: shape.Symbol("N")}, false, 0, 0},
	} {
		var l Log
		if l.Count(c.of, 4, c.dropLast); l.Examples != c.examples || l.Steps != c.steps {
			t.Errorf("%s: %d examples in %d steps, want %d in %d", name, l.Examples, l.Steps, c.examples, c.steps)
		}
	}
}

// pseudo are so many epochs as nnU-Net prints them, with a list of Dice.
func pseudo(epochs int, list string) string {
	var text strings.Builder
	for i := range epochs {
		fmt.Fprintf(&text, "2024-05-01 10:00:0%d: Epoch %d\ntrain_loss %g\nval_loss %g\nPseudo dice "+list+"\nEpoch time: 60.1 s\n", i, i, -0.3-0.08*float64(i), -0.2-0.07*float64(i), i)
	}
	return text.String()
}

// monai are epochs as MONAI's scripts print them: a loss that falls by a factor, and a
// Dice that hardly changes.
func monai(epochs int, factor, dice float64) string {
	var text strings.Builder
	for i := range epochs {
		fmt.Fprintf(&text, "epoch %d average loss: %.4f\ncurrent epoch: %d current mean dice: %.4f best mean dice: 0.0488 at epoch 8\n", i+1, 0.9*math.Pow(factor, float64(i)), i+1, dice+0.001*float64(i%3))
	}
	return text.String()
}
