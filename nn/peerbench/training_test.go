package main

import "testing"

func TestInAll(t *testing.T) {
	if got, want := inAll([]float64{4, 0.5, 2}), "median ratio 2.00×, lowest 0.500×, highest 4.00×; pipe is slower on 1 of 3."; got != want {
		t.Errorf("in all: %s, want %s", got, want)
	}
}
