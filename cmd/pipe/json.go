package main

import (
	"encoding/json"
	"math"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// report is the one object that a command with --format json prints.
type report map[string]any

// giveJSON prints a report.
func (a *app) giveJSON(r report) error {
	a.told = true
	encoder := json.NewEncoder(a.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// asksJSON says whether a command was asked for JSON.
func asksJSON(cmd *cobra.Command) bool {
	asked := cmd.Flags().Lookup("format")
	return asked != nil && asked.Value.String() == "json"
}

// tellJSON gives a problem that ended a command before it had anything to give:
// one without a code, since it has no page.
func (a *app) tellJSON(err error) {
	problem, help := words(err)
	d := diag.New(&diag.Code{Severity: diag.Error, Title: problem}, diag.Span{}, "")
	if help != "" {
		d = d.Suggest(help)
	}
	// Nobody is left to be told that this cannot be written.
	_ = a.giveJSON(report{"diagnostics": []diag.Record{d.Record()}})
}

// decimal is a number for JSON, which knows neither NaN nor infinity: they are null.
type decimal float64

// MarshalJSON gives the shortest text that reads back as the same number.
func (r decimal) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(r)) || math.IsInf(float64(r), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(r))
}

// size is a size for JSON: a number, or the expression that stands for it.
func size(d shape.Dim) any {
	if n, known := d.Known(); known {
		return n
	}
	return d.String()
}

// sizes is a shape for JSON; null if even its rank is unknown.
func sizes(s shape.Shape) []any {
	if s == nil {
		return nil
	}
	list := make([]any, len(s))
	for i, d := range s {
		list[i] = size(d)
	}
	return list
}
