package main

import "testing"

func TestPeak(t *testing.T) {
	if got, err := peakIn("Name:\tpeer\nVmHWM:\t   20480 kB\nVmRSS:\t 1 kB\n"); err != nil || got != 20480*1024 {
		t.Errorf("the peak is %d, %v", got, err)
	}
	if _, err := peakIn("Name:\tpeer\n"); err == nil {
		t.Error("a peak that is not there has no error")
	}
}

func TestFootprintOfNoNetwork(t *testing.T) {
	if _, err := ourFootprint("E", 1); err == nil {
		t.Error("a network that does not exist has a footprint")
	}
}
