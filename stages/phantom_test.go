package stages

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
)

func TestPhantomIsKnownBeforeItIsMade(t *testing.T) {
	p := newProject(t)
	d := p.gives(false, "phantom: {samples: 31, size: [8, 10, 12], classes: 3}")
	if got := pipeline.Summarize(d); got != "31 examples of [8, 10, 12], float32, values 0..1, class_id labels of 3 classes" {
		t.Error(got)
	}
	if want := []string{"healthy", "lesion_1", "lesion_2"}; !slices.Equal(d.Labels.Names, want) {
		t.Errorf("classes %q", d.Labels.Names)
	}
	var counts [3]int
	for _, id := range d.Facts.Labels.Ints {
		counts[id]++
	}
	if counts != [3]int{11, 10, 10} {
		t.Errorf("examples of each class: %v", counts)
	}
	if d := p.gives(false, "phantom"); pipeline.Summarize(d) != "200 examples of [16, 32, 32], float32, values 0..1, class_id labels of 2 classes" {
		t.Error(pipeline.Summarize(d))
	}
}

func TestPhantomRefuses(t *testing.T) {
	p := newProject(t)
	p.refuses(false, "YML122", "from 0.3 to 0.2", "phantom: {lesion: {radius: [0.3, 0.2]}}")
	p.refuses(false, "YML122", `4 classes \| \[3: 3 examples\]`, "phantom: {samples: 3, classes: 4}")
}

// The same seed makes the same volumes, in any order; another one others.
func TestPhantomIsTheSameEveryTime(t *testing.T) {
	p := newProject(t)
	first, again := p.runs("phantom: {samples: 6, size: [6, 8, 8]}"), p.runs("phantom: {samples: 6, size: [6, 8, 8]}")
	all := values(t, first)
	one := make([]float32, 6*8*8)
	for i := 5; i >= 0; i-- {
		if err := again.Source.Read(i, one); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(one, all[i*len(one):(i+1)*len(one)]) {
			t.Errorf("example %d differs", i)
		}
	}
	if slices.Equal(all[:len(one)], all[len(one):2*len(one)]) {
		t.Error("two examples are the same")
	}
	s := phantomDefaults
	s.Samples, s.Size = 6, [3]int{6, 8, 8}
	other, err := data.Load(t.Context(), &phantoms{Phantom: s, seed: 1, classes: s.assign(1)}, 1)
	if err != nil || slices.Equal(other.Values(), all) {
		t.Errorf("another seed makes the same volumes (%v)", err)
	}
}

// Values stay in the promised range, whatever the noise.
func TestPhantomRange(t *testing.T) {
	v := newProject(t).runs("phantom: {samples: 20, size: [8, 16, 16], noise: 1, classes: 4, lesion: {contrast: 0.8}}")
	all := values(t, v)
	if low, high := slices.Min(all), slices.Max(all); low != 0 || high != 1 {
		t.Errorf("values from %v to %v", low, high)
	}
}

// The classes can be told apart by the simplest of means: how much of the brain is
// bright.
func TestPhantomClassesDiffer(t *testing.T) {
	s := phantomDefaults
	p := &phantoms{Phantom: s, seed: 11, classes: s.assign(11)}
	volume := make([]float32, data.Elements(p.Shape()))
	shares := make([][]float64, s.Classes)
	for i := range 100 {
		if err := p.Read(i, volume); err != nil {
			t.Fatal(err)
		}
		shares[p.classes[i]] = append(shares[p.classes[i]], lesionShare(volume, s.Size))
	}
	right := 0
	threshold := (median(shares[0]) + median(shares[1])) / 2
	for class, list := range shares {
		for _, share := range list {
			if (share > threshold) == (class == 1) {
				right++
			}
		}
	}
	if right < 95 {
		t.Errorf("%d of 100 are told apart; medians %v, %v", right, median(shares[0]), median(shares[1]))
	}
}

// lesionShare is by how much voxels in the middle of the brain, away from the
// skull, are brighter than 0.5, on average.
func lesionShare(volume []float32, size [3]int) float64 {
	var sum float64
	n := 0
	for z := range size[0] {
		for y := range size[1] {
			for x := range size[2] {
				place := vector{lineAt(x, size[2]) / 0.55, lineAt(y, size[1]) / 0.75, lineAt(z, size[0]) / 0.6}
				if place[0]*place[0]+place[1]*place[1]+place[2]*place[2] < 1 {
					sum += math.Max(0, float64(volume[(z*size[1]+y)*size[2]+x])-0.5)
					n++
				}
			}
		}
	}
	return sum / float64(n)
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
