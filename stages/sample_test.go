package stages

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
)

// drawn are n examples of [6, channels] values, some of them 0.
func drawn(n, channels int) sample {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]float32, n*6*channels)
	examples := make([]int, 0, n)
	for i := range all {
		if all[i] = float32(random.NormFloat64()*50 + 1000*float64(i%channels)); random.IntN(5) == 0 {
			all[i] = 0
		}
	}
	for i := range n {
		if i%3 != 0 {
			examples = append(examples, i)
		}
	}
	return sample{source: data.NewMemory([]int{6, channels}, all), examples: examples, channels: channels}
}

// plain lists the values of a channel, in the plainest way.
func plainValues(s sample, channel int) []float64 {
	var list []float64
	m := s.source.(*data.Memory)
	for _, example := range s.examples {
		for i, v := range m.Example(example) {
			if i%s.channels == channel && !(s.nonzero && v == 0) {
				list = append(list, float64(v))
			}
		}
	}
	return list
}

func TestMomentsEqualPlainLoops(t *testing.T) {
	for _, nonzero := range []bool{false, true} {
		for _, channels := range []int{1, 3} {
			s := drawn(31, channels)
			s.nonzero = nonzero
			got, err := s.moments(t.Context(), 3)
			if err != nil {
				t.Fatal(err)
			}
			for c, m := range got {
				list := plainValues(s, c)
				mean, squares := 0.0, 0.0
				for _, v := range list {
					mean += v / float64(len(list))
				}
				for _, v := range list {
					squares += (v - mean) * (v - mean)
				}
				if m.count != float64(len(list)) || m.min != slices.Min(list) || m.max != slices.Max(list) {
					t.Errorf("channel %d: %+v of %d values %v..%v", c, m, len(list), slices.Min(list), slices.Max(list))
				}
				// The plain sum itself is only good to about 1e-13.
				if math.Abs(m.mean-mean) > 1e-11*math.Abs(mean) || math.Abs(m.deviation()-math.Sqrt(squares/float64(len(list)))) > 1e-10*m.deviation() {
					t.Errorf("channel %d: mean %v, want %v; deviation %v", c, m.mean, mean, m.deviation())
				}
			}
			for _, threads := range []int{1, 2, 8} {
				again, _ := s.moments(t.Context(), threads)
				if !slices.Equal(again, got) {
					t.Errorf("%d threads give other bits", threads)
				}
			}
		}
	}
}

func TestPercentilesAreExact(t *testing.T) {
	percentages := []float64{0, 1, 33.3, 50, 99, 100}
	for _, nonzero := range []bool{false, true} {
		s := drawn(31, 3)
		s.nonzero = nonzero
		for _, threads := range []int{1, 4} {
			got, err := s.percentiles(t.Context(), threads, percentages)
			if err != nil {
				t.Fatal(err)
			}
			for c := range got {
				list := plainValues(s, c)
				slices.Sort(list)
				for k, p := range percentages {
					place := p / 100 * float64(len(list)-1)
					low := int(place)
					high := min(low+1, len(list)-1)
					if want := list[low] + (list[high]-list[low])*(place-float64(low)); got[c][k] != want {
						t.Errorf("channel %d, %v%%: got %v, want %v", c, p, got[c][k], want)
					}
				}
			}
		}
	}
}

// One example's percentiles are those of a set of that example alone; a small one
// does not pay for tables, however many channels it has.
func TestPercentilesOfOneExample(t *testing.T) {
	percentages := []float64{0, 20, 97.5, 100}
	for _, size := range [][2]int{{1, 10}, {7, 10}, {1 << halfBits, 1}, {1<<halfBits - 1, 1}} {
		rows, channels := size[0], size[1]
		values := make([]float32, rows*channels)
		for i := range values {
			values[i] = float32(i*7919%1009) - 300
		}
		for _, nonzero := range []bool{false, true} {
			alone := sample{source: data.NewMemory([]int{rows, channels}, values), examples: []int{0}, channels: channels, nonzero: nonzero}
			want, err := alone.percentiles(t.Context(), 1, percentages)
			if err != nil {
				t.Fatal(err)
			}
			got := percentilesOfOne(values, channels, nonzero, percentages)
			if !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("%d rows of %d channels: got %v, want %v", rows, channels, got, want)
			}
		}
	}
	var before, after runtime.MemStats
	const channels = 40
	small := make([]float32, 4*channels)
	runtime.ReadMemStats(&before)
	percentilesOfOne(small, channels, false, percentages)
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
		t.Errorf("%d values took %d bytes", len(small), taken)
	}
}

func TestOrderedBits(t *testing.T) {
	list := []float32{float32(math.Inf(-1)), -1e30, -1, -1e-45, 0, 1e-45, 1, 1e30, float32(math.Inf(1))}
	for i, v := range list {
		if fromOrderedBits(orderedBits(v)) != v {
			t.Errorf("%v comes back as %v", v, fromOrderedBits(orderedBits(v)))
		}
		if i > 0 && orderedBits(list[i-1]) >= orderedBits(v) {
			t.Errorf("%v is not below %v", list[i-1], v)
		}
	}
	if orderedBits(float32(math.Copysign(0, -1))) != orderedBits(0) {
		t.Error("-0 is not 0")
	}
}

func TestSampleRefusesWhatIsNotFinite(t *testing.T) {
	s := drawn(31, 1)
	m := s.source.(*data.Memory)
	m.Example(7)[2], m.Example(7)[3], m.Example(20)[0] = float32(math.NaN()), float32(math.Inf(1)), float32(math.NaN())
	for _, threads := range []int{1, 8} {
		_, err := s.moments(t.Context(), threads)
		if err == nil || !strings.Contains(err.Error(), "sample 7 has 2 of 6 values") {
			t.Errorf("%d threads: %v", threads, err)
		}
	}
}
