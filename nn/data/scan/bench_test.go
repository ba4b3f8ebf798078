package scan_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/npy"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

// halved is a step of preprocessing, as most examples go through at least one.
type halved struct{}

func (halved) Output(in []int) []int { return in }
func (halved) Apply(in, out []float32) {
	for i, v := range in {
		out[i] = v/2 - 1
	}
}

// rows are the examples of an array in a file.
type rows struct {
	*npy.Array
	sizes []int
}

func (r rows) Shape() []int                     { return r.sizes }
func (r rows) Read(i int, into []float32) error { return r.Rows(i, 1, into) }

// BenchmarkLoad loads a .npy file that the system holds in memory, and does so
// again with a look at every voxel. What matters is how much longer that takes: the two
// go by turns, and what is reported is the ratio of the fastest of each, and of the
// medians. A program loads its examples once, into memory that the system gives it then;
// so does this, each time.
func BenchmarkLoad(b *testing.B) {
	for _, dtype := range []string{"<i2", "|u1", "<f4"} {
		for _, sizes := range [][]int{{64, 64, 64, 1}, {28, 28, 28, 1}, {48, 48, 48, 3}} {
			s := inFile(b, dtype, sizes)
			for _, how := range []struct {
				name   string
				source data.Source
			}{{"plain", s}, {"halved", data.Map(s, halved{})}} {
				b.Run(fmt.Sprintf("%s/%v/%s", dtype[1:], sizes, how.name), func(b *testing.B) {
					took := make(map[bool][]time.Duration)
					load := func(scanned bool) {
						source := how.source
						if scanned {
							source = scan.New(source, scan.Settings{Sketch: true})
						}
						debug.FreeOSMemory()
						began := time.Now()
						if _, err := data.Load(b.Context(), source, 2); err != nil {
							b.Fatal(err)
						}
						took[scanned] = append(took[scanned], time.Since(began))
					}
					for turn := 0; b.Loop(); turn++ {
						load(turn%2 == 0)
						load(turn%2 == 1)
					}
					plain, scanned := took[false], took[true]
					slices.Sort(plain)
					slices.Sort(scanned)
					b.ReportMetric(0, "ns/op") // of both together, and of no use
					b.ReportMetric(float64(plain[0].Microseconds())/1000, "plain-ms")
					b.ReportMetric(float64(scanned[0])/float64(plain[0]), "ratio")
					b.ReportMetric(float64(scanned[len(scanned)/2])/float64(plain[len(plain)/2]), "median")
				})
			}
		}
	}
}

// inFile is about 4 million values in a .npy file.
func inFile(b *testing.B, dtype string, sizes []int) data.Source {
	count := 1 << 22 / data.Elements(sizes)
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d, %d, %d, %d), }", dtype, count, sizes[0], sizes[1], sizes[2], sizes[3])
	header += strings.Repeat(" ", 117-len(header)) + "\n"
	text := append([]byte("\x93NUMPY\x01\x00\x76\x00"), header...)
	for i := range count * data.Elements(sizes) {
		v := i * 7919 >> 3
		switch dtype {
		case "|u1":
			text = append(text, byte(v))
		case "<i2":
			text = binary.LittleEndian.AppendUint16(text, uint16(v))
		default:
			text = binary.LittleEndian.AppendUint32(text, math.Float32bits(float32(uint16(v))/4))
		}
	}
	path := filepath.Join(b.TempDir(), "volumes.npy")
	if err := os.WriteFile(path, text, 0o666); err != nil {
		b.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	array, err := npy.Open(file, int64(len(text)), path)
	if err != nil {
		b.Fatal(err)
	}
	return rows{array, sizes}
}

func BenchmarkSketch(b *testing.B) {
	s := noise(16, 0, 64, 64, 64, 1)
	b.SetBytes(int64(len(s.Values()) * 4))
	for b.Loop() {
		if _, err := scan.Of(b.Context(), s, scan.Settings{Sketch: true}, 2); err != nil {
			b.Fatal(err)
		}
	}
}
