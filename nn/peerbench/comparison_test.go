package main

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Without peers the report still has our own figures.
func TestMeasureAlone(t *testing.T) {
	s := &comparison{rounds: 1, threads: 1, networks: 1, seed: 1}
	var report strings.Builder
	if err := s.measure(t.Context(), regexp.MustCompile("networks"), &report, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"PyTorch takes no part: it was left out", "GoMLX takes no part: it was left out",
		"### Networks drawn from the seed 1", "| 1 plain: ", " ms |",
	} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("the report has no %q:\n%s", want, report.String())
		}
	}
	if strings.Contains(report.String(), "### Kernels") {
		t.Error("a part that was not asked for is measured")
	}
}

func TestHandOverNoticesAnotherNetwork(t *testing.T) {
	sub := small(t)[2]
	for _, c := range []struct{ answer, problem string }{
		{`{"weights": 8, "loss": 100}`, "a loss of"},
		{`{"weights": 9, "loss": 0.7}`, "8 weights here, 9 in PyTorch"},
	} {
		torch, _ := played(t, c.answer)
		s := &comparison{torch: []*peer{torch}}
		if err := s.handOver(sub); err == nil || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("the error is %v, want one that says %q", err, c.problem)
		}
	}
}

// A layout that loses clearly is measured once; one that is close stays.
func TestCompareLeavesOutTheSlowLayout(t *testing.T) {
	turns := map[string]int{}
	taking := func(name string, seconds float64) *side {
		return &side{name: name, turn: func() ([]float64, error) {
			turns[name]++
			return []float64{seconds}, nil
		}}
	}
	s := &comparison{rounds: 3}
	ours := taking("pipe", 1)
	ways := [][]*side{{taking("slow", 4), taking("fast", 2)}, {taking("this", 3), taking("that", 3.1)}}
	if err := s.compare(ours, ways); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"pipe": 3, "slow": 1, "fast": 3, "this": 3, "that": 3} {
		if turns[name] != want {
			t.Errorf("%s had %d turns, want %d", name, turns[name], want)
		}
	}
	got := versus(ours, ways, milliseconds)
	want := []string{
		"1000 (1000–1000) ms", "2000 (2000–2000) ms fast", "3000 (3000–3000) ms this",
		"2.00× (2.00–2.00)", "3.00× (3.00–3.00)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the row is %q, want %q", got, want)
	}
}
