package epochlog

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadClasses(t *testing.T) {
	const epochs = "Epoch 1: loss: 1.0 acc: 0.60\nEpoch 2: loss: 0.7 acc: 0.65\n"
	for name, c := range map[string]struct{ text, want string }{
		"a report": {
			epochs + "              precision    recall  f1-score   support\n\n       mild cognitive       0.70      0.95      0.81       100\n           2       0.00      0.00      0.00        20\n\n    accuracy                           0.69       120\n   macro avg       0.35      0.47      0.40       120\nweighted avg       0.6      0.7      0.6       120\n",
			"mild cognitive recall 0.95 of 100, 2 recall 0 of 20 (1)",
		},
		"lines":           {epochs + "Accuracy of plane : 81 %\nAccuracy for class: car   is 0.0 %\nClass 2: recall 0.25\nclass 3 dice: 0\n", "plane accuracy 0.81, car accuracy 0 (1), 2 recall 0.25, 3 dice 0 (1)"},
		"said twice":      {epochs + "Class 2: recall 0.00\nEpoch 3: loss: 0.6 acc: 0.7\nClass 2: recall 0.00\n", "2 recall 0 (2)"},
		"a list":          {"Epoch 0\ntrain_loss -0.1\nPseudo dice [0.5, 0.0, nan]\nEpoch 1\ntrain_loss -0.2\nPseudo dice [0.6, 0.0, 0.1]\n", "1 dice 0.6, 2 dice 0 (2), 3 dice 0.1"},
		"other lists":     {"Epoch 0\ntrain_loss: 0.5\nlr [0.1, 0.0]\n", ""},
		"no class at all": {epochs + "Accuracy: 0.5\nTest accuracy of the network: 10 %\n", ""},
	} {
		l, err := Read("log.txt", []byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var words []string
		for _, s := range l.ByClass {
			text := fmt.Sprintf("%s %s %g", s.Class, s.Measure, s.Value)
			if s.Examples > 0 {
				text += fmt.Sprintf(" of %d", s.Examples)
			}
			if s.Zeros > 0 {
				text += fmt.Sprintf(" (%d)", s.Zeros)
			}
			words = append(words, text)
		}
		if got := strings.Join(words, ", "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
