package stages_test

import (
	"fmt"
	"github.com/voxelpipe/pipe/pipeline"
	"math"
	"slices"
)

// preprocessing writes stages between the source and the model, and leaves
// examples of [depth, height, width, channel] mostly.
func (a *author) preprocessing() {
	steps := []func(){a.labelEncode}
	if a.data.partitions == nil && !a.chance(6) || a.slips() {
		steps, a.data.splits = append(steps, a.split), true
	}
	for range a.between(0, 4) {
		steps = append(steps, pick(a, a.reshape, a.transpose, a.cast, a.clip, a.normalize))
	}
	a.Shuffle(len(steps), func(i, k int) { steps[i], steps[k] = steps[k], steps[i] })
	for _, step := range steps {
		step()
	}
	if a.slips() {
		return
	}
	a.becomeVolume()
}

// becomeVolume brings the examples to four axes.
func (a *author) becomeVolume() {
	d := &a.data
	switch len(d.sizes) {
	case 4:
		channel := slices.Index(d.axes, "channel")
		if channel < 0 || channel == 3 {
			return
		}
		order := slices.Delete([]int{0, 1, 2, 3}, channel, channel+1)
		a.stage("transpose: {order: %s}", yamlList(append(order, channel)))
		d.sizes = append(slices.Delete(slices.Clone(d.sizes), channel, channel+1), d.sizes[channel])
	case 3:
		if a.chance(8) { // the channel in front, and then where it belongs
			a.stage("reshape: {expand_dims: 0}")
			a.stage("transpose: {order: [1, 2, 3, 0]}")
		} else {
			a.stage("reshape: {expand_dims: %d}", pick(a, -1, 3))
		}
		d.sizes = append(slices.Clone(d.sizes), 1)
	default: // no dataset with masks gets here
		d.sizes = a.factored(elements(d.sizes), 4)
		a.stage("reshape: {to: %s}", yamlList(a.oneOpen(d.sizes)))
	}
	d.axes = []string{"", "", "", ""}
}

func elements(sizes []int) int {
	n := 1
	for _, size := range sizes {
		n *= size
	}
	return n
}

// factored cuts a number of values into so many sizes.
func (a *author) factored(n, rank int) []int {
	sizes := slices.Repeat([]int{1}, rank)
	for divisor := 2; n > 1; divisor++ {
		for n%divisor == 0 {
			sizes[a.IntN(rank)] *= divisor
			n /= divisor
		}
	}
	return sizes
}

// oneOpen writes -1 for one of the sizes at times.
func (a *author) oneOpen(sizes []int) []int {
	sizes = slices.Clone(sizes)
	if a.chance(2) {
		sizes[a.IntN(len(sizes))] = -1
	}
	return sizes
}

func (a *author) reshape() {
	d := &a.data
	unnamed := func(rank int) []string { return slices.Repeat([]string{""}, rank) }
	switch single := slices.Index(d.sizes, 1); {
	case a.slips():
		a.stage("reshape: {to: [%d, %d]}", a.between(1, 9), a.between(1, 9))
	case d.labels == pipeline.Mask:
		a.maskedReshape()
	case single >= 0 && a.chance(2):
		a.stage("reshape: {squeeze: %d}", single-len(d.sizes)*a.IntN(2))
		d.sizes, d.axes = slices.Delete(slices.Clone(d.sizes), single, single+1), slices.Delete(slices.Clone(d.axes), single, single+1)
	case a.chance(2) && len(d.sizes) < 5:
		at := a.between(0, len(d.sizes))
		a.stage("reshape: {expand_dims: %d}", at-(len(d.sizes)+1)*a.IntN(2))
		d.sizes, d.axes = slices.Insert(slices.Clone(d.sizes), at, 1), unnamed(len(d.sizes)+1)
	default:
		d.sizes = a.factored(elements(d.sizes), a.between(1, 5))
		d.axes = unnamed(len(d.sizes))
		a.stage("reshape: {to: %s}", yamlList(a.oneOpen(d.sizes)))
	}
}

// maskedReshape keeps the values of a voxel together.
func (a *author) maskedReshape() {
	d := &a.data
	channel := slices.Index(d.axes, "channel")
	switch {
	case channel < 0 && a.chance(2):
		at := pick(a, 0, 3)
		a.stage("reshape: {expand_dims: %d}", at-4*a.IntN(2))
		d.sizes, d.axes = slices.Insert(slices.Clone(d.sizes), at, 1), slices.Insert(slices.Clone(d.axes), at, "channel")
	case channel >= 0 && d.sizes[channel] == 1 && a.chance(2):
		a.stage("reshape: {squeeze: %d}", channel)
		d.sizes, d.axes = slices.Delete(slices.Clone(d.sizes), channel, channel+1), slices.Delete(slices.Clone(d.axes), channel, channel+1)
	case channel == 3:
		d.sizes = append(a.factored(elements(d.sizes[:3]), 3), d.sizes[3])
		d.axes = []string{"", "", "", "channel"}
		a.stage("reshape: {to: %s}", yamlList(a.oneOpen(d.sizes)))
	}
}

func (a *author) transpose() {
	d := &a.data
	order := a.Perm(len(d.sizes))
	sizes, axes, words := make([]int, len(order)), make([]string, len(order)), make([]string, len(order))
	byName := a.chance(2) && !slices.Contains(d.axes, "")
	for i, from := range order {
		sizes[i], axes[i] = d.sizes[from], d.axes[from]
		words[i] = fmt.Sprint(from - len(order)*a.IntN(2))
		if byName {
			words[i] = axes[i]
		}
	}
	if a.slips() {
		words[0] = pick(a, "9", "nothing", words[len(words)-1])
	}
	a.stage("transpose: {order: %s}", yamlList(words))
	d.sizes, d.axes = sizes, axes
}

var numberTypes = []string{"bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "float32", "float64"}

func (a *author) cast() {
	if a.data.scaled && !a.slips() {
		a.stage("cast: {dtype: %s}", pick(a, "float16", "float32", "float64"))
		return
	}
	a.stage("cast: {dtype: %s}", pick(a, numberTypes...))
}

func (a *author) clip() {
	low := math.Round(a.NormFloat64() * 20)
	if a.chance(3) && (!a.data.splits || a.slips()) {
		low = a.Float64() * 50
		a.stage("clip: {percentiles: [%g, %g]}", low, 100-a.Float64()*40)
		return
	}
	high := low + a.Float64()*100
	if a.slips() {
		low, high = high, low
	}
	a.stage("clip: {range: [%g, %g]}", low, high)
}

func (a *author) normalize() {
	if a.data.scaled && !a.slips() {
		return // twice is refused
	}
	a.data.scaled = true
	method := pick(a, "min_max", "z_score", "max", "rescale", "percentile")
	var own string
	switch method {
	case "min_max":
		own = a.maybe(2, "range: [%g, %g]", -a.Float64(), a.Float64()+0.1)
	case "rescale":
		own = fmt.Sprintf("scale: %g, offset: %g", 0.01+a.Float64()/50, a.NormFloat64())
	case "percentile":
		own = a.maybe(2, "percentiles: [%g, %g]", a.Float64()*30, 100-a.Float64()*30)
	}
	shared := ""
	if method != "rescale" {
		shared = a.maybe(2, "over: %s", pick(a, "dataset", "example"))
		if a.data.splits && !a.slips() {
			shared = "over: example"
		}
	}
	perChannel := ""
	if len(a.data.sizes) == 4 || a.slips() {
		perChannel = a.maybe(3, "per_channel: true")
	}
	if method == "rescale" && !a.slips() {
		perChannel = ""
	}
	a.stage("normalize: %s", settings("method: "+method, own, shared, perChannel, a.maybe(3, "mask: nonzero")))
}

func (a *author) labelEncode() {
	d := &a.data
	sensible := (d.labels == pipeline.ClassID || d.labels == pipeline.ClassNames || d.labels == pipeline.Mask) && !d.encoded
	if !sensible && !a.slips() || d.labels == pipeline.ClassID && a.chance(4) {
		return
	}
	form := pick(a, "one_hot", "class_id")
	classes := ""
	switch {
	case d.atlas && !a.slips():
		classes = "map: {0: 0, 29: 1, 500: 2}"
		if d.classes == 2 {
			classes = "map: {0: 0, 29: 1}"
		}
	case a.slips():
		classes = fmt.Sprintf("classes: %d", a.between(1, 4))
	case d.labels == pipeline.ClassNames && a.chance(2):
		classes = "classes: " + yamlList(d.names)
	case d.labels == pipeline.Mask, d.labels == pipeline.ClassID && a.chance(2):
		classes = fmt.Sprintf("classes: %d", d.classes)
	case d.labels == pipeline.ClassID && d.names == nil && a.chance(2):
		d.names = []string{"ape", "bee", "cat", "dog"}[:d.classes]
		classes = "classes: " + yamlList(d.names)
	}
	entry := ""
	if form != "one_hot" || a.chance(2) {
		entry = "form: " + form
	}
	a.stage("label_encode: %s", settings(classes, entry))
	d.encoded = true
	d.rows = form == "one_hot"
	if d.labels != pipeline.Mask {
		d.labels = pipeline.LabelKind(form)
	}
}

func (a *author) split() {
	d := &a.data
	d.splits = false
	stratified := ""
	if d.labels == pipeline.ClassID || d.labels == pipeline.OneHot || d.labels == pipeline.ClassNames || a.slips() {
		stratified = a.maybe(2, "stratify: true")
	}
	by := ""
	if d.grouped || a.slips() {
		by = a.maybe(2, "by: groups")
	}
	shuffle := a.maybe(6, "shuffle: false")
	if stratified != "" {
		shuffle = ""
	}
	var parts string
	switch a.IntN(4) {
	case 0:
		n := d.examples / 4
		parts = fmt.Sprintf("train: %d, validation: %d, test: %d", d.examples-2*n, n, n)
		d.partitions = map[string]int{"train": d.examples - 2*n, "validation": n, "test": n}
	case 1:
		parts = fmt.Sprintf("folds: %d, fold: %d", 3, a.IntN(3))
		d.partitions = map[string]int{"train": d.examples * 2 / 3, "validation": d.examples / 3}
	case 2:
		parts = "train: 0.6, test: 0.4"
		d.partitions = map[string]int{"train": d.examples * 6 / 10, "test": d.examples * 4 / 10}
	default:
		parts = "train: 0.5, validation: 0.25, test: 0.25"
		d.partitions = map[string]int{"train": d.examples / 2, "validation": d.examples / 4, "test": d.examples / 4}
	}
	if a.slips() {
		parts = pick(a, "train: 0.7, test: 0.7", "train: 900", "test: 1.0", "folds: 40, fold: 41")
	}
	a.stage("split: %s", settings(parts, stratified, by, shuffle))
}
