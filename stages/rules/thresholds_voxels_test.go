package rules_test

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// perExample is how many voxels the examples of these tests have.
const perExample = 4 * 4 * 4

// filled are so many examples, whose voxels a function gives.
func filled(examples int, value func(example, voxel int) float64) voxels {
	v := voxels{sizes: []int{4, 4, 4, 1}}
	for i := range examples {
		for k := range perExample {
			v.values = append(v.values, float32(value(i, k)))
		}
	}
	return v
}

// sign is 1 for every second voxel and -1 for the others.
func sign(k int) float64 { return float64(1 - 2*(k%2)) }

// TestVoxelThresholds shows both sides of the numbers from which rules on voxels
// speak, those just beside each of them.
func TestVoxelThresholds(t *testing.T) {
	graph, refusals := nn.Resolve(shape.New(4, 4, 4, 1), []nn.Item{{ID: "conv", Unit: layers.New(func(c *layers.Conv3D) {
		c.Filters, c.KernelSize, c.Then = 2, [3]int{3, 3, 3}, layers.New(func(*layers.ReLU) {})
	})}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	fed := func(size float64) voxels {
		v := filled(4, func(_, k int) float64 { return size * sign(k) })
		v.change = func(s *rules.Scan) { s.Model = &pipeline.Model{Graph: graph} }
		return v
	}
	scaled := pipeline.Dataset{Steps: []pipeline.Step{{Kind: "normalize", Scales: true, Does: "min_max to 0..1 over dataset"}}}
	tail := func(largest float64) voxels { // the median is 0, the percentile 99.5 is 1
		v := filled(50, func(i, k int) float64 {
			switch {
			case i == 0 && k == 0:
				return largest
			case k == 1:
				return 1
			}
			return 0
		})
		v.is = scaled
		return v
	}
	lone := func(value float64) voxels {
		return filled(4, func(i, k int) float64 {
			if i == 0 && k == 0 {
				return value
			}
			return 0
		})
	}
	twice := func(apart float64) voxels {
		return filled(3, func(i, k int) float64 {
			if i == 2 && k == 63 {
				return float64(k) + apart
			}
			return float64(min(i, 1)*100 + k)
		})
	}
	wrapped := func(each int, from float64) voxels { // of 6400 voxels
		v := filled(100, func(i, k int) float64 {
			switch {
			case k == 0 && i < each:
				return from + float64(10*i)
			case k == 1 && i < each:
				return -from - float64(10*i)
			}
			return float64(k)
		})
		v.change = func(s *rules.Scan) { s.Stored = "int16" }
		return v
	}
	cut := func(least int, at float64) voxels { // voxels from least on are at a bound
		v := filled(4, func(_, k int) float64 {
			if k >= least {
				return at
			}
			return float64(k+1) / 100
		})
		v.is.Steps = []pipeline.Step{{Kind: "clip"}}
		v.change = func(s *rules.Scan) {
			stored := filled(4, func(i, k int) float64 { return float64(i*perExample + k) })
			raw, err := scan.Of(t.Context(), data.NewMemory(stored.sizes, stored.values), scan.Settings{Group: s.Groups(4), Groups: len(s.Partitions) + 1, Sketch: true}, 1)
			if err != nil {
				t.Fatal(err)
			}
			s.Raw = raw
		}
		return v
	}
	shifted := func(by float64, validated int) voxels { // means vary by ±0.1 from example to example
		v := filled(20+validated, func(i, k int) float64 {
			value := 1 + 0.1*sign(i) + 0.1*sign(k)
			if i >= 20 {
				value += by
			}
			return value
		})
		v.training = 20
		return v
	}
	framed := func(examples, large, amiss int) voxels { // so many of the large class have the other one's padding
		class := make([]int, examples)
		for i := range class {
			if i >= large {
				class[i] = 1
			}
		}
		v := filled(examples, func(i, k int) float64 {
			if corner := k/16%3 == 0 && k/4%4%3 == 0 && k%4%3 == 0; !corner {
				return 1 + float64(k)/100
			}
			if i < amiss {
				return 1
			}
			return float64(class[i])
		})
		v.change = func(s *rules.Scan) { s.Classes = rules.Classification{Of: class, Names: []string{"ill", "well"}} }
		return v
	}
	waves := func(examples int, common, alike float64) voxels { // of which the first two are alike beside what all have in common
		const side = 8
		v := voxels{sizes: []int{side, side, side, 1}}
		wave := func(i, k int) float64 { return math.Cos(2 * math.Pi * float64((i+1)*k) / (side * side * side)) }
		for i := range examples {
			for k := range side * side * side {
				own := wave(i, k)
				if i == 1 {
					own = alike*wave(0, k) + math.Sqrt(1-alike*alike)*wave(100, k)
				}
				v.values = append(v.values, float32(math.Sqrt(common)*wave(200, k)+own))
			}
		}
		return v
	}
	marked := func(voxels int) voxels { // of one mask of three
		v := filled(3, func(i, k int) float64 { return float64(i*perExample + k) })
		of := [][]int{{perExample, 0}, {perExample - voxels, voxels}, {perExample, 0}}
		v.is.Labels = pipeline.Labels{Kind: pipeline.Mask, Classes: 2, ClassesKnown: true}
		v.is.Facts = &pipeline.Facts{Masks: &pipeline.MaskCounts{Values: []int64{0, 1}, Of: of}}
		return v
	}
	asMarked := func(changed voxels) voxels { // of which nothing says how many classes there are
		changed.is.Labels.Classes, changed.is.Labels.ClassesKnown = 0, false
		return changed
	}
	rated := func(kind pipeline.LabelKind, first, second float64) voxels { // the same volume twice
		v := filled(3, func(i, k int) float64 { return float64((i + 1) / 2 * (k + 1)) })
		v.is.Labels = pipeline.Labels{Kind: kind}
		labels := &pipeline.LabelValues{Width: 2, Ints: []int64{1, 0, 1, int64(first), 1, int64(second)}}
		if kind == pipeline.Real {
			labels = &pipeline.LabelValues{Width: 1, Reals: []float64{0, first, second}}
		}
		v.is.Facts = &pipeline.Facts{Labels: labels}
		return v
	}
	negative := func(voxels int, value float64) voxels { // of a thousand
		v := filled(50, func(i, k int) float64 {
			if at := i*perExample + k; at%1000 < voxels {
				return value
			}
			return float64(1 + k%100*15)
		})
		v.is.Modality = "mri"
		v.change = func(s *rules.Scan) { s.Stored = "int16" }
		return v
	}
	empty := func(voxels int, value float64) voxels {
		v := filled(4, func(i, k int) float64 {
			if k < voxels {
				return value
			}
			return value + float64(k+i)
		})
		v.is.Steps = []pipeline.Step{{Kind: "normalize", Scales: true, Does: "z_score over example"}}
		return v
	}
	clipped := func(v voxels) voxels {
		v.is.Steps = append([]pipeline.Step{{Kind: "clip", Does: "clip to 0..1"}}, v.is.Steps...)
		return v
	}
	for _, c := range []struct {
		what          string
		rule          *rules.Rule
		beyond, below voxels
	}{
		{"a volume of one value", rules.DAT002, filled(3, func(i, k int) float64 { return float64(i * k) }), filled(3, func(i, k int) float64 { return float64((i + 1) * k) })},
		{"a mean of |x| of 10", rules.DAT003, fed(10), fed(9.99)},
		{"a tail 20 times as long", rules.DAT004, tail(20.3), tail(19.7)},
		{"a spread of 0.005", rules.DAT005, filled(4, func(_, k int) float64 { return 0.0049 * sign(k) }), filled(4, func(_, k int) float64 { return 0.0051 * sign(k) })},
		{"a range of 0.05", rules.DAT005, lone(0.049), lone(0.051)},
		{"the same voxel for voxel", rules.DAT006, twice(100), twice(100.5)},
		{"a thousandth at both ends", rules.DAT008, wrapped(7, 27000), wrapped(6, 27000)},
		{"near the ends", rules.DAT008, wrapped(7, 26300), wrapped(7, 26100)}, // 0.8 × 32767 = 26214
		{"97 % told by the padding", rules.DAT012, framed(100, 50, 3), framed(100, 50, 4)},
		{"20 examples", rules.DAT012, framed(20, 10, 0), framed(19, 10, 0)},
		{"a class that is nine tenths", rules.DAT012, framed(100, 90, 0), framed(100, 91, 0)},
		{"thumbnails that correlate 0.999", rules.DAT015, waves(40, 0, 0.9992), waves(40, 0, 0.9988)},
		{"0.99 beside what all have in common", rules.DAT015, waves(40, 30, 0.993), waves(40, 30, 0.988)},
		{"eight examples", rules.DAT015, waves(8, 0, 0.9999), waves(7, 0, 0.9999)},
		{"masks that mark nothing", rules.DAT016, marked(0), marked(1)}, // of the two others it is a remark
		{"masks of unknown classes that mark nothing", rules.DAT016, asMarked(marked(0)), asMarked(marked(1))},
		{"other tags of one volume", rules.DAT007, rated(pipeline.MultiHot, 0, 1), rated(pipeline.MultiHot, 1, 1)},
		{"another number for one volume", rules.DAT007, rated(pipeline.Real, 0.5, 0.6), rated(pipeline.Real, 0.5, 0.5)},
		{"the same number for one volume", rules.DAT006, rated(pipeline.Real, 0.5, 0.5), rated(pipeline.Real, 0.5, 0.6)},
		{"a thousandth of an MRI far below 0", rules.DAT008, negative(2, -300), negative(0, -300)},
		{"a twentieth of the greatest value below 0", rules.DAT008, negative(20, -60), negative(20, -20)},
		{"more than half of an example is background", rules.PRE017, empty(33, 0), empty(31, 0)},
		{"a background of another number", rules.PRE017, empty(33, -1000), empty(31, -1000)},
		{"a background that is cut off", rules.PRE017, clipped(empty(33, 0)), clipped(empty(33, -1000))},
		{"half at the upper bound", rules.DAT013, cut(31, 1), cut(33, 1)},
		{"nearly all at the lower bound", rules.DAT013, cut(1, -1), cut(2, -1)}, // 98.4 % and 96.9 %
		{"two deviations apart", rules.SPL012, shifted(0.205, 10), shifted(0.195, 10)},
		{"enough to compare", rules.SPL012, shifted(0.5, 10), shifted(0.5, 9)},
	} {
		if found := seen(t, c.rule, c.beyond); len(found) != 1 {
			t.Errorf("%s, %s: %q beyond the threshold", c.rule.Code.ID, c.what, labels(found))
		}
		remark := func(d diag.Diagnostic) bool { return d.Severity == diag.Info }
		if found := slices.DeleteFunc(seen(t, c.rule, c.below), remark); len(found) > 0 {
			t.Errorf("%s, %s: %q on the right side of the threshold", c.rule.Code.ID, c.what, labels(found))
		}
	}
}

// Two readers may have measured one scan; nobody gives it other tags.
func TestDAT007IsAWarningOfNumbers(t *testing.T) {
	for kind, want := range map[pipeline.LabelKind]diag.Severity{pipeline.Real: diag.Warning, pipeline.MultiHot: diag.Error} {
		v := voxels{sizes: []int{1, 1, 2, 1}, values: []float32{1, 2, 1, 2, 3, 4}}
		v.is.Labels = pipeline.Labels{Kind: kind}
		labels := &pipeline.LabelValues{Width: 2, Ints: []int64{1, 0, 1, 1, 0, 1}}
		if kind == pipeline.Real {
			labels = &pipeline.LabelValues{Width: 1, Reals: []float64{0.5, 0.6, 1}}
		}
		v.is.Facts = &pipeline.Facts{Labels: labels}
		if found := seen(t, rules.DAT007, v); len(found) != 1 || found[0].Severity != want {
			t.Errorf("%s: %+v", kind, found)
		}
	}
}

// TestLabelThresholds does so for rules on labels and partitions.
func TestLabelThresholds(t *testing.T) {
	split := func(test string) string { return "split: {train: 10, test: " + test + ", shuffle: false}" }
	half := sorted(5, 5)
	said(t, rules.SPL005, labelled(t, append(half, sorted(16, 3)...)...), "16 % of test are 1, of train 50 %", loadIDs, split("19"))
	unsaid(t, rules.SPL005, labelled(t, append(half, sorted(15, 4)...)...), loadIDs, split("19"))
	few := "split: {train: 8, test: "
	said(t, rules.SPL005, labelled(t, append(sorted(2, 6), sorted(3, 1)...)...), "75 % of test are 0, of train 25 %", loadIDs, few+"4, shuffle: false}")
	unsaid(t, rules.SPL005, labelled(t, append(sorted(2, 6), sorted(2, 1)...)...), loadIDs, few+"3, shuffle: false}")

	said(t, rules.SPL011, apart(t, half, sorted(16, 3)), "16 % of validation are 1, of train 50 %", loadApart)
	unsaid(t, rules.SPL011, apart(t, half, sorted(15, 4)), loadApart)

	said(t, rules.LBL016, reals(t, -101, 101, -101, 101), "the targets are -101 to 101", loadIDs, oneNumber, squared)
	unsaid(t, rules.LBL016, reals(t, -99, 99, -99, 99), loadIDs, oneNumber, squared)

	said(t, rules.SPL006, labelled(t, sorted(3, 3)...), "first 3 examples are all 0", loadIDs, twoUnits, onIDs+", shuffle: false}")
	unsaid(t, rules.SPL006, labelled(t, append(sorted(3, 2), 0)...), loadIDs, twoUnits, onIDs+", shuffle: false}") // one stands elsewhere
	unsaid(t, rules.SPL006, labelled(t, sorted(1, 1)...), loadIDs, twoUnits, onIDs+", shuffle: false}")            // all in one batch

	for _, c := range []struct {
		values, classes int
		image           bool
	}{{64, 2, false}, {65, 2, true}, {80, 20, false}, {81, 20, true}} {
		if got := rules.LikeAnImage(c.values, c.classes); got != c.image {
			t.Errorf("%d values for %d classes look like an image: %t", c.values, c.classes, got)
		}
	}
}
