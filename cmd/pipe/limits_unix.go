//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// bearLimits has the system answer a write beyond the largest file allowed
// (ulimit -f) with an error, as it does on a full disk, instead of ending the
// program.
func bearLimits() { signal.Ignore(syscall.SIGXFSZ) }
