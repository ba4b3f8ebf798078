package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SHP003 looks at what a model is given. It speaks where the first of four axes
// is named channel, or where the first one is 1 long, or a few, and the last one,
// where the channel belongs, is as long as a side of a volume: nobody measures that
// many channels in so few slices.
var SHP003 = &Rule{Code: shp003, Network: func(c *pipeline.Check, m *pipeline.Model) { ChannelsFirst(c, m.Dataset) }}

// A last axis this long is a side of a volume rather than a set of channels, if
// the two in the middle are this long too.
const shortestSide = 8

// ChannelsFirst reports a dataset whose channel axis is the first one, and says
// whether it did.
func ChannelsFirst(c *pipeline.Check, d *pipeline.Dataset) bool {
	if len(d.Axes) != 4 {
		return false
	}
	first, last := d.Axes[0], d.Axes[3]
	label, severity := "the first axis is named channel", diag.Error
	if first.Name != pipeline.ChannelAxis || reshaped(d, first) {
		few, sure := aFew(d)
		if !first.Size.Is(1) && (!few || named(c, d)) || !sides(d.Axes[1:]) {
			return false
		}
		if few && !sure {
			severity = diag.Warning
		}
		label = fmt.Sprintf("the first axis has size %s, the last one size %s", first.Size, last.Size)
	}
	problem := diag.New(shp003, first.At.Span, label).As(severity).
		And(c.Item.KindSpan, "a model takes the channel axis last").
		Note("read like this, a volume %s is %s slices of %s×%s with %s channels", d.Shape(), first.Size, d.Axes[1].Size, d.Axes[2].Size, last.Size).
		Suggest("move the channel axis behind the others, above the model: transpose: {order: [1, 2, 3, 0]}", c.Item.Above("transpose: {order: [1, 2, 3, 0]}")...)
	if severity == diag.Warning {
		problem = problem.Suggest("if the last axis holds channels, say so: axes: [sample, depth, height, width, channel]")
	}
	c.Report(problem)
	return true
}

// aFew says whether the first axis is as short as a few channels, and the last one as
// long as a side of the volume: surely if another side is as long.
func aFew(d *pipeline.Dataset) (few, sure bool) {
	const most, long = 4, 16
	first, known := d.Axes[0].Size.Known()
	last, fixed := d.Axes[3].Size.Known()
	if !known || !fixed || first < 2 || first > most || last < long {
		return false, false
	}
	if d.Axes[1].Size.Is(last) || d.Axes[2].Size.Is(last) {
		return true, true
	}
	height, tall := d.Axes[1].Size.Known()
	width, wide := d.Axes[2].Size.Known()
	return tall && wide && min(height, width) >= long, false
}

// named says that the axes of the file are written out, and not in another order by now.
func named(c *pipeline.Check, d *pipeline.Dataset) bool {
	load, found := c.Find(d.Axes[0].At.Stage)
	return found && load.Kind == "load" && load.Given("axes")
}

// reshaped says that an axis was made by a reshape stage: its name is a guess
// from its place.
func reshaped(d *pipeline.Dataset, axis pipeline.Axis) bool {
	return slices.ContainsFunc(d.Steps, func(s pipeline.Step) bool { return s.Kind == "reshape" && s.Stage == axis.At.Stage })
}

// sides says whether all axes are known to be as long as sides of a volume.
func sides(axes []pipeline.Axis) bool {
	for _, axis := range axes {
		if size, known := axis.Size.Known(); !known || size < shortestSide {
			return false
		}
	}
	return true
}

var shp003 = &diag.Code{
	// A warning, so that it can be allowed where the sizes only suggest it; else an error.
	ID: "SHP003", Severity: diag.Warning,
	Title: "the channel axis comes first",
	Means: "Volumes are [depth, height, width, channel] here. These have a first axis of size 1 (or 2 to 4, with three sides of a volume behind) and a last one as long as a side of a volume: they were stored as [channel, depth, height, width], as PyTorch does. A warning where no two of the sides are equal, and nothing but the sizes speaks for it; `axes` that are written out are believed.",
	Why:   "The network would slide over slices instead of volumes, and take the width for channels.",
	Ways: []string{
		"name the file's axes as they are, `axes: [sample, channel, depth, height, width]`, and move them: `transpose: {order: [depth, height, width, channel]}`",
		"`transpose: {order: [1, 2, 3, 0]}` above the model",
	},
	Fails: stages("load: {volumes: heads.npy, shape: [120, 1, 64, 64, 64], dtype: float32}",
		"model:\n      layers:\n        - {conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}\n        - global_average_pool3d\n        - {dense: {units: 2, activation: softmax}}"),
	Mended: stages("load: {volumes: heads.npy, axes: [sample, channel, depth, height, width], shape: [120, 1, 64, 64, 64], dtype: float32}",
		"transpose: {order: [depth, height, width, channel]}",
		"model:\n      layers:\n        - {conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}\n        - global_average_pool3d\n        - {dense: {units: 2, activation: softmax}}"),
}
