package rules

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/epochlog"
)

func found(codes ...*diag.Code) []diag.Diagnostic {
	var list []diag.Diagnostic
	for _, code := range codes {
		list = append(list, diag.New(code, diag.Span{File: "a.yaml", Start: diag.Position{Line: 3, Column: 5}}, "label of "+code.ID))
	}
	return list
}

// TestDiagnose: the cause stands before its trace in the numbers, and an error
// before a warning.
func TestDiagnose(t *testing.T) {
	for _, c := range []struct {
		found []diag.Diagnostic
		shown *Symptom
		want  string
		asks  *Symptom
	}{
		{found(fpr010, lbl005, spl001), nil, "SPL001 FPR010 LBL005", ZeroAccuracy},
		{found(run012, fpr001, pre003), NothingLearnt, "PRE003 FPR001 RUN012", NothingLearnt},
		{found(run012, fpr001, pre003), nil, "PRE003 FPR001 RUN012", nil},
		{found(fpr013, DAT001.Code), NotANumber, "DAT001 FPR013", NotANumber},
		{found(trn003), nil, "TRN003", nil},
		{found(run006, run020, run005), nil, "RUN005 RUN006 RUN020", NothingLearnt},
		{found(trn001, run020), nil, "RUN020 TRN001", NothingLearnt},
		{found(run005, dat005), nil, "DAT005 RUN005", NothingLearnt},
		{found(run005, trn003), nil, "RUN005 TRN003", NothingLearnt}, // which explains nothing
		{found(run006), nil, "RUN006", nil},
		{found(run017), nil, "RUN017", OnlyInTraining},
		{nil, nil, "", nil},
	} {
		ordered, asks := Diagnose(c.found, c.shown)
		var codes []string
		for _, d := range ordered {
			codes = append(codes, d.Code.ID)
		}
		if got := strings.Join(codes, " "); got != c.want || asks != c.asks {
			t.Errorf("got %s for %v, want %s", got, asks, c.want)
		}
	}
}

func TestAnswer(t *testing.T) {
	ordered, shown := Diagnose(found(spl001), nil)
	if got := Answer(ordered, shown); got != "Why is the accuracy 0 %? "+upperFirst(spl001.Title)+": label of SPL001 (SPL001, a.yaml:3:5)." {
		t.Error(got)
	}
	if got := Answer(nil, nil); got != "" {
		t.Error(got)
	}
}

func TestShown(t *testing.T) {
	for text, want := range map[string]*Symptom{
		"Epoch 1: loss: nan, acc: 0.0":                   NotANumber,
		"Epoch 1: loss: 1.0, acc: 0.9, val_acc: 0.0":     ZeroAccuracy,
		"Epoch 1: loss: 1.0, acc: 0.5":                   NothingLearnt,
		"Epoch 1: loss: 1.0, acc: 0.9":                   nil,
		"Epoch 1: loss: 1.0\nEpoch 2: loss: 0.9, lr: 10": nil,
	} {
		read, err := epochlog.Read("log", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := Shown(&Log{Log: read, Classes: 2}); got != want {
			t.Errorf("%s shows %v", text, got)
		}
	}
}

// TestCausesAreOfTheCatalogue: a symptom names each of its causes once.
func TestCausesAreOfTheCatalogue(t *testing.T) {
	for _, s := range symptoms {
		seen := map[string]bool{}
		for _, code := range s.causes {
			if seen[code] || len(code) != 6 {
				t.Errorf("%s: %s", s.Question, code)
			}
			seen[code] = true
		}
	}
}
