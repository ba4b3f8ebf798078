package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ManyChannels is more than scanners give: a handful of contrasts, of a colour.
const ManyChannels = 24

// SHP013 finds volumes whose fifth axis, which nobody named, has so many entries that
// it is a series in time, or of directions, rather than channels.
var SHP013 = &Rule{Code: shp013, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	if c.Kind != "load" || c.Given("axes") || len(d.Axes) != 4 || !sides(d.Axes[1:3]) || d.Axes[0].Size.Is(1) {
		return
	}
	if few, _ := aFew(d); few {
		return // SHP003
	}
	channel := d.Axes[3]
	n, known := channel.Size.Known()
	if !known || n < ManyChannels {
		return
	}
	c.Report(diag.New(shp013, channel.At.Span, fmt.Sprintf("the last axis is read as %d channels", n)).
		Note("an array of five axes is [sample, depth, height, width, channel]; a scan has a few channels, a series many frames").
		Suggest("of frames choose one, or their mean, and save volumes of one channel").
		Suggest("if they are channels, say so: axes: [sample, depth, height, width, channel]"))
}}

var shp013 = &diag.Code{
	ID: "SHP013", Severity: diag.Warning,
	Title: "frames taken for channels",
	Means: "The fifth axis of an array is the channel, unless `axes` says otherwise. Here it has 24 entries or more, and nothing names it: a series in time, or the directions of a diffusion scan, stored as one array.",
	Why:   "The network sees all frames at once as channels of one volume, with weights for each. A model that was made for one channel refuses them.",
	Ways: []string{
		"one frame, or the mean over the frames, saved as a volume",
		"`axes: [sample, depth, height, width, channel]`, if they are channels",
	},
	Fails:  stages("load: {volumes: heads.npy, shape: [40, 16, 16, 8, 60], dtype: float32}"),
	Mended: stages("load: {volumes: heads.npy, shape: [40, 16, 16, 8, 60], dtype: float32, axes: [sample, depth, height, width, channel]}"),
}
