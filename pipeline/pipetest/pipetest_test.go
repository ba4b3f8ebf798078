package pipetest

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// source is a stage that finds fault with odd numbers.
type source struct {
	Number int `yaml:"number"`
}

var odd = &diag.Code{
	ID: "TOY001", Title: "an odd number", Means: "The number is odd.", Ways: []string{"write an even one"},
	Fails: "version: 1\nstages:\n  - source: {number: 3}\n", Mended: "version: 1\nstages:\n  - source: {number: 4}\n",
}

func (*source) Takes() []pipeline.Want { return nil }
func (*source) Gives() pipeline.Family { return pipeline.ReportFamily }
func (s *source) Check(c *pipeline.Check, _ []pipeline.Type) pipeline.Type {
	if s.Number%2 != 0 {
		c.Report(diag.New(odd, c.At("number"), "odd").Suggest("add one"))
	}
	return &pipeline.Report{}
}
func (*source) Run(*pipeline.Run, []pipeline.Value) (pipeline.Value, error) { panic("not run") }

var language = pipeline.Language{
	Stages:  kind.NewTable("stage", nil, kind.Of("source", "source", source{})),
	Decoder: spec.NewDecoder(nil),
}

func TestCheck(t *testing.T) {
	checked := Check(t, language, `version: 1
stages:
  - source: {number: 1} # want TOY001 "add one"
  - source: {number: x, n: 3} # want YML005 "got the text" YML004 `+"`number`"+`
  - source: {number: 2}
`)
	if len(checked.Nodes) != 3 || checked.Types[2] == nil {
		t.Errorf("%d stages", len(checked.Nodes))
	}
	Check(t, language, `version: 1 # want YML007 "no stages"`)
}

func TestPagesHold(t *testing.T) { Pages(t, language, []*diag.Code{odd}) }

// TestCompare looks at what a test would be failed with.
func TestCompare(t *testing.T) {
	for config, complaints := range map[string]string{
		"stages:\n- source: {number: 1} # want TOY001 \"^odd$\"\n":              "",
		"stages:\n- source: {number: 1} # want TOY001 \"even$\"\n":              "not wanted: line 2: TOY001 an odd number | odd | add one; not reported: line 2: TOY001 \"even$\"",
		"stages: # want TOY001 \"odd\"\n- source: {number: 1}\n":                "not wanted: line 2: TOY001 an odd number | odd | add one; not reported: line 1: TOY001 \"odd\"",
		"stages:\n- source: {number: 1} # want TOY002 \"odd\"\n":                "not wanted: line 2: TOY001 an odd number | odd | add one; not reported: line 2: TOY002 \"odd\"",
		"stages:\n- source: {number: 2} # want TOY001 \"odd\"\n":                "not reported: line 2: TOY001 \"odd\"",
		"stages:\n- source: {number: 1} # want TOY001 \"odd\" TOY001 \"odd\"\n": "not reported: line 2: TOY001 \"odd\"",
		"stages:\n- source: {number: 1}\n":                                      "not wanted: line 2: TOY001 an odd number | odd | add one",
	} {
		wants, err := wantsOf(config)
		if err != nil {
			t.Fatal(err)
		}
		path := write(t, config)
		_, _, problems := check(language, path, false)
		if got := strings.Join(compare(wants, problems, path), "; "); got != complaints {
			t.Errorf("%s\ngot  %s\nwant %s", config, got, complaints)
		}
	}
	for _, comment := range []string{`# want TOY1 "x"`, `# want TOY001 x`, `# want TOY001 "("`} {
		if _, err := wantsOf(comment); err == nil {
			t.Errorf("%s is taken", comment)
		}
	}
}
