package main

import "testing"

func TestKernelsCompute(t *testing.T) {
	for _, pass := range passes {
		timed(0, 1, cube{batch: 1, size: 3, in: 2, out: 3}.work(pass, nil))
	}
	if got, want := (cube{batch: 2, size: 3, in: 4, out: 5}).operations(), 2.0*27*2*27*4*5; got != want {
		t.Errorf("the convolution has %g operations, want %g", got, want)
	}
}
