package scan_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/voxelpipe/pipe/nn/data/scan"
)

func content(t *testing.T, data []byte, threads int) [2]uint64 {
	t.Helper()
	sum, err := scan.Content(t.Context(), bytes.NewReader(data), int64(len(data)), threads)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestContent: every byte and the length count, threads do not.
func TestContent(t *testing.T) {
	const part = 1 << 20
	met := map[[2]uint64]int{}
	for _, n := range []int{0, 1, 63, 64, 65, part - 1, part, part + 1, 3*part + 7} {
		data := make([]byte, n)
		sum := content(t, data, 1)
		for _, threads := range []int{2, 3, 8} {
			if content(t, data, threads) != sum {
				t.Errorf("%d bytes on %d threads are others", n, threads)
			}
		}
		if other, is := met[sum]; is {
			t.Errorf("%d bytes are taken for %d", n, other)
		}
		met[sum] = n
		for _, at := range []int{0, n / 2, n - 1} {
			if n > 0 {
				data[at]++
				if other, is := met[content(t, data, 2)]; is {
					t.Errorf("%d bytes with another one at %d are taken for %d", n, at, other)
				}
				data[at]--
			}
		}
	}
}

func TestContentThatCannotBeRead(t *testing.T) {
	if _, err := scan.Content(t.Context(), bytes.NewReader(make([]byte, 5)), 6, 2); !errors.Is(err, io.EOF) {
		t.Errorf("a file that is shorter than it was: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := scan.Content(ctx, bytes.NewReader(make([]byte, 5)), 5, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("an end from outside: %v", err)
	}
}
