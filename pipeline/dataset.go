package pipeline

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/shape"
)

// Dataset is the type of a dataset: what is known of it before its voxels are
// read. Types are immutable: a stage that changes something changes a Clone.
type Dataset struct {
	// Examples is how many there are, perhaps a symbol.
	Examples   shape.Dim
	ExamplesAt Origin
	// Axes are those of one example, channels last; nil if not even their number
	// is known.
	Axes []Axis
	// DType is what the voxels are declared or stored as. In memory they are
	// float32 whatever it is.
	DType   DType
	DTypeAt Origin
	// Range bounds the values; nil if nothing is known.
	Range *Range
	// Labels is what each example is to be told apart by.
	Labels Labels
	// Partitions are train, validation and test once something has split the
	// dataset, those without examples left out; before that there are none.
	Partitions []Partition
	// Grouped says that each example has a group (a patient).
	Grouped bool
	// Weighted says that examples, or their voxels, count by weights of their own in
	// a loss; WeightsAt is where the weights were named.
	Weighted  bool
	WeightsAt Origin
	// Modality is how the volumes were taken: "mri", "ct", …; "" if not said.
	Modality string
	// Steps are the stages on the way from the files to here, oldest first.
	Steps []Step
	// Facts are the labels, groups and members of the partitions, read from the
	// files' headers and label files; nil as long as no file may be opened.
	Facts *Facts
}

// Axis is one axis of an example.
type Axis struct {
	// Name is "depth", "height", "width", "channel", or the user's.
	Name string
	Size shape.Dim
	At   Origin
}

// DType is the type of stored numbers: "uint8", "int16", "float32", "bool", …,
// or "" if unknown.
type DType string

// Integer says whether it stores whole numbers.
func (d DType) Integer() bool {
	return slices.Contains([]DType{"bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"}, d)
}

// Float says whether it stores real numbers.
func (d DType) Float() bool {
	return slices.Contains([]DType{"float16", "float32", "float64"}, d)
}

// Range is the values a voxel can have, as far as that is proved. An unbounded
// side is an infinity.
type Range struct {
	Low, High float64
	At        Origin
}

// LabelKind is what a label is.
type LabelKind string

// The kinds of labels.
const (
	// NoLabels: there are none.
	NoLabels LabelKind = "none"
	// UnknownLabels: there are labels; their file has to be opened to say which.
	UnknownLabels LabelKind = "raw"
	// ClassNames: one text for each example.
	ClassNames LabelKind = "class_name"
	// ClassID: one whole number for each example, counting classes from 0.
	ClassID LabelKind = "class_id"
	// OneHot: a row of zeros and a single one for each example.
	OneHot LabelKind = "one_hot"
	// MultiHot: a row of zeros and any number of ones.
	MultiHot LabelKind = "multi_hot"
	// Real: one or more real numbers for each example.
	Real LabelKind = "real"
	// Mask: a class for each voxel.
	Mask LabelKind = "mask"
)

// Labels is the type of the labels.
type Labels struct {
	Kind LabelKind
	// At is where the kind was decided, ValuesAt where the labels themselves come
	// from, if that is another place.
	At, ValuesAt Origin
	// Shape is the shape of one example's label: [] for one number, [K] for a row,
	// [D, H, W] for a mask, [D, H, W, K] for one of rows; nil if unknown.
	Shape shape.Shape
	// Rows says of masks that the class of each voxel is a row of zeros and a
	// single one, instead of a number.
	Rows bool
	// Classes is the number of classes, where ClassesKnown.
	Classes      int
	ClassesKnown bool
	ClassesAt    Origin
	// Names are the classes' names in the order of their ids; nil without names.
	Names []string
	// Encoded says that a label_encode stage has checked and mapped them.
	Encoded bool
}

// Source is where the labels themselves come from.
func (l Labels) Source() Origin {
	if l.ValuesAt.Stage != "" {
		return l.ValuesAt
	}
	return l.At
}

// Partition is one part of a split dataset.
type Partition struct {
	// Name is "train", "validation" or "test".
	Name     string
	Examples shape.Dim
	At       Origin
}

// The names of the partitions, and of the whole.
const (
	Train      = "train"
	Validation = "validation"
	Test       = "test"
	All        = "all"
)

// Step is a stage that a dataset has been through.
type Step struct {
	// Stage is the id, Kind the kind.
	Stage, Kind string
	At          Origin
	// Scales says that the step brings the values to a scale (normalize).
	Scales bool
	// Does tells a step that changes values in the language's words, with all that
	// decides what it does to them: "min_max to 0..1 over dataset", "cast to uint8".
	// Else it is "".
	Does string
	// LearntOn names the partition whose statistics the step learns: "" if it
	// learns none, All if the dataset was not split then.
	LearntOn string
	// Low and High bound the values after the step, where Bounded.
	Low, High float64
	Bounded   bool
}

// Facts are what label files, id files and headers say of each example.
type Facts struct {
	// Labels are those of all examples in the dataset's order; nil without any, and
	// for masks.
	Labels *LabelValues
	// Masks counts the values in the masks; nil for labels of other kinds, and where
	// the masks are too large to be read before the run.
	Masks *MaskCounts
	// Groups name each example's group; nil without groups.
	Groups []string
	// Members are the examples of each partition, in order; nil before a split.
	Members map[string][]int
}

// Shape is one example's shape; nil if unknown.
func (d *Dataset) Shape() shape.Shape {
	if d.Axes == nil {
		return nil
	}
	s := make(shape.Shape, len(d.Axes))
	for i, a := range d.Axes {
		s[i] = a.Size
	}
	return s
}

// Clone is a copy whose lists can be changed without changing d. Facts are
// shared: replace them, never change them.
func (d *Dataset) Clone() *Dataset {
	c := *d
	c.Axes = slices.Clone(d.Axes)
	c.Partitions = slices.Clone(d.Partitions)
	c.Steps = slices.Clone(d.Steps)
	return &c
}

// Partition finds a part by its name; All is the whole dataset.
func (d *Dataset) Partition(name string) (Partition, bool) {
	if name == All {
		return Partition{Name: All, Examples: d.Examples, At: d.ExamplesAt}, true
	}
	for _, p := range d.Partitions {
		if p.Name == name {
			return p, true
		}
	}
	return Partition{}, false
}

// Family is "dataset".
func (*Dataset) Family() Family { return DatasetFamily }
