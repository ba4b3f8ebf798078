package stages

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Phantom makes labelled head phantoms on the spot: volumes for trying a pipeline
// out, and for tests, without a file. Each is the three-dimensional Shepp–Logan
// phantom (a skull, a brain, its ventricles and some small structures, all of them
// ellipsoids) turned, moved, stretched and brightened at random, with noise.
//
// The classes differ by a lesion: class 0 has none; each other class has a round
// one inside the brain, in a direction of its own, and the brighter the higher the
// class. The classes are of equal size, as far as the number of examples can be
// divided, in random order. They are called healthy and lesion, or healthy,
// lesion_1, lesion_2, … if there are more than two.
//
// With labels: mask the question is where the lesion is: the labels are masks with
// the class of every voxel, background or lesion (or lesion_1, lesion_2, …). Every
// head then has one lesion, of the classes in turn. Its voxels are those more than
// half of which it fills, and the one that it fills most.
//
// A volume is [depth, height, width], as most files hold them, so a model needs
// reshape: {expand_dims: -1} first. The values are float32 from 0 to 1. They depend
// on the file's seed and the stage's id, on nothing else.
type Phantom struct {
	// The number of examples.
	Samples int `yaml:"samples" validate:"min=1,max=10000000"`
	// The depth, height and width in voxels.
	Size [3]int `yaml:"size" validate:"dive,min=4,max=1024"`
	// The number of classes, the healthy one (or the background) included.
	Classes int `yaml:"classes" validate:"min=2,max=16"`
	// What is said of a volume: class_id, the number of its class, or mask, the
	// number of the class of each voxel.
	Labels string `yaml:"labels" validate:"oneof=class_id mask"`
	// The standard deviation of the noise in each voxel. The brain is 0.2
	// bright and the skull 1.
	Noise float64 `yaml:"noise" validate:"min=0,max=1"`
	// How the lesions look.
	Lesion Lesion `yaml:"lesion"`
}

// Lesion is how the lesions of a phantom look.
type Lesion struct {
	// The smallest and the largest radius, as shares of half the volume's
	// side: 0.25 of 32 voxels is a radius of 4.
	Radius [2]float64 `yaml:"radius" validate:"dive,gt=0,max=0.5"`
	// How much brighter than the brain the lesions of the last class are.
	// With more than two classes those of the others are less bright, in equal steps.
	Contrast float64 `yaml:"contrast" validate:"gt=0,max=0.8"`
}

// phantomDefaults are the settings that a config need not write.
var phantomDefaults = Phantom{
	Samples: 200, Size: [3]int{16, 32, 32}, Classes: 2, Labels: string(pipeline.ClassID), Noise: 0.05,
	Lesion: Lesion{Radius: [2]float64{0.2, 0.3}, Contrast: 0.6},
}

// Takes nothing.
func (*Phantom) Takes() []pipeline.Want { return nil }

// Gives a dataset.
func (*Phantom) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check knows everything, the labels too: no file has to be opened. Where the
// lesions are is worked out for the plan.
func (s *Phantom) Check(c *pipeline.Check, _ []pipeline.Type) pipeline.Type {
	if r := s.Lesion.Radius; r[0] > r[1] {
		c.Report(diag.New(YML122, c.At("lesion", "radius"), fmt.Sprintf("from %g to %g", r[0], r[1])).
			Suggest("write the smaller radius first"))
		return nil
	}
	if s.Classes > s.Samples {
		c.Report(diag.New(YML122, c.At("classes"), fmt.Sprintf("%d classes", s.Classes)).
			And(c.At("samples"), fmt.Sprintf("%d examples", s.Samples)).
			Suggest(fmt.Sprintf("make at least %d examples, one of each class", s.Classes)))
		return nil
	}
	d, classes := s.dataset(c.Node, c.Seed)
	if s.masked() && c.Read && s.Samples*s.Size[0]*s.Size[1]*s.Size[2] <= mostPlanned {
		d.Facts.Masks, _ = countMasks(c.Context, lesions{&phantoms{Phantom: *s, seed: c.Seed, classes: classes}})
	}
	rules.CheckDataset(c, d)
	return d
}

// Run makes nothing yet: each volume is made when it is asked for.
func (s *Phantom) Run(r *pipeline.Run, _ []pipeline.Value) (pipeline.Value, error) {
	d, classes := s.dataset(r.Node, r.Seed)
	p := &phantoms{Phantom: *s, seed: r.Seed, classes: classes}
	v := &pipeline.Volumes{Is: d, Source: p, Labels: d.Facts.Labels}
	if !s.masked() {
		return v, nil
	}
	v.Masks = lesions{p}
	if promised := r.Promised.(*pipeline.Dataset).Facts.Masks; promised != nil {
		d.Facts.Masks = promised
		return v, nil
	}
	d.Facts.Masks, _ = countMasks(r.Context, v.Masks)
	return v, r.Context.Err()
}

// masked says that the labels are masks.
func (s *Phantom) masked() bool { return s.Labels == string(pipeline.Mask) }

func (s *Phantom) dataset(n *pipeline.Node, seed uint64) (*pipeline.Dataset, []int) {
	size := n.Origin("size")
	classes := s.assign(seed)
	at := n.Origin("classes")
	d := &pipeline.Dataset{
		Examples: shape.Of(s.Samples), ExamplesAt: n.Origin("samples"),
		DType: "float32", DTypeAt: n.Origin(),
		Range: &pipeline.Range{Low: 0, High: 1, At: n.Origin()},
		Labels: pipeline.Labels{
			Kind: pipeline.ClassID, At: at, Shape: shape.New(),
			Classes: s.Classes, ClassesKnown: true, ClassesAt: at, Names: s.names(),
		},
		Modality: "phantom",
		Facts:    &pipeline.Facts{},
	}
	for i, name := range defaultAxes(len(s.Size)) {
		d.Axes = append(d.Axes, pipeline.Axis{Name: name, Size: shape.Of(s.Size[i]), At: size})
	}
	if s.masked() {
		d.Labels.Kind, d.Labels.At = pipeline.Mask, n.Origin("labels")
		regrid(d)
		return d, classes
	}
	d.Facts.Labels = &pipeline.LabelValues{Width: 1, Ints: make([]int64, len(classes))}
	for i, class := range classes {
		d.Facts.Labels.Ints[i] = int64(class)
	}
	return d, classes
}

// names are those of the classes.
func (s *Phantom) names() []string {
	names := []string{"healthy", "lesion"}
	if s.masked() {
		names[0] = "background"
	}
	for k := 1; s.Classes > 2 && k < s.Classes; k++ {
		names = append(names[:k], fmt.Sprintf("lesion_%d", k))
	}
	return names
}

// assign draws the class of each example: as many of each as the number of
// examples allows, in random order.
func (s *Phantom) assign(seed uint64) []int {
	classes := make([]int, s.Samples)
	for i := range classes {
		classes[i] = i % s.Classes
		if s.masked() {
			classes[i] = 1 + i%(s.Classes-1) // the background is in every head
		}
	}
	rand.New(rand.NewPCG(seed, streamOfClasses)).Shuffle(len(classes), func(i, j int) {
		classes[i], classes[j] = classes[j], classes[i]
	})
	return classes
}

// streamOfClasses keeps the order of the classes apart from the examples' own
// random numbers, which are numbered by the examples.
const streamOfClasses = 1<<64 - 1

// phantoms makes the volumes.
type phantoms struct {
	Phantom
	seed    uint64
	classes []int
}

func (p *phantoms) Len() int     { return p.Samples }
func (p *phantoms) Shape() []int { return p.Size[:] }

// head is the structures of example i, its lesion the last of them, and the
// random numbers that are left for the noise.
func (p *phantoms) head(i int) (*rand.Rand, []ellipsoid) {
	rng := rand.New(rand.NewPCG(p.seed, uint64(i)))
	pose := randomPose(rng)
	head := randomHead(rng, pose)
	if class := p.classes[i]; class > 0 {
		head = append(head, p.lesion(rng, pose, class))
	}
	return rng, head
}

// lesions makes the masks of volumes that all have a lesion.
type lesions struct{ *phantoms }

// Read makes the mask of example i: the class of its lesion where that fills more
// than half of a voxel, and in the voxel that it fills most, else 0.
func (l lesions) Read(i int, into []float32) error {
	_, head := l.head(i)
	lesion := head[len(head)-1]
	lesion.value = 1
	draw([]ellipsoid{lesion}, l.Size, into)
	class := float32(l.classes[i])
	most := slices.Max(into)
	for k, share := range into {
		into[k] = 0
		if share > 0.5 || share == most {
			into[k] = class
		}
	}
	return nil
}

// Read makes example i, the same every time.
func (p *phantoms) Read(i int, into []float32) error {
	rng, head := p.head(i)
	draw(head, p.Size, into)
	for k := range into {
		// Noise may not leave the range that was promised.
		into[k] = min(max(into[k]+float32(p.Noise*rng.NormFloat64()), 0), 1)
	}
	return nil
}
