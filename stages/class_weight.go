package stages

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages/rules"
)

// ClassWeight is how much the examples of each class count in the loss: none,
// balanced, or a map.
type ClassWeight struct {
	// balanced says that the weights follow from the training partition.
	balanced bool
	// weights are those that were written, by the class's name or id; nil without
	// any.
	weights map[string]float64
}

var errClassWeight = errors.New("want none, balanced, or a map of the classes to their weights")

// DecodeNode reads none, balanced or a map of positive numbers.
func (w *ClassWeight) DecodeNode(n *spec.Node) error {
	switch {
	case n.Form == spec.Map:
		w.balanced, w.weights = false, make(map[string]float64, len(n.Entries))
		for _, entry := range n.Entries {
			weight, err := strconv.ParseFloat(entry.Value.Text, 64)
			number := entry.Value.Form == spec.Scalar && (entry.Value.Type == spec.Integer || entry.Value.Type == spec.Real)
			if err != nil || !number || !(weight >= 0) {
				return fmt.Errorf("the weight of %s is %s; want a number from 0 up", entry.Key, entry.Value.Describe())
			}
			w.weights[entry.Key] = weight
		}
	case n.IsText() && n.Text == "none":
		*w = ClassWeight{}
	case n.IsText() && n.Text == "balanced":
		*w = ClassWeight{balanced: true}
	default:
		return errClassWeight
	}
	return nil
}

// EncodeNode writes what DecodeNode reads.
func (w *ClassWeight) EncodeNode() *spec.Node {
	if w.weights == nil {
		text := "none"
		if w.balanced {
			text = "balanced"
		}
		return &spec.Node{Form: spec.Scalar, Type: spec.Text, Text: text}
	}
	n := &spec.Node{Form: spec.Map}
	for _, class := range slices.Sorted(maps.Keys(w.weights)) {
		n.Entries = append(n.Entries, spec.Entry{Key: class, Value: &spec.Node{
			Form: spec.Scalar, Type: spec.Real, Text: strconv.FormatFloat(w.weights[class], 'g', -1, 64),
		}})
	}
	return n
}

// none says that every class counts the same.
func (w *ClassWeight) none() bool { return !w.balanced && w.weights == nil }

// check compares the weights with the classes.
func (w *ClassWeight) check(c *pipeline.Check, d *pipeline.Dataset, task metric.Task) {
	if w.none() || d.Labels.Kind == pipeline.UnknownLabels {
		return
	}
	if kind := d.Labels.Kind; kind != pipeline.ClassID && kind != pipeline.OneHot && kind != pipeline.Mask || task.Kind == metric.Regression {
		c.Report(diag.New(YML122, c.At("class_weight"), "each example, or each of its voxels, has to be of one class").
			And(d.Labels.At.Span, fmt.Sprintf("the labels are of another kind: %s", d.Labels.Kind)).
			Suggest("leave class_weight out"))
		return
	}
	if !d.Labels.ClassesKnown || w.weights == nil {
		return
	}
	if _, missing, unknown := w.byClass(d.Labels); len(missing)+len(unknown) > 0 {
		c.Report(wrongClasses(c.Node, d.Labels, missing, unknown))
	}
}

// wrongClasses is OUT020.
func wrongClasses(n *pipeline.Node, l pipeline.Labels, missing, unknown []string) diag.Diagnostic {
	label := "no weight for class " + strings.Join(missing, ", ")
	if len(unknown) > 0 {
		label = "the labels have no class " + strings.Join(unknown, ", ")
	}
	d := diag.New(rules.OUT020.Code, n.At("class_weight"), label).
		And(l.ClassesAt.Span, fmt.Sprintf("the classes are %s", strings.Join(firstOf(classNames(l), mostLines), ", ")))
	if len(unknown) > 0 && len(missing) > 0 {
		d = d.Note("there is no weight for %s", strings.Join(missing, ", "))
	}
	return d.Suggest("write one weight for each class, by its name or by its id")
}

// byClass gives the weight of each class id, the classes without one, and the
// keys that are no class.
func (w *ClassWeight) byClass(l pipeline.Labels) (weights []float64, missing, unknown []string) {
	names := classNames(l)
	weights = make([]float64, len(names))
	left := maps.Clone(w.weights)
	for id, name := range names {
		weight, ok := left[name]
		key := name
		if !ok {
			key = strconv.Itoa(id)
			weight, ok = left[key]
		}
		if !ok {
			missing = append(missing, name)
			continue
		}
		weights[id] = weight
		delete(left, key)
	}
	return weights, missing, slices.Sorted(maps.Keys(left))
}

// classNames are the names of the classes, their ids where they have none.
func classNames(l pipeline.Labels) []string {
	if l.Names != nil {
		return l.Names
	}
	names := make([]string, l.Classes)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

// perClass gives the weight of every class, nil if all count the same. Balanced
// weights are n / (K × count), from the examples that are trained on or from their
// voxels, as scikit-learn's compute_class_weight("balanced") gives them.
func (w *ClassWeight) perClass(v *pipeline.Volumes, training []int, task metric.Task) ([]float32, error) {
	if w.none() {
		return nil, nil
	}
	labels := v.Is.Labels
	if !labels.ClassesKnown {
		labels.Classes = task.Classes()
	}
	weights, missing, _ := w.byClass(labels)
	if w.balanced {
		counts, err := occurrencesOf(v, training, len(weights))
		if err != nil {
			return nil, err
		}
		total := 0
		for _, count := range counts {
			total += count
		}
		for k, count := range counts {
			if count > 0 {
				weights[k] = float64(total) / float64(len(counts)*count)
			}
		}
	} else if len(missing) > 0 {
		return nil, fmt.Errorf("class_weight has no weight for class %s", strings.Join(missing, ", "))
	}
	each := make([]float32, len(weights))
	for k, weight := range weights {
		each[k] = float32(weight)
	}
	return each, nil
}

// occurrencesOf counts how often each of n classes occurs among some examples, or
// among their voxels.
func occurrencesOf(v *pipeline.Volumes, examples []int, n int) ([]int, error) {
	if v.Masks == nil {
		classes, ok := v.Labels.ClassOf()
		if !ok {
			return nil, errors.New("class_weight needs labels that name one class for each example")
		}
		return countClasses(classes, examples, n), nil
	}
	masks := v.Is.Facts.Masks
	counts := make([]int, n)
	for k, count := range masks.Total(examples) {
		if id := masks.Values[k]; id >= 0 && id < int64(n) {
			counts[id] += count
		}
	}
	return counts, nil
}

// countClasses counts how often each of n classes occurs among some examples. A
// class outside of them is not counted.
func countClasses(classes, examples []int, n int) []int {
	counts := make([]int, n)
	for _, i := range examples {
		if class := classes[i]; class >= 0 && class < n {
			counts[class]++
		}
	}
	return counts
}
