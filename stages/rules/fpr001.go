package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR001 knows the loss of outputs that are 0 or 1 to the last digit: each wrong
// example costs -ln ε, where ε is what the program clips probabilities to.
var FPR001 = &Rule{Code: fpr001, Log: func(s pipeline.Site, l *Log) {
	part, clip, n, ok := l.hard()
	if !ok {
		return
	}
	i := l.last()
	losses, _ := l.Column(part + "loss")
	accuracy, name, told := l.accuracy(part)
	if !told {
		s.Report(suggestScaling(diag.New(fpr001, l.at(s, i, "loss"), fmt.Sprintf("%sloss is %.4f in %s", part, losses[i], l.epochs(n))).
			Note("%.4f is %s: every example costs it", clip.cost, clip.meaning)))
		return
	}
	loss, missed := losses[i], 1-accuracy[i]
	s.Report(suggestScaling(diag.New(fpr001, l.at(s, i, "loss"), fmt.Sprintf("%sloss / (1 - %s) is %.4f / %.4f = %.3f", part, name, loss, missed, loss/missed)).
		Note("%.3f is %s; so in %s every output was 0 or 1, and nearly always for the same class", clip.cost, clip.meaning, l.epochs(n)).
		Note("an output that is exactly 0 or 1 has no gradient: nothing more is learnt")))
}}

// hard finds the part of the data, and the last n epochs, in which all outputs
// were 0 or 1, and what the program clips probabilities to.
func (l *Log) hard() (part string, by clip, n int, ok bool) {
	if !l.crossEntropyLog() {
		return "", clip{}, 0, false
	}
	for _, part := range parts {
		loss, ok := l.Column(part + "loss")
		accuracy, _, found := l.accuracy(part)
		if ok && !found {
			// Caffe prints no accuracy in training; its number is like no other.
			if n := run(loss, func(v float64) bool { return near(v, caffe.cost, 0.0002) }); n >= 2 {
				return part, caffe, n, true
			}
		}
		if !ok || !found {
			continue
		}
		for _, by := range clips {
			n := 0
			for i := l.last(); i >= 0 && wrong(accuracy[i]) && near(loss[i]/(1-accuracy[i]), by.cost, 0.002); i-- {
				n++
			}
			if n >= 2 {
				return part, by, n, true
			}
		}
	}
	return "", clip{}, 0, false
}

// wrong says whether enough examples are wrong for a ratio by them to mean
// something.
func wrong(accuracy float64) bool { return accuracy < 0.995 && accuracy >= 0 }

// clip is what one wrong example costs where every output is 0 or 1.
type clip struct {
	cost    float64
	meaning string
}

// clippedTo is the cost where probabilities are kept above an epsilon.
func clippedTo(epsilon float64, text string) clip {
	return clip{-math.Log(epsilon), fmt.Sprintf("-ln(%s), the cost of one wrong example where probabilities are clipped to %s", text, text)}
}

// caffe clips to the least number that float32 holds to all its digits.
var caffe = clip{-math.Log(math.Pow(2, -126)), "-ln(1.18e-38), to which Caffe clips probabilities, and what NaN becomes there"}

// clips are Keras' epsilon, once and twice the spacing of float32 at 1, those of
// loops written by hand, the bound that PyTorch puts on a logarithm, and Caffe's.
var clips = []clip{
	clippedTo(1e-7, "1e-7"), clippedTo(math.Pow(2, -23), "1.19e-7"), clippedTo(math.Pow(2, -22), "2.38e-7"),
	clippedTo(1e-8, "1e-8"), clippedTo(1e-9, "1e-9"), clippedTo(1e-10, "1e-10"), clippedTo(1e-12, "1e-12"),
	{100, "the cost of one wrong example in PyTorch's BCELoss, which keeps logarithms above -100"},
	caffe,
}

var fpr001 = &diag.Code{
	ID: "FPR001", Severity: diag.Error,
	Title: "the loss is that of outputs which are exactly 0 or 1",
	Means: "The loss divided by the share of wrong examples is -ln ε: 16.118 for the ε = 1e-7 of Keras, 15.942 for float32's 1.19e-7 (15.249 for twice that), 20.723 for 1e-9, 87.337 in Caffe, and 100 in PyTorch's BCELoss. Only outputs of exactly 0 and 1 give that.",
	Why:   "The scores in front of softmax are so large that one class always gets everything. Such an output has no gradient, so training stands still. Nearly always the volumes were never scaled, the first weights were too wide, or the learning rate was too high.",
	Ways:  []string{"a `normalize` stage", "a lower `learning_rate`", "the default `kernel_initializer`"},
	Log:   "Epoch 1/3\n30/30 - loss: 4.4380 - acc: 0.7247\nEpoch 2/3\n30/30 - loss: 4.4380 - acc: 0.7247\nEpoch 3/3\n30/30 - loss: 4.4380 - acc: 0.7247",
}
