package stages_test

import (
	"strings"
	"testing"
)

// decoder writes a model on volumes of a shape: an encoder that halves twice, and
// a decoder that takes what the encoder had at each size.
func decoder(shape, join string, strides string) string {
	return `version: 1
stages:
  - load: {volumes: heads.npy, shape: [40, ` + shape + `, 1], dtype: float32}
  - model:
      layers:
        - {conv3d: {filters: 4, kernel_size: 3, padding: same}, id: a}
        - max_pool3d: {pool_size: ` + strides + `}
        - {conv3d: {filters: 4, kernel_size: 3, padding: same}, id: b}
        - max_pool3d: {pool_size: ` + strides + `}
        - conv3d: {filters: 4, kernel_size: 3, padding: same}
        - upsample3d: {size: ` + strides + `}
        - {` + join + `: {}, from: [b, upsample3d]}
        - conv3d: {filters: 4, kernel_size: 1}
        - upsample3d: {size: ` + strides + `}
        - {` + join + `: {}, from: [a, upsample3d_1]}
`
}

func TestSizesThatHalvingsDoNotDivide(t *testing.T) {
	for _, c := range []struct{ name, config, at, note, help string }{
		{"one axis", decoder("84, 96, 70", "concatenate", "2"), "concatenate", "the width 70 is not a multiple of 4 (2 halvings)",
			"pad the volumes to [84, 96, 72, 1] or crop them to [84, 96, 68, 1], in front of the model"},
		{"all axes, added", decoder("9, 10, 11", "add", "2"), "add",
			"the depth 9 is not a multiple of 4 (2 halvings), the height 10 is not a multiple of 4 (2 halvings), the width 11 is not a multiple of 4 (2 halvings)",
			"pad the volumes to [12, 12, 12, 1] or crop them to [8, 8, 8, 1], in front of the model"},
		{"thirds", decoder("8, 8, 13", "concatenate", "[1, 2, 3]"), "concatenate", "the width 13 is not a multiple of 9",
			"pad the volumes to [8, 8, 18, 1] or crop them to [8, 8, 9, 1], in front of the model"},
		{"an axis that is left alone", decoder("7, 10, 9", "concatenate", "[1, 2, 3]"), "concatenate", "the height 10 is not a multiple of 4 (2 halvings)",
			"pad the volumes to [7, 12, 9, 1] or crop them to [7, 8, 9, 1], in front of the model"},
		{"a preset", onHeads("unet3d: {depth: 4, filters: 2}"), "4",
			"the depth 8 is not a multiple of 16 (4 halvings), the height 8 is not a multiple of 16 (4 halvings), the width 8 is not a multiple of 16 (4 halvings)",
			"pad the volumes to [16, 16, 16, 1], in front of the model; or use depth: 3"},
		{"the default of a preset", strings.Replace(onHeads("unet3d"), "[8, 8, 8]", "[8, 12, 8]", 1), "unet3d",
			"the height 12 is not a multiple of 8 (3 halvings)", "pad the volumes to [8, 16, 8, 1] or crop them to [8, 8, 8, 1], in front of the model; or use depth: 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, at := refused(t, c.config, "SHP010")
			if at != c.at || !strings.Contains(strings.Join(d.Notes, "\n"), c.note) || d.Help[0].Text != c.help {
				t.Errorf("it points at %q with %q and %q", at, d.Notes, d.Help[0].Text)
			}
			if c.name == "one axis" && (len(d.Help) != 2 || !strings.Contains(d.Help[1].Text, "zero_pad3d: {padding: [[0, 0], [0, 0], [1, 1]]} as its first layer, and crop3d: {cropping: [[0, 0], [0, 0], [1, 1]]}")) {
				t.Errorf("padding inside of the model: %v", d.Help)
			}
			for _, place := range d.Related {
				if strings.HasSuffix(place.Label, " here") {
					return
				}
			}
			t.Errorf("it does not show where the sizes come from: %v", d.Related)
		})
	}
}

// Layers that never fit are told as before, whatever the sizes.
func TestBranchesThatNeverFitAreNoHalving(t *testing.T) {
	refused(t, onHeads(
		"{conv3d: {filters: 4, kernel_size: 3, padding: same}, id: a}", "max_pool3d", "max_pool3d", "{concatenate: {}, from: [a, max_pool3d]}"), "GRA132")
}

// What halvings divide is taken.
func TestSizesThatHalvingsDivide(t *testing.T) {
	for _, config := range []string{decoder("84, 96, 72", "concatenate", "2"), onHeads("unet3d: {filters: 2}"), decoder("N, N, 8", "concatenate", "2")} {
		if _, found := checked(t, config); len(found) > 0 {
			t.Errorf("%v in\n%s", summaries(found), config)
		}
	}
}
