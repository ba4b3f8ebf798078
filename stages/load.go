package stages

import (
	"context"
	"math"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// sourceStages lists the stages that a dataset begins with.
func sourceStages() []kind.Kind {
	return []kind.Kind{
		kind.Of("load", "load: {volumes: volumes.npy, labels: labels.npy}", Load{}),
		kind.Of("phantom", "phantom: {samples: 200, size: [16, 32, 32], classes: 2}", phantomDefaults),
	}
}

// Load takes volumes and their labels from files. The files are NumPy's .npy and
// .npz; labels and groups may also be a column of a CSV table. Nothing is moved or
// scaled: what is in the files is what flows on, as float32. Volumes are read one
// at a time, when they are needed; only the arrays of a compressed .npz and those
// in Fortran order are held in memory whole, as they were stored.
//
// A path may name a member of an archive or a column of a table: scans.npz#images,
// subjects.csv#diagnosis. A path with *, ? or [ is a pattern: every file that fits
// it holds one example, and they are taken in the order of their names. Relative
// paths start at the config's folder.
//
// The examples of a dataset that somebody has already divided are named apart,
// under train, validation and test. Otherwise a split stage divides them.
//
// With a table (a CSV file whose first line names its columns) volumes, labels,
// groups and partition are names of its columns. A row is an example; the cells of
// the volumes column are paths that start at the table's folder, each to a file
// with one example.
//
// What the labels are is told from the file: whole numbers, one for each example,
// are class ids (an axis of size 1 at the end is dropped); real numbers are
// targets for regression; texts are names of classes; rows of whole numbers are
// one-hot if each of them is zeros and a single 1, else multi-hot; an array with
// four axes or more is masks. label_kind says it where the file can't.
//
// Masks have a class for each voxel: whole numbers in an array of the volumes'
// shape, without the channel axis or with one of size 1. They are labels, so the
// plan reads them, to know which classes there are and how many voxels each has;
// where there are more than 2^28 voxels (268 million), that waits for the run.
// Whatever moves the voxels further down moves those of the masks too.
//
// Before a file is opened nothing is known of it. So that a config can be checked
// without its data, shape, dtype and label_kind may say what the files will hold.
type Load struct {
	// The file, the member of an archive, the pattern, or with table the
	// name of the column of files, that holds the volumes.
	Volumes string `yaml:"volumes" validate:"required_without_all=Train Validation Test"`
	// Where the label of each volume is, in the same order. A .npy file,
	// file.npz#member, file.csv#column, a pattern, or a column of the table.
	Labels string `yaml:"labels" validate:"excluded_with=Train Validation Test"`
	// Where the group of each volume is: the patient, whole numbers or
	// text. A split by groups keeps the examples of one group together. A .npy file,
	// file.npz#member, file.csv#column, or a column of the table.
	Groups string `yaml:"groups" validate:"excluded_with=Train Validation Test"`
	// Where the weight of each volume is, which its loss is multiplied with: a number
	// from 0 up for each example or, where the labels are masks, an array of such
	// numbers for its voxels. A .npy file, file.npz#member, file.csv#column, a
	// pattern, or a column of the table. Metrics are not weighted.
	SampleWeight string `yaml:"sample_weight" validate:"excluded_with=Train Validation Test"`
	// The volumes, labels and groups to train on, where they are files apart.
	Train *LoadPart `yaml:"train" validate:"excluded_with=Volumes Table"`
	// The volumes, labels and groups that are watched while training.
	Validation *LoadPart `yaml:"validation" validate:"excluded_with=Volumes Table"`
	// The volumes, labels and groups that are kept for the end.
	Test *LoadPart `yaml:"test" validate:"excluded_with=Volumes Table"`
	// A CSV file with a row for each example. Its cells are separated by
	// commas, or by semicolons or tabs if its first line has no comma.
	Table string `yaml:"table"`
	// The table's column that says train, validation or test for each
	// example.
	Partition string `yaml:"partition"`
	// The names of the array's axes, as they are in the file. The default is
	// [sample, depth, height, width] for four axes, and channel behind them for five.
	// Without sample the file holds one example, as the files of a pattern or of a
	// table do. Nothing is moved: an order other than depth, height, width, channel
	// is mended with transpose.
	Axes AxisNames `yaml:"axes"`
	// The sizes of the array that the file will hold: [120, 31, 31, 31], or
	// [N, 31, 31, 31] if the number of examples is not known; any size may be a name
	// or -1. The number of examples may be left out: three sizes are the depth,
	// height and width of one example, and four of which the last is 1 are one
	// example's with its channel. Four other sizes begin with the number of
	// examples. The files of a pattern or a table hold one example each, so theirs
	// are one example's sizes. With train, validation and test it holds for each of
	// them.
	Shape DeclaredShape `yaml:"shape"`
	// The type of numbers that the file will hold.
	DType string `yaml:"dtype" validate:"omitempty,oneof=bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 float32 float64"`
	// What the labels are: class_id (a whole number for each example,
	// counting classes from 0), one_hot (a row with a single 1), multi_hot (a row with
	// any number of ones), real (one or more real numbers) or mask (a class for each
	// voxel). The default is told from the labels' type and shape.
	LabelKind string `yaml:"label_kind" validate:"omitempty,oneof=class_id one_hot multi_hot real mask"`
	// How the volumes were taken: mri, ct, pet, …
	Modality string `yaml:"modality"`
}

// LoadPart is the files of one partition.
type LoadPart struct {
	// The file, the member of an archive or the pattern that holds the
	// volumes of this partition.
	Volumes string `yaml:"volumes" validate:"required"`
	// Where the label of each of its volumes is, in the same order.
	Labels string `yaml:"labels"`
	// Where the group of each of its volumes is.
	Groups string `yaml:"groups"`
	// Where the weight of each of its volumes is, or of their voxels.
	SampleWeight string `yaml:"sample_weight"`
}

// Takes nothing.
func (*Load) Takes() []pipeline.Want { return nil }

// Gives a dataset.
func (*Load) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check works out what the settings say; when files may be read, what their
// headers, labels and groups say.
func (s *Load) Check(c *pipeline.Check, _ []pipeline.Type) pipeline.Type {
	l := loading{Node: c.Node, settings: s, resolve: c.Path, mostVoxels: mostPlanned}
	var d *pipeline.Dataset
	if c.Read {
		if v := l.read(c.Context); v != nil {
			d = v.dataset
		}
	} else {
		d = l.declared()
	}
	for _, problem := range l.problems {
		c.Report(problem)
	}
	if d == nil || c.Failed() {
		return nil
	}
	rules.CheckDataset(c, d)
	return d
}

// Run opens the files. Volumes are read when they are asked for.
func (s *Load) Run(r *pipeline.Run, _ []pipeline.Value) (pipeline.Value, error) {
	l := loading{Node: r.Node, settings: s, resolve: r.Path, mostVoxels: math.MaxInt}
	if promised, is := r.Promised.(*pipeline.Dataset); is && promised.Facts != nil {
		l.masks = promised.Facts.Masks
	}
	read := l.read(r.Context)
	if err := r.Context.Err(); err != nil {
		return nil, err
	}
	if len(l.problems) > 0 {
		return nil, pipeline.Fail(l.problems[0])
	}
	v := &pipeline.Volumes{Is: read.dataset, Labels: read.labels, Masks: read.maskSource, Weights: read.weights}
	var problem *placedProblem
	if v.Source, problem = sourceOf(read.volumes); problem != nil {
		return nil, pipeline.Fail(problem.diagnostic())
	}
	return v, nil
}

// forOtherFiles is the stage for files of the same kind as its own: what says
// which files they are, and what is declared of just these, is left out.
func (s *Load) forOtherFiles() *Load {
	return &Load{Axes: s.Axes, LabelKind: s.LabelKind, Modality: s.Modality}
}

// loading is a load stage at work: its settings, their places, and the problems
// found so far.
type loading struct {
	*pipeline.Node
	settings *Load
	resolve  func(string) string
	problems []diag.Diagnostic
	// masks are the counts of the masks' values where they have been counted before;
	// mostVoxels is up to how many voxels they are counted now.
	masks      *pipeline.MaskCounts
	mostVoxels int
}

func (l *loading) report(d diag.Diagnostic) { l.problems = append(l.problems, d) }

// contents is what the files hold, as far as it is read before the volumes.
type contents struct {
	dataset *pipeline.Dataset
	volumes []*arrays
	labels  *pipeline.LabelValues
	// maskSource gives the masks; nil for labels of other kinds.
	maskSource data.Source
	// weights gives those of examples or voxels; nil without any.
	weights data.Source
}

// portion is the files of one partition, or of all.
type portion struct {
	// name is the partition, "" for all.
	name string
	LoadPart
}

// portions lists the partitions that are named apart, or the whole.
func (l *loading) portions() []portion {
	s := l.settings
	var list []portion
	for _, p := range []struct {
		name  string
		files *LoadPart
	}{{pipeline.Train, s.Train}, {pipeline.Validation, s.Validation}, {pipeline.Test, s.Test}} {
		if p.files != nil {
			list = append(list, portion{p.name, *p.files})
		}
	}
	if list == nil {
		list = []portion{{"", LoadPart{s.Volumes, s.Labels, s.Groups, s.SampleWeight}}}
	}
	return list
}

// at is the place of a setting of a portion.
func (l *loading) at(p portion, setting string) diag.Span {
	if p.name == "" {
		return l.At(setting)
	}
	return l.At(p.name, setting)
}

func (l *loading) origin(p portion, setting string) pipeline.Origin {
	return pipeline.Origin{Stage: l.ID, Span: l.at(p, setting)}
}

// interrupted says whether to stop reading files.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil }
