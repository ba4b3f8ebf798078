package rules

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/epochlog"
)

// A training whose validation was best long ago does not need more epochs, and one
// that has learnt something is none to warn of.
func TestRUN026(t *testing.T) {
	three := func(l *Log) { l.Classes = 3 }
	steps := func(each int) func(*Log) { return func(l *Log) { l.Classes, l.Steps = 3, each } }
	slow := "epoch,loss,accuracy\n1,1.096,0.33\n2,1.092,0.33\n3,1.088,0.33\n4,1.084,0.33\n5,1.080,0.33"
	for name, c := range map[string]struct {
		log   string
		known func(*Log)
		want  string
	}{
		"nothing is learnt yet":       {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.05,0.35\n3,1.00,0.34\n4,0.94,0.33", three, "warning"},
		"nor in 195 steps":            {slow, steps(39), "warning"},
		"200 small steps":             {slow, steps(40), ""},
		"20 small steps":              {slow, steps(4), "warning"},
		"15 small steps":              {slow, steps(3), ""},
		"a loss that stands":          {"epoch,loss,accuracy\n1,1.096,0.33\n2,1.095,0.33\n3,1.094,0.33\n4,1.093,0.33\n5,1.092,0.33", steps(39), ""},
		"something is":                {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.60", three, "info"},
		"of classes nobody knows":     {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.60", nil, "info"},
		"the largest class is .6":     {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.60", func(l *Log) { l.TrainShares = []float64{0.6, 0.4} }, "warning"},
		"validation follows":          {"epoch,loss,accuracy,val_loss\n1,1.10,0.33,1.1\n2,1.00,0.42,1.05\n3,0.90,0.50,0.98\n4,0.80,0.60,0.9", three, "info"},
		"validation was best before":  {"epoch,loss,accuracy,val_loss\n1,1.10,0.33,0.95\n2,1.00,0.42,0.9\n3,0.90,0.50,0.97\n4,0.80,0.60,0.98", three, ""},
		"a fall of less":              {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.85,0.50\n4,0.86,0.60", three, ""},
		"an accuracy that is no good": {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.79", three, "info"},
		"an accuracy that is good":    {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.80", three, ""},
	} {
		read, err := epochlog.Read("log", []byte(c.log))
		if err != nil {
			t.Fatal(err)
		}
		l, p := &Log{Log: read, Ended: true}, &page{}
		if c.known != nil {
			c.known(l)
		}
		CheckLog(p, l)
		said := ""
		for _, d := range p.found {
			if d.Code == run026 {
				said = d.Severity.String()
			}
		}
		if said != c.want {
			t.Errorf("%s: %q, want %q", name, said, c.want)
		}
	}
}
