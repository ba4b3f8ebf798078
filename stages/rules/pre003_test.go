package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

// floats are volumes of which nothing is known before they are read.
const floats = "load: {volumes: heads.npy, shape: [40, 8, 8, 8], dtype: float32}"

const bytes255 = "normalize: {method: rescale, scale: 0.00392156862745098}"

func TestPRE003FindsScaledValuesScaledAgain(t *testing.T) {
	d := flagged(t, rules.PRE003, pipe(floats, "normalize: {over: example}", bytes255), "0.00392156862745098", "scales them again")
	if !strings.Contains(d.Notes[0], "range after both: 0..0.0039") || d.Related[0].Span.Start.Line != 4 {
		t.Errorf("%s", whole(d))
	}
	flagged(t, rules.PRE003, pipe(twoHeads, "normalize: {method: z_score, over: example}", "reshape: {to: [-1]}", bytes255), "0.00392156862745098", "scales them again")
	flagged(t, rules.PRE003, pipe(twoHeads, "split: {train: 0.8, test: 0.2}", "normalize", "label_encode", "normalize"), "normalize", "the same once more")
	flagged(t, rules.PRE003, pipe(floats, bytes255, bytes255), "normalize", "the same once more")
	flagged(t, rules.PRE003, pipe("load: {volumes: heads.npy, shape: [40, 8, 8, 8], dtype: uint8}", bytes255, bytes255), "0.00392156862745098", "scales them again")
}

func TestPRE003IsQuiet(t *testing.T) {
	raw := "load: {volumes: heads.npy, shape: [40, 8, 8, 8], dtype: uint8}"
	for _, pair := range [][2]string{
		{"clip: {range: [0, 200]}", "normalize: {over: example}"},
		{bytes255, "normalize: {method: z_score, over: example}"},
		{"normalize: {over: example}", "normalize: {method: z_score, over: example}"},
		{"normalize: {over: example}", "normalize: {method: rescale, scale: 2, offset: -1}"},
		{"normalize: {method: z_score, over: example}", "normalize: {over: example}"},
		{"normalize: {method: z_score, over: example}", "normalize: {method: rescale, scale: 0.3}"},
		{"cast: {dtype: float32}", bytes255},
		// Another scaling in between makes the third one different from the first.
		{"normalize: {over: example}", "normalize: {method: z_score, over: example}\n  - normalize: {over: example}"},
		// The clip in between changes what the second one finds.
		{"normalize: {over: example}", "clip: {range: [0.2, 0.8]}\n  - normalize: {over: example}"},
	} {
		healthy(t, pipe(raw, pair[0], pair[1]))
	}
}
