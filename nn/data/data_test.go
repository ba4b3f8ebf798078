package data

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/voxelpipe/pipe/nn/data/npy"
)

// counting is a source whose example i is i, i+0.5; example bad cannot be read.
type counting struct {
	length, bad int
	reads       atomic.Int64
}

func (c *counting) Len() int     { return c.length }
func (c *counting) Shape() []int { return []int{2} }
func (c *counting) Read(i int, into []float32) error {
	c.reads.Add(1)
	if i == c.bad {
		return errors.New("a hole in the disk")
	}
	into[0], into[1] = float32(i), float32(i)+0.5
	return nil
}

func TestLoad(t *testing.T) {
	for _, threads := range []int{0, 1, 3, 50} {
		m, err := Load(context.Background(), &counting{length: 20, bad: -1}, threads)
		if err != nil {
			t.Fatal(err)
		}
		if m.Len() != 20 || !slices.Equal(m.Shape(), []int{2}) {
			t.Fatalf("%d examples of %v", m.Len(), m.Shape())
		}
		for i := range 20 {
			if got := m.Example(i); !slices.Equal(got, []float32{float32(i), float32(i) + 0.5}) {
				t.Errorf("%d threads: example %d is %v", threads, i, got)
			}
		}
		if again, err := Load(context.Background(), m, threads); again != m || err != nil {
			t.Error("what is in memory was loaded again")
		}
	}
}

func TestLoadFails(t *testing.T) {
	if _, err := Load(context.Background(), &counting{length: 20, bad: 7}, 2); err == nil || err.Error() != "a hole in the disk" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	source := &counting{length: 20, bad: -1}
	if _, err := Load(ctx, source, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if source.reads.Load() != 0 {
		t.Errorf("%d examples were read after the end", source.reads.Load())
	}
}

func TestNewMemoryRefusesPartOfAnExample(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("5 values made examples of 2")
		}
	}()
	NewMemory([]int{2}, make([]float32, 5))
}

// file is a source over an array in a file.
type file struct{ *npy.Array }

func (f file) Shape() []int                     { return f.Array.Shape[1:] }
func (f file) Read(i int, into []float32) error { return f.Rows(i, 1, into) }

// BenchmarkLoad times reading 64 examples of 256 Ki float32 from a file in the page
// cache, on one thread and on two.
func BenchmarkLoad(b *testing.B) {
	const rows, each = 64, 256 << 10
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", rows, each)
	header += strings.Repeat(" ", 117-len(header)) + "\n"
	path := filepath.Join(b.TempDir(), "x.npy")
	content := append([]byte("\x93NUMPY\x01\x00\x76\x00"+header), make([]byte, 4*rows*each)...)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.Fatal(err)
	}
	opened, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer opened.Close()
	array, err := npy.Open(opened, int64(len(content)), path)
	if err != nil {
		b.Fatal(err)
	}
	for threads := 1; threads <= 2; threads++ {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			b.SetBytes(4 * rows * each)
			for b.Loop() {
				if _, err := Load(context.Background(), file{array}, threads); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
