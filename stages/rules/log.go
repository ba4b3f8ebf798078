package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/epochlog"
)

// Log is what the epochs of a training say, ours while it runs or anybody's
// afterwards, and what is known beside them.
type Log struct {
	*epochlog.Log
	// Classes is how many there are; 0 if unknown.
	Classes int
	// Shares are the shares of the classes in the training and the validation
	// partition; nil where unknown.
	TrainShares, ValidationShares []float64
	// Steps is how many steps an epoch has, Planned how many epochs there will be
	// unless the training ends early; 0 if unknown.
	Steps, Planned int
	// Examples are those that an epoch trains on, Validated those that it is
	// validated on; 0 if unknown, and for masks, of which each voxel has an answer.
	Examples, Validated int
	// Loss is the loss's name in the language, "" if unknown.
	Loss string
	// Ended says that no epoch follows.
	Ended bool
	// Regularized says that something makes training harder than validation
	// (dropout, noise), Restored that the best epoch's weights will be given back.
	Regularized, Restored bool
	// Place is a line of the log's file; nil for a training of ours, of which the
	// config has the places.
	Place func(line int) diag.Span
}

// Count adds how many examples each epoch of a training trains on, and in how many
// steps, where that is known before it runs and each example has one answer.
func (l *Log) Count(d *pipeline.Dataset, batch int, dropLast bool) {
	n, known := trainingExamples(d).Known()
	if !known || batch < 1 || d.Labels.Kind == pipeline.Mask {
		return
	}
	l.Examples, l.Steps = n, (n+batch-1)/batch
	if dropLast {
		l.Steps = n / batch
	}
	if p, is := d.Partition(pipeline.Validation); is {
		l.Validated, _ = p.Examples.Known()
	}
}

// LogWatch asks the rules on logs, and tells each of their findings once.
type LogWatch struct{ told map[*diag.Code]bool }

// Look reports what the epochs so far betray and was not told yet.
func (w *LogWatch) Look(s pipeline.Site, l *Log) {
	if w.told == nil {
		w.told = make(map[*diag.Code]bool)
	}
	for _, r := range all {
		if r.Log != nil && !w.told[r.Code] {
			r.Log(&noting{s, w.told}, l)
		}
	}
}

// CheckLog asks the rules on logs once.
func CheckLog(s pipeline.Site, l *Log) { new(LogWatch).Look(s, l) }

// noting is a site that keeps in mind what was reported.
type noting struct {
	pipeline.Site
	told map[*diag.Code]bool
}

func (n *noting) Report(d diag.Diagnostic) { n.ReportUnless(nil, d) }

func (n *noting) ReportUnless(allowed []diag.Allow, d diag.Diagnostic) {
	n.told[d.Code] = true
	n.Site.ReportUnless(allowed, d)
}

// at is the place of a finding: the setting in the config, or the epoch's line
// in the log's file.
func (l *Log) at(s pipeline.Site, epoch int, setting ...string) diag.Span {
	if l.Place != nil {
		return l.Place(l.Lines[epoch])
	}
	return s.At(setting...)
}

// atLine is the place of a finding in what was printed beside the epochs.
func (l *Log) atLine(s pipeline.Site, line int, setting ...string) diag.Span {
	if l.Place != nil {
		return l.Place(line)
	}
	return s.At(setting...)
}

// last is the index of the latest epoch.
func (l *Log) last() int { return len(l.Rows) - 1 }

// enough is how many epochs in a row have to show a number before it is taken
// for more than chance: a training that goes on may still leave it.
func (l *Log) enough() int {
	if l.Ended {
		return 2
	}
	return 4
}

// young says that more than half of a training is still to come: what it has not
// learnt yet it may still learn.
func (l *Log) young() bool { return !l.Ended && 2*len(l.Rows) < l.Planned }

// learnt says whether the training accuracy rose in the course of the log, by more
// than chance: that of the last third against that of the first.
func (l *Log) learnt() bool {
	const least = 0.1
	accuracy, _, ok := l.accuracy("")
	third := len(accuracy) / 3
	if !ok || third == 0 {
		return false
	}
	first, last := stat.Mean(accuracy[:third], nil), stat.Mean(accuracy[len(accuracy)-third:], nil)
	return last-first > max(least, chance(first, l.Examples))
}

// goesOn says that the training loss still comes down at a pace that matters: in
// the later half of the log in nearly every epoch, and by a share of what it is that
// makes 5 % in 25 epochs; of epochs that are known to have few steps, in as many epochs
// as have 625. A loss that stands, or falls a thousandth of that, does not.
func (l *Log) goesOn() bool {
	const fewest, whole = 3, 25 // epochs, steps
	pace := 0.002
	if l.Steps > 0 && l.Steps < whole {
		pace *= float64(l.Steps) / whole
	}
	loss, ok := l.Column("loss")
	steps := max(fewest, len(loss)/2)
	if !ok || len(loss) <= steps {
		return false
	}
	loss = loss[len(loss)-1-steps:]
	downs := 0
	for i := 1; i < len(loss); i++ {
		if loss[i] < loss[i-1] {
			downs++
		}
	}
	return downs >= steps-steps/5 && loss[0]-loss[steps] >= pace*float64(steps)*math.Abs(loss[steps])
}

// tells says that a cross-entropy is lower than outputs can make it that are the
// same for every example: they do depend on what is shown, if only not yet by so much
// that the answer is another one. Such outputs cost the entropy of the shares at
// least: of the largest one and all the rest, where no more is known. Classes of
// equal size leave it slowly; there any fall below that goes on counts.
func (l *Log) tells(part string, largest float64) bool {
	const much, little = 0.8, 0.995
	loss, ok := l.Column(part + "loss")
	if !ok || !l.crossEntropyLog() {
		return false
	}
	shares := l.shares(part)
	if shares == nil {
		shares = []float64{largest, 1 - largest}
	}
	last, least := loss[l.last()], entropy(shares)
	return last < much*least || l.equal(part) && last < little*least && l.goesOn()
}

// equal says that the classes are known to be of about one size in a part of the data.
func (l *Log) equal(part string) bool {
	const nearly = 0.99
	shares := l.shares(part)
	return len(shares) > 1 && entropy(shares) > nearly*math.Log(float64(len(shares)))
}

// entropy is the least cross-entropy of outputs that are the same for all.
func entropy(shares []float64) float64 {
	sum := 0.0
	for _, share := range shares {
		if share > 0 {
			sum -= share * math.Log(share)
		}
	}
	return sum
}

// atChance says that the training accuracy is no better, but for chance, than always
// answering with the largest class; of classes that nobody knows, that it has not
// risen.
func (l *Log) atChance() bool {
	accuracy, _, ok := l.accuracy("")
	if !ok {
		return false
	}
	largest := 0.0
	for _, share := range l.TrainShares {
		largest = max(largest, share)
	}
	if largest == 0 && l.Classes > 1 {
		largest = 1 / float64(l.Classes)
	}
	if largest == 0 {
		const risen = 0.1
		return accuracy[l.last()] < accuracy[0]+risen
	}
	return accuracy[l.last()] <= largest+chance(largest, l.Examples)
}

// chance is by how much the share of right answers of n examples may be off: two
// standard errors; 0 where n is unknown.
func chance(share float64, n int) float64 {
	if n == 0 || !(share > 0 && share < 1) {
		return 0
	}
	return 2 * math.Sqrt(share*(1-share)/float64(n))
}

// accuracy finds the accuracy of a part of the data: "" for training, "val_" for
// validation.
func (l *Log) accuracy(part string) (values []float64, name string, ok bool) {
	for _, column := range l.Columns {
		own, isVal := strings.CutPrefix(column, "val_")
		if isVal != (part == "val_") || strings.HasPrefix(column, "test_") {
			continue
		}
		if strings.HasSuffix(own, "accuracy") && own != "balanced_accuracy" && !strings.HasPrefix(own, "top_") {
			values, _ = l.Column(column)
			return values, column, true
		}
	}
	return nil, "", false
}

// shares are the classes' shares in a part of the data.
func (l *Log) shares(part string) []float64 {
	if part == "val_" {
		return l.ValidationShares
	}
	return l.TrainShares
}

// parts are the prefixes of columns: training and validation.
var parts = []string{"", "val_"}

// crossEntropyLog says whether the losses in the log are, or may be, cross-entropies.
func (l *Log) crossEntropyLog() bool {
	return l.Loss == "" || strings.Contains(l.Loss, "crossentropy") && l.Loss != "dice_crossentropy"
}

// tail gives the last n values; false if there are fewer, or some are not numbers.
func tail(values []float64, n int) ([]float64, bool) {
	if len(values) < n {
		return nil, false
	}
	values = values[len(values)-n:]
	return values, !slices.ContainsFunc(values, math.IsNaN)
}

// near says whether a value is within a relative distance of another.
func near(value, of, relative float64) bool { return math.Abs(value-of) <= relative*math.Abs(of) }

// epochs names the last n epochs of a log: "epoch 3", "epochs 2 to 5".
func (l *Log) epochs(n int) string {
	last := l.last()
	if n == 1 {
		return fmt.Sprintf("epoch %d", l.Epochs[last])
	}
	return fmt.Sprintf("epochs %d to %d", l.Epochs[last-n+1], l.Epochs[last])
}

// run counts how many values at the end of a list are as is says.
func run(values []float64, is func(float64) bool) int {
	n := 0
	for i := len(values) - 1; i >= 0 && is(values[i]); i-- {
		n++
	}
	return n
}

// classCandidates are the numbers of classes to try where none is known.
func (l *Log) classCandidates(most int) []int {
	if l.Classes > 0 {
		return []int{l.Classes}
	}
	candidates := make([]int, 0, most-1)
	for k := 2; k <= most; k++ {
		candidates = append(candidates, k)
	}
	return candidates
}

// suggestScaling adds the ways out of scores that are far too large.
func suggestScaling(d diag.Diagnostic) diag.Diagnostic {
	return d.Suggest("scale the volumes: add a normalize stage above the model").
		Suggest("lower learning_rate, to a tenth at first").
		Suggest("let the first weights be as they are by default, glorot_uniform")
}
