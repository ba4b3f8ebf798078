package main

import "testing"

func TestProcessor(t *testing.T) {
	for text, want := range map[string]string{
		"processor\t: 0\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\nmodel name\t: other\n": "AMD EPYC (family 25, model 17)",
		"processor\t: 0\nmodel name\t: Fast One\n": "Fast One",
	} {
		if got := processor(text); got != want {
			t.Errorf("the processor is %q, want %q", got, want)
		}
	}
}
