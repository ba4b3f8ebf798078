package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// usage is the time that processors have worked, in the system's ticks: for
// everybody, and for this program with its peers.
type usage struct{ all, ours int64 }

// usageNow reads the usage so far; false where the system does not tell.
func usageNow() (usage, bool) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return usage{}, false
	}
	u := usage{all: busy(string(text))}
	processes := map[int]process{}
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range paths {
		if text, err := os.ReadFile(path); err == nil { // else it has ended
			id, p := processIn(string(text))
			processes[id] = p
		}
	}
	for id, p := range processes {
		if descends(processes, id, os.Getpid()) {
			u.ours += p.ticks
		}
	}
	return u, true
}

// process is who started a process, and for how long it and its ended children
// have worked.
type process struct {
	parent int
	ticks  int64
}

// descends says whether a process is another one, or was started by it, directly
// or not.
func descends(processes map[int]process, id, from int) bool {
	for id != from {
		p, known := processes[id]
		if !known || p.parent == id || p.parent == 0 {
			return false
		}
		id = p.parent
	}
	return true
}

// busy is the time that all processors have worked, from /proc/stat.
func busy(stat string) int64 {
	line, _, _ := strings.Cut(stat, "\n")
	var sum int64
	for i, field := range strings.Fields(line) {
		const idle, waiting, guest = 4, 5, 9 // guests are counted as users, too
		if ticks, err := strconv.ParseInt(field, 10, 64); err == nil && i != idle && i != waiting && i < guest {
			sum += ticks
		}
	}
	return sum
}

// processIn reads /proc/<id>/stat.
func processIn(stat string) (id int, p process) {
	id, _ = strconv.Atoi(stat[:max(0, strings.Index(stat, " "))])
	// The second field is a name in brackets, which may hold anything.
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	const parent, firstTicks, lastTicks = 1, 11, 14
	if len(fields) <= lastTicks {
		return id, process{}
	}
	p.parent, _ = strconv.Atoi(fields[parent])
	for _, field := range fields[firstTicks : lastTicks+1] {
		n, _ := strconv.ParseInt(field, 10, 64)
		p.ticks += n
	}
	return id, p
}

// disturbance says how much of the work that processors did meanwhile was
// somebody else's, and warns if it was enough to spoil the figures.
func disturbance(before, after usage) string {
	all, ours := after.all-before.all, after.ours-before.ours
	if all <= 0 {
		return ""
	}
	share := max(0, float64(all-ours)/float64(all))
	line := fmt.Sprintf("Of the processors' work meanwhile, %.0f %% was that of other programs.", 100*share)
	const tolerable = 0.05
	if share > tolerable {
		line += " The figures are not to be relied on: measure again on a quiet machine."
	}
	return line
}
