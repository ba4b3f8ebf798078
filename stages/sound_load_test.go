package stages_test

import (
	"fmt"
	"math"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
)

// load writes a load stage and the files that it names.
func (a *author) load() {
	d := &a.data
	d.examples = a.between(8, 20)
	d.sizes = []int{a.between(2, 7), a.between(2, 7), a.between(2, 7)}
	d.axes = []string{"depth", "height", "width"}
	d.labels = pick(a, pipeline.ClassID, pipeline.ClassID, pipeline.ClassID, pipeline.OneHot, pipeline.MultiHot,
		pipeline.Real, pipeline.ClassNames, pipeline.Mask, pipeline.Mask, pipeline.NoLabels)
	d.classes = a.between(2, 3)
	if a.chance(2) {
		d.sizes, d.axes = append(d.sizes, a.between(1, 3)), append(d.axes, "channel")
	}
	axes := ""
	if a.chance(4) {
		a.Shuffle(len(d.axes), func(i, k int) { d.axes[i], d.axes[k] = d.axes[k], d.axes[i] })
		if a.chance(3) && d.labels != pipeline.Mask {
			d.sizes, d.axes = append(d.sizes, 2), append(d.axes, "echo")
		}
		axes = "axes: " + yamlList(append([]string{"sample"}, d.axes...))
	}
	voxels := a.voxels()
	var files []string
	form := a.IntN(4)
	switch {
	case form == 0 && axes == "":
		files = a.apart(voxels)
	case form == 1 && axes == "":
		files = a.manyFiles(voxels)
	default:
		a.volumes = a.save("volumes", voxels)
		files = []string{"volumes: " + a.volumes}
		if labels, ok := a.labelArray(d.examples); ok {
			files = append(files, "labels: "+a.saveLabels("labels", labels))
		}
		if a.chance(3) {
			d.grouped = true
			groups := storedArray{shape: []int{d.examples}, dtype: "int16", value: func(i int) float64 { return float64(i / 2) }}
			files = append(files, "groups: "+a.save("groups", groups))
		}
		if a.chance(4) {
			files = append(files, "sample_weight: "+a.save("weights", a.weights()))
		}
	}
	a.stage("load: %s", settings(append(files, axes, a.declaration(voxels), a.maybe(4, "modality: mri"))...))
}

// declaration says what the files hold: all of it, some of it or nothing.
func (a *author) declaration(voxels storedArray) string {
	d := &a.data
	if a.chance(3) {
		return ""
	}
	shape := yamlList(d.sizes)
	entries := []string{"dtype: " + voxels.dtype}
	a.declared = true
	if !a.oneByOne {
		count := fmt.Sprint(d.examples)
		if d.partitions != nil || a.chance(6) {
			count = "N"
		}
		shape = "[" + count + ", " + shape[1:]
	}
	entries = append(entries, "shape: "+shape)
	if d.labels != pipeline.NoLabels && d.labels != pipeline.ClassNames {
		entries = append(entries, "label_kind: "+string(d.labels))
	}
	return strings.Join(entries, ", ")
}

// voxels is an array of all examples. Their values are quarters that every type
// of real numbers holds exactly, a little brighter for each class.
func (a *author) voxels() storedArray {
	d := &a.data
	dtype := pick(a, numberTypes...)
	seed, one := a.Uint64()|1, elements(d.sizes)
	strangeAt := -1
	if strings.HasPrefix(dtype, "float") && a.chance(12) {
		a.strange, strangeAt = true, a.IntN(one*d.examples)
	}
	constant := a.chance(20)
	return storedArray{
		shape: append([]int{d.examples}, d.sizes...), dtype: dtype,
		fortran: a.chance(4), big: a.chance(4), version: byte(a.between(1, 3)),
		value: func(i int) float64 {
			if constant {
				return 1
			}
			noise := float64((uint64(i+1)*seed>>40)%240)/4 + float64(i/one%d.classes)
			switch {
			case i == strangeAt:
				return math.NaN()
			case dtype == "bool":
				return math.Mod(math.Trunc(noise), 2)
			case strings.HasPrefix(dtype, "float"):
				return noise - 20
			case strings.HasPrefix(dtype, "int"):
				return math.Trunc(noise) - 20
			}
			return math.Trunc(noise)
		},
	}
}

// labelArray is the labels of so many examples; false without labels.
func (a *author) labelArray(examples int) (storedArray, bool) {
	d := &a.data
	classes := d.classes
	array := storedArray{shape: []int{examples}, fortran: a.chance(4), big: a.chance(4), version: byte(a.between(1, 3))}
	rows := func() { array.shape = append(array.shape, classes) }
	whole := pick(a, "uint8", "int16", "int32", "uint64", "int64")
	switch d.labels {
	case pipeline.ClassID:
		array.dtype, array.value = whole, func(i int) float64 { return float64(i % classes) }
		if a.chance(3) {
			array.shape = append(array.shape, 1)
		}
		if classes == 2 && a.chance(6) {
			array.dtype = "bool"
		}
	case pipeline.OneHot:
		rows()
		array.dtype, array.value = whole, func(i int) float64 {
			if i/classes%classes == i%classes {
				return 1
			}
			return 0
		}
	case pipeline.MultiHot:
		rows()
		array.dtype, array.value = whole, func(i int) float64 { return float64((i*7/3 + i/classes) % 2) }
	case pipeline.Real:
		array.dtype, array.value = pick(a, "float16", "float32", "float64"), func(i int) float64 { return float64(i%9) / 4 }
		classes = pick(a, 1, classes)
		if classes > 1 {
			rows()
		}
		d.classes = classes
	case pipeline.ClassNames:
		d.names = []string{"healthy", "lesion", "scar"}[:classes]
		array.dtype, array.text = "text", func(i int) string { return d.names[i%classes] }
	case pipeline.Mask:
		for i, size := range d.sizes {
			if d.axes[i] != "channel" {
				array.shape = append(array.shape, size)
			} else if a.chance(2) {
				array.shape = append(array.shape, 1)
			}
		}
		d.atlas = a.chance(4)
		array.dtype, array.value = pick(a, whole, "float32"), func(i int) float64 { return float64(d.labelled(i * 5 / 3 % classes)) }
	default:
		return storedArray{}, false
	}
	return array, true
}

// weights are those of the examples or, beside masks, of their voxels.
func (a *author) weights() storedArray {
	shape := []int{a.data.examples}
	if a.data.labels == pipeline.Mask && a.chance(2) {
		for i, size := range a.data.sizes {
			if a.data.axes[i] != "channel" {
				shape = append(shape, size)
			}
		}
	}
	return storedArray{shape: shape, dtype: pick(a, "uint8", "float16", "float64"), value: func(i int) float64 { return float64(i % 3) }}
}

// save writes an array, and gives the path that names it: a file, or a member of
// an archive.
func (a *author) save(name string, array storedArray) string {
	if a.chance(3) {
		other := storedArray{shape: []int{1}, dtype: "uint8", value: func(int) float64 { return 0 }}
		content := archive(a.t, a.chance(2), map[string]storedArray{"data": array, "other": other})
		place(a.t, a.folder, name+".npz", content)
		return name + ".npz#data"
	}
	place(a.t, a.folder, name+".npy", array.encoded())
	return name + ".npy"
}

// saveLabels is save, or writes a column of a table where the labels fit one.
func (a *author) saveLabels(name string, array storedArray) string {
	if len(array.shape) > 1 || array.dtype == "bool" || !a.chance(3) {
		return a.save(name, array)
	}
	var table strings.Builder
	table.WriteString("case,label\n")
	for i := range array.shape[0] {
		fmt.Fprintf(&table, "%d,%s\n", i, cell(array, i))
	}
	place(a.t, a.folder, name+".csv", []byte(table.String()))
	return name + ".csv#label"
}

func cell(array storedArray, i int) string {
	if array.dtype == "text" {
		return array.text(i)
	}
	return fmt.Sprint(array.value(i))
}

// part is some of the examples of an array, from the first one on.
func (array storedArray) part(first, count int) storedArray {
	part := array
	part.shape = append([]int{count}, array.shape[1:]...)
	offset := first * elements(array.shape[1:])
	if array.value != nil {
		part.value = func(i int) float64 { return array.value(offset + i) }
	}
	if array.text != nil {
		part.text = func(i int) string { return array.text(offset + i) }
	}
	return part
}

// apart saves partitions as files of their own.
func (a *author) apart(voxels storedArray) []string {
	d := &a.data
	labels, labelled := a.labelArray(d.examples)
	d.partitions = map[string]int{}
	var entries []string
	for first, names := 0, pick(a, []string{"train", "test"}, []string{"train", "validation"}, []string{"train", "validation", "test"}); len(names) > 0; names = names[1:] {
		count := (d.examples - first) / len(names)
		entry := "volumes: " + a.save(names[0], voxels.part(first, count))
		if labelled {
			entry += ", labels: " + a.save(names[0]+"_labels", labels.part(first, count))
		}
		entries = append(entries, fmt.Sprintf("%s: {%s}", names[0], entry))
		d.partitions[names[0]] = count
		first += count
	}
	return entries
}

// manyFiles saves every example as a file of its own, to be found by a pattern
// or by a table.
func (a *author) manyFiles(voxels storedArray) []string {
	d := &a.data
	labels, labelled := a.labelArray(d.examples)
	var table strings.Builder
	table.WriteString("file,label,patient,part\n")
	masks := d.labels == pipeline.Mask
	byTable := (len(labels.shape) < 2 || masks) && a.chance(2)
	for i := range d.examples {
		one := voxels.part(i, 1)
		one.shape = one.shape[1:]
		name := fmt.Sprintf("scans/%02d.npy", i)
		place(a.t, a.folder, name, one.encoded())
		label := "0"
		switch {
		case masks:
			label = fmt.Sprintf("masks/%02d.npy", i)
			mask := labels.part(i, 1)
			mask.shape = mask.shape[1:]
			place(a.t, a.folder, label, mask.encoded())
		case labelled && byTable:
			label = cell(labels, i)
		}
		fmt.Fprintf(&table, "%s,%s,p%d,%s\n", name, label, i/2, []string{"train", "train", "validation", "test"}[i%4])
	}
	a.oneByOne = true
	if !byTable {
		a.volumes = "scans/*.npy"
		entries := []string{`volumes: "scans/*.npy"`}
		switch {
		case masks:
			entries = append(entries, `labels: "masks/*.npy"`)
		case labelled:
			entries = append(entries, "labels: "+a.saveLabels("labels", labels))
		}
		return entries
	}
	place(a.t, a.folder, "cases.csv", []byte(table.String()))
	entries := []string{"table: cases.csv", "volumes: file"}
	if labelled {
		entries = append(entries, "labels: label")
	}
	if a.chance(2) {
		entries, d.grouped = append(entries, "groups: patient"), true
	}
	if a.chance(2) {
		entries = append(entries, "partition: part")
		d.partitions = map[string]int{"train": d.examples / 2, "validation": d.examples / 4, "test": d.examples / 4}
	}
	return entries
}
