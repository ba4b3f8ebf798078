package main

import (
	"math"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	table := &table{head: []string{"work", "pipe", "ratio"}}
	table.row("S, an epoch", milliseconds(spread{0.0415, 0.04, 0.0474}), ratio(spread{24.04, 23, 31.96}))
	table.row("D", "3")
	var b strings.Builder
	table.write(&b)
	want := `| work        |                pipe |             ratio |
| ----------- | ------------------: | ----------------: |
| S, an epoch | 41.5 (40.0–47.4) ms | 24.0× (23.0–32.0) |
| D           |                   3 |                   |

`
	if b.String() != want {
		t.Errorf("the table is\n%swant\n%s", b.String(), want)
	}
}

func TestDigits(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.01234: "0.0123", 0.5: "0.500", 1: "1.00", 23.46: "23.5", 123.4: "123", 98765: "98765", math.Inf(1): "–",
	} {
		if got := digits(v); got != want {
			t.Errorf("%g is printed as %s, want %s", v, got, want)
		}
	}
	if got := digits(math.NaN()); got != "–" {
		t.Errorf("NaN is printed as %s", got)
	}
}

// The fastest time is the highest speed.
func TestRate(t *testing.T) {
	if got, want := rate(2e9, spread{0.01, 0.008, 0.02}), "200 (100–250) GFLOP/s"; got != want {
		t.Errorf("the speed is %s, want %s", got, want)
	}
}
