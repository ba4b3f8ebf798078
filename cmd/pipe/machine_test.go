package main

import (
	"context"
	"strings"
	"testing"
)

// TestFits holds a training of some megabytes against machines of several sizes.
func TestFits(t *testing.T) {
	c := open(context.Background(), "../../configs/mri.yaml", &settings{})
	for _, tt := range []struct {
		machine int
		until   string
		want    string
	}{
		{0, "", ""},
		{1 << 30, "", ""},
		{1 << 20, "", "train takes"},
		{1 << 20, "split", ""},
		{1 << 20, "model", ""},
		{1 << 10, "model", "the weights of model take"},
	} {
		err := fits(c.checked, tt.until, tt.machine)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%d bytes, until %q: %v, want %q", tt.machine, tt.until, err, tt.want)
		}
		if err != nil && code(err) != exitFailed {
			t.Errorf("the exit code is %d, want %d", code(err), exitFailed)
		}
	}
}

func TestMemoryText(t *testing.T) {
	for n, want := range map[int]string{12: "12 B", 3 << 9: "1.5 KiB", 5 << 20: "5.0 MiB", 7 << 30: "7.0 GiB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
