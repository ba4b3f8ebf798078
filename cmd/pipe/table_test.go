package main

import (
	"bytes"
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
)

func TestTabulate(t *testing.T) {
	var b bytes.Buffer
	tabulate(&b, "  ", [][]string{{"kind", "größe", "n"}, {"a", "1", "10"}, {"", "", ""}, {"long name", "22"}}, 1, 2)
	want := "  kind       größe   n\n  a              1  10\n\n  long name     22\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := thousands(shape.Of(n)); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
	if got := thousands(shape.Symbol("N").Times(1000)); got != "1000×N" {
		t.Errorf("got %s", got)
	}
}
