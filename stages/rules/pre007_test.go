package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestPRE007FindsStatisticsOfAllExamples(t *testing.T) {
	split := "split: {train: 0.8, test: 0.2}"
	for _, learns := range []string{"normalize", "normalize: {method: z_score}", "clip: {percentiles: [1, 99]}"} {
		kind, _, _ := strings.Cut(learns, ":")
		d := flagged(t, rules.PRE007, pipe(floats, learns, split), kind, "learns from all examples")
		if d.Related[0].Span.Start.Line != 5 {
			t.Errorf("the split is not shown: %+v", d.Related)
		}
		healthy(t, pipe(floats, split, learns))
		healthy(t, pipe(floats, learns))
	}
	for _, shared := range []string{"normalize: {over: example}", "normalize: {method: rescale, scale: 0.5}", "clip: {range: [0, 1]}"} {
		healthy(t, pipe(floats, shared, split))
	}
}
