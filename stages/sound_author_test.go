package stages_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

// author writes pipelines at random, with the files they need. It keeps an own
// account of what flows, so that most of what it writes makes sense; a bold
// author now and then writes what does not.
type author struct {
	*rand.Rand
	t      testing.TB
	folder string
	bold   bool

	stages []string
	// data is the dataset as the author thinks it is.
	data dataset
	// oneByOne says that every file holds one example.
	oneByOne bool
	// declared says that the config tells what its files do of an example's sizes
	// and numbers, and what kind the labels are.
	declared bool
	// volumes is the path to the volumes, "" if there is not just one; answers is the
	// file with the last model's predictions for all of them, "" if there is none.
	volumes, answers string
	// strange says that some voxels are no numbers, or that numbers may grow out of
	// all bounds in the network.
	strange bool
}

// dataset is what an author keeps account of.
type dataset struct {
	sizes    []int
	axes     []string
	examples int
	labels   pipeline.LabelKind
	// classes is the number of classes, or the width of a row of numbers.
	classes int
	names   []string
	encoded bool
	// rows says of masks that they are one-hot, atlas that their values are not
	// 0, 1, 2.
	rows, atlas bool
	grouped     bool
	partitions  map[string]int
	scaled      bool
	// splits says that a split is still to come: what learns before it is refused.
	splits bool
}

// labelled is the value that a class has in the masks.
func (d *dataset) labelled(class int) int {
	if d.atlas {
		return []int{0, 29, 500}[class]
	}
	return class
}

// newAuthor is an author whose choices are those of the source.
func newAuthor(t testing.TB, source rand.Source) *author {
	a := &author{Rand: rand.New(source), t: t, folder: t.TempDir()}
	a.bold = a.chance(3)
	a.strange = a.bold
	return a
}

// newDice are the choices that follow from the bytes, and, once they are used up,
// from random numbers that follow from the bytes too.
func newDice(choices []byte) *dice {
	sum := fnv.New64a()
	sum.Write(choices)
	return &dice{bytes: choices, then: rand.NewPCG(sum.Sum64(), 0)}
}

// dice takes one byte for each number as long as there are any: a fuzzer that
// changes a byte changes a choice.
type dice struct {
	bytes []byte
	then  rand.Source
}

func (d *dice) Uint64() uint64 {
	if len(d.bytes) == 0 {
		return d.then.Uint64()
	}
	b := uint64(d.bytes[0])
	d.bytes = d.bytes[1:]
	return b * 0x0101010101010101
}

// chance is true once in n times.
func (a *author) chance(n int) bool { return a.IntN(n) == 0 }

// slips is true where a bold author writes what makes no sense.
func (a *author) slips() bool { return a.bold && a.chance(15) }

// between is a number from low to high.
func (a *author) between(low, high int) int { return low + a.IntN(max(high-low+1, 1)) }

func pick[T any](a *author, from ...T) T { return from[a.IntN(len(from))] }

// pipeline writes a whole config.
func (a *author) pipeline() string {
	a.source()
	a.preprocessing()
	a.model("")
	if a.chance(6) {
		a.model("again/")
	}
	var text strings.Builder
	fmt.Fprintf(&text, "version: 1\nname: sound\nseed: %d\nstages:\n", a.IntN(100))
	for _, stage := range a.stages {
		text.WriteString("  - " + stage + "\n")
	}
	return text.String()
}

func (a *author) stage(format string, arguments ...any) {
	a.stages = append(a.stages, fmt.Sprintf(format, arguments...))
}

// yamlList writes a list in flow style.
func yamlList[T any](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// settings writes a map in flow style out of entries, leaving out empty ones.
func settings(entries ...string) string {
	return "{" + strings.Join(slices.DeleteFunc(entries, func(e string) bool { return e == "" }), ", ") + "}"
}

// maybe is the entry once in n times, else nothing.
func (a *author) maybe(n int, format string, arguments ...any) string {
	if !a.chance(n) {
		return ""
	}
	return fmt.Sprintf(format, arguments...)
}

// source writes the stage that the dataset comes from.
func (a *author) source() {
	if a.chance(3) {
		a.phantom()
		return
	}
	a.load()
}

func (a *author) phantom() {
	d := &a.data
	d.sizes, d.axes = []int{a.between(4, 8), a.between(4, 8), a.between(4, 8)}, []string{"depth", "height", "width"}
	d.examples, d.classes, d.labels = a.between(8, 20), a.between(2, 3), pipeline.ClassID
	d.names = []string{"healthy", "lesion"}
	if d.classes == 3 {
		d.names = []string{"healthy", "lesion_1", "lesion_2"}
	}
	a.declared = true
	masks := ""
	if a.chance(2) {
		masks, d.labels = "labels: mask", pipeline.Mask
		d.names[0] = "background"
	}
	a.stage("phantom: %s", settings(
		masks,
		fmt.Sprintf("samples: %d, size: %s, classes: %d", d.examples, yamlList(d.sizes), d.classes),
		a.maybe(4, "noise: %g", a.Float64()/4),
		a.maybe(4, "lesion: {radius: [0.1, %g]}", 0.1+a.Float64()/4),
	))
}
