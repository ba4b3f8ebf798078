package main

import (
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// machineMemory is how many bytes this process can have: the machine's memory
// and swap, or less where a container or a limit (ulimit -v) says so; 0 if it
// cannot be told.
func machineMemory() int {
	var system syscall.Sysinfo_t
	if syscall.Sysinfo(&system) != nil {
		return 0
	}
	limits := []uint64{(uint64(system.Totalram) + uint64(system.Totalswap)) * uint64(system.Unit)}
	var space syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &space) == nil {
		limits = append(limits, space.Cur) // without a limit a number beyond all others
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil { // "max" is no limit
			limits = append(limits, limit)
		}
	}
	least := uint64(math.MaxInt)
	for _, limit := range limits {
		least = min(least, limit)
	}
	return int(least)
}
