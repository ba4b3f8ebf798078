package main

import (
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	// user nice system idle iowait irq softirq steal guest guest_nice
	if got := busy("cpu  100 20 30 4000 500 6 7 8 9 10\ncpu0 1 1 1\n"); got != 100+20+30+6+7+8 {
		t.Errorf("the processors have worked for %d ticks", got)
	}
	id, p := processIn("4711 (odd ) name) S 1 99 99 0 -1 4194304 1 2 3 4 50 6 700 8 20 0 1 0 12345\n")
	if id != 4711 || p != (process{parent: 1, ticks: 50 + 6 + 700 + 8}) {
		t.Errorf("process %d is %v", id, p)
	}
	if id, p := processIn("1 (short) S"); id != 1 || p != (process{}) {
		t.Errorf("a line that is cut off gives process %d, %v", id, p)
	}
	if u, known := usageNow(); known && (u.ours <= 0 || u.ours > u.all) {
		t.Errorf("of %d ticks, %d are ours", u.all, u.ours)
	}
}

func TestDescends(t *testing.T) {
	processes := map[int]process{1: {}, 10: {parent: 1}, 11: {parent: 10}, 12: {parent: 11}, 20: {parent: 1}, 30: {parent: 99}}
	for id, want := range map[int]bool{10: true, 11: true, 12: true, 1: false, 20: false, 30: false, 99: false} {
		if descends(processes, id, 10) != want {
			t.Errorf("process %d descends from 10: %v", id, !want)
		}
	}
}

func TestDisturbance(t *testing.T) {
	before := usage{all: 1000, ours: 10}
	if got := disturbance(before, usage{all: 1200, ours: 206}); !strings.Contains(got, " 2 %") || strings.Contains(got, "again") {
		t.Errorf("a quiet machine: %s", got)
	}
	if got := disturbance(before, usage{all: 1200, ours: 110}); !strings.Contains(got, "50 %") || !strings.Contains(got, "again") {
		t.Errorf("a busy machine: %s", got)
	}
	if got := disturbance(before, before); got != "" {
		t.Errorf("no work: %s", got)
	}
}
