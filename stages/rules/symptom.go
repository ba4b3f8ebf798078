package rules

import (
	"fmt"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Symptom is what somebody sees who does not know yet what is wrong.
type Symptom struct {
	// Question is what they ask.
	Question string
	// causes are the codes that explain it, likeliest first; the first sure ones
	// always lead to it.
	causes []string
	sure   int
	// measured are codes of warnings that say that it was seen.
	measured []string
}

// The symptoms, the plainest first.
var (
	ZeroAccuracy = &Symptom{"Why is the accuracy 0 %?", []string{
		"SPL001", "LBL013", "OUT012", "MET001", "FPR012", "FPR010", "FPR007", "FPR008", "LBL005", "SPL002", "FPR006", "LBL009", "OUT001", "OUT002", "OUT003", "OUT004", "OUT008", "OUT010", "LBL001", "LBL004", "RUN019",
	}, 4, nil}
	NotANumber = &Symptom{"Why is the loss NaN?", []string{
		"DAT001", "LBL011", "DAT017", "RUN001", "LBL001", "DAT003", "PRE014", "DAT002", "RUN013", "RUN009", "TRN001", "LBL016", "TRN006", "TRN007", "TRN013", "PRE002", "FPR013",
	}, 5, nil}
	NothingLearnt = &Symptom{"Why is the accuracy no better than guessing?", []string{
		"OUT002", "ARC018", "RUN005", "RUN003", "RUN004", "OUT011", "ARC008", "OUT009", "OUT010", "OUT003", "OUT007", "ARC002", "ARC001", "DAT003", "DAT005", "PRE002", "PRE003", "LBL009", "LBL008", "PRE005", "DAT002",
		"RUN006", "RUN011", "FPR001", "RUN007", "RUN008", "RUN020", "FPR014", "TRN001", "TRN002", "RUN010", "RUN002", "RUN025", "FPR004", "LBL006", "FPR002", "FPR005", "FPR009", "FPR011", "RUN012", "RUN027",
	}, 5, []string{"RUN020"}}
	OnlyInTraining = &Symptom{"Why is the validation no better than guessing, and the training good?", []string{
		"RUN017", "PRE006", "SPL001", "FPR010", "LBL013", "LBL005", "SPL012", "RUN015",
	}, 1, nil}
	TooGood = &Symptom{"Why is the validation better than it can be?", []string{
		"SPL004", "SPL003", "SPL008", "PRE015", "DAT015", "DAT006", "LBL005", "DAT012", "PRE007", "SPL007", "RUN016",
	}, 2, nil}
	symptoms = []*Symptom{ZeroAccuracy, NotANumber, NothingLearnt, OnlyInTraining, TooGood}
)

// rank is how well a code explains the symptom: 0 explains it best.
func (s *Symptom) rank(code string) int {
	if s == nil {
		return 0
	}
	if k := slices.Index(s.causes, code); k >= 0 {
		return k
	}
	return len(s.causes)
}

// unproved is 0 for an error in the config or the data that explains the symptom:
// what the first steps and the epochs show is its trace.
func (s *Symptom) unproved(d diag.Diagnostic) int {
	if d.Severity == diag.Error && trace(d) == 0 && (s == nil || s.rank(d.Code.ID) < len(s.causes)) {
		return 0
	}
	return 1
}

// Shown finds the symptom that a log shows; nil for none.
func Shown(l *Log) *Symptom {
	for _, part := range parts {
		if loss, ok := l.Column(part + "loss"); ok && (math.IsNaN(loss[l.last()]) || math.IsInf(loss[l.last()], 0)) && l.Given[l.last()][columnOf(l, part+"loss")] {
			return NotANumber
		}
	}
	for _, part := range parts {
		if accuracy, _, ok := l.accuracy(part); ok && accuracy[l.last()] <= 0.02 {
			return ZeroAccuracy
		}
	}
	if accuracy, _, ok := l.accuracy(""); ok {
		guess := 0.0
		if l.Classes > 0 {
			guess = 1 / float64(l.Classes)
		}
		for _, share := range l.TrainShares {
			guess = max(guess, share)
		}
		if guess > 0 && accuracy[l.last()] < guess+0.03 {
			return NothingLearnt
		}
	}
	return nil
}

// Diagnose orders findings by how well they explain a symptom: the one that was
// shown, or else the first that any of the errors would lead to. What is
// certainly wrong stands before what may be, and causes before their traces in
// numbers.
func Diagnose(found []diag.Diagnostic, shown *Symptom) ([]diag.Diagnostic, *Symptom) {
	if shown == nil {
		shown = expected(found)
	}
	ordered := slices.Clone(found)
	slices.SortStableFunc(ordered, func(a, b diag.Diagnostic) int {
		for _, by := range []func(diag.Diagnostic) int{
			func(d diag.Diagnostic) int { return int(d.Severity) },
			shown.unproved,
			func(d diag.Diagnostic) int { return shown.rank(d.Code.ID) },
			trace,
		} {
			if order := by(a) - by(b); order != 0 {
				return order
			}
		}
		return 0
	})
	return ordered, shown
}

// expected is the first symptom that an error always leads to, or else that a
// warning has seen.
func expected(found []diag.Diagnostic) *Symptom {
	for _, s := range symptoms {
		for _, d := range found {
			if d.Severity == diag.Error && s.rank(d.Code.ID) < s.sure {
				return s
			}
		}
	}
	for _, s := range symptoms {
		for _, d := range found {
			if d.Severity == diag.Warning && slices.Contains(s.measured, d.Code.ID) {
				return s
			}
		}
	}
	return nil
}

// trace says how far a code is from the cause: 0 for the config and the data, 1
// for what the first steps show, 2 for what the numbers of epochs betray.
func trace(d diag.Diagnostic) int {
	switch d.Code.ID[:3] {
	case "RUN":
		return 1
	case "FPR":
		return 2
	}
	return 0
}

// Answer says in one line what the first of the ordered findings explains; ""
// if it explains no symptom.
func Answer(ordered []diag.Diagnostic, shown *Symptom) string {
	if shown == nil || len(ordered) == 0 || shown.rank(ordered[0].Code.ID) == len(shown.causes) {
		return ""
	}
	first := ordered[0]
	place := first.Code.ID
	if at := first.Primary.Span.String(); at != "" {
		place += ", " + at
	}
	return fmt.Sprintf("%s %s: %s (%s).", shown.Question, upperFirst(first.Summary), first.Primary.Label, place)
}

// upperFirst begins a sentence.
func upperFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
