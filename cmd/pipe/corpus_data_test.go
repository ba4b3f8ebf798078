package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// recipe makes the files of a corpus case: a kind of volumes and what is done to
// them, all from one seed. The keys of a recipe:
//
//	counts=10,20       how many examples each class has
//	samples=, classes= the same for kinds without a list
//	seed=              another one gives other examples (0)
//	size=8,8,8         depth, height, width (8,8,8)
//	noise=             standard deviation of the noise in each voxel (0.1)
//	order=sorted       class after class; else mixed
//	scale=, offset=    what the values (of target_volume: the targets) become
//	dtype=             how the volumes are stored (float32); whole numbers are rounded
//	wrap=65536         what is subtracted from values that the type cannot hold
//	zscore=1           every volume is standardised
//	nan=3,11           examples of which nan_share of the voxels are NaN
//	spots=3, spot=     so many voxels of each example have this value
//	labels=            ids (by default), rows, names, real, mask, mask_rows
//	label_dtype=       int64, for masks uint8
//	values=            what the classes are called
//	radius=            of the balls of sphere_mask, in voxels
//	label_size=        the grid of the masks, if it is another one
//	shape=             of the kind header: the whole array
//	channel=0          no channel axis
//	column=1           labels in an array with an axis of size 1 behind
//	shuffled=1         labels that belong to other volumes
//	flat=0,1,2         examples of which all voxels are alike
//	groups=4, patient= so many examples of each patient in groups.npy, the first of which has this number
//	as=train           a prefix of the files' names
//	files=scans        one file for each example in this folder, labels in labels.csv
//	listing=hashed     the rows of labels.csv in another order
type recipe struct {
	kind string
	keys map[string]string
}

func recipeOf(t testing.TB, text string) recipe {
	t.Helper()
	words := strings.Fields(text)
	r := recipe{words[0], make(map[string]string)}
	for _, word := range words[1:] {
		key, value, is := strings.Cut(word, "=")
		if !is {
			t.Fatalf("the recipe %q: %q is no key=value", text, word)
		}
		r.keys[key] = value
	}
	return r
}

// number is a key's value, or what it is without.
func (r recipe) number(key string, otherwise float64) float64 {
	if list := r.numbers(key); list != nil {
		return list[0]
	}
	return otherwise
}

func (r recipe) numbers(key string) []float64 {
	text, given := r.keys[key]
	if !given {
		return nil
	}
	var list []float64
	for _, word := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			panic(fmt.Sprintf("%s=%s in a recipe: %v", key, text, err))
		}
		list = append(list, v)
	}
	return list
}

func (r recipe) word(key, otherwise string) string {
	if text, given := r.keys[key]; given {
		return text
	}
	return otherwise
}

// grid is three sizes.
func (r recipe) grid(key string, otherwise []int) []int {
	list := r.numbers(key)
	if list == nil {
		return otherwise
	}
	sizes := make([]int, len(list))
	for i, v := range list {
		sizes[i] = int(v)
	}
	return sizes
}

// made is what a recipe makes: values in reading order.
type made struct {
	volumes, labels           []float64
	volumeShape, labelShape   []int
	volumeDType, labelDType   string
	texts                     []string // of labels that are names
	class                     []int
	rng                       *rand.Rand
	voxels, examples, classes int
	size                      []int
}

// bake makes the files of a recipe in a folder.
func (r recipe) bake(t testing.TB, folder string) {
	t.Helper()
	m := &made{rng: rand.New(rand.NewPCG(7, uint64(r.number("seed", 0)))), size: r.grid("size", []int{8, 8, 8}), volumeDType: r.word("dtype", "float32")}
	m.voxels = m.size[0] * m.size[1] * m.size[2]
	r.deal(m)
	switch r.kind {
	case "header":
		r.header(m)
	case "target_volume":
		r.targets(m)
	case "sphere_mask":
		r.spheres(m)
	default:
		r.scenes(t, m)
	}
	r.damage(m)
	if r.number("channel", 1) == 0 {
		m.volumeShape = m.volumeShape[:len(m.volumeShape)-1]
	}
	if r.number("column", 0) > 0 {
		m.labelShape = append(m.labelShape, 1)
	}
	if each := len(m.labels) / m.examples; r.number("shuffled", 0) > 0 {
		m.rng.Shuffle(m.examples, func(i, j int) {
			for k := range each {
				m.labels[i*each+k], m.labels[j*each+k] = m.labels[j*each+k], m.labels[i*each+k]
			}
		})
	}
	r.store(t, m, folder)
}

// deal gives every example its class.
func (r recipe) deal(m *made) {
	counts := r.numbers("counts")
	m.classes, m.examples = max(len(counts), int(r.number("classes", 0))), int(r.number("samples", 0))
	if counts == nil {
		m.class = make([]int, m.examples)
		return
	}
	for k, n := range counts {
		m.class = append(m.class, slices.Repeat([]int{k}, int(n))...)
	}
	m.examples = len(m.class)
	if r.word("order", "mixed") != "sorted" {
		m.rng.Shuffle(m.examples, func(i, j int) { m.class[i], m.class[j] = m.class[j], m.class[i] })
	}
}

// header is an array of which only the header matters: zeros.
func (r recipe) header(m *made) {
	m.volumeShape = r.grid("shape", nil)
	m.volumes = make([]float64, product(m.volumeShape))
	m.examples = m.volumeShape[0]
	if r.word("labels", "ids") == "mask" {
		m.labelShape, m.labelDType = m.volumeShape[:4], "uint8"
		m.labels = make([]float64, product(m.labelShape))
		return
	}
	r.labelled(m)
}

// scenes are volumes that show their class.
func (r recipe) scenes(t testing.TB, m *made) {
	t.Helper()
	noise := r.number("noise", 0.1)
	m.volumeShape = append([]int{m.examples}, append(slices.Clone(m.size), 1)...)
	tags := make([]bool, m.examples*max(m.classes, 1))
	for i := range m.examples {
		shown := []int{m.class[i]}
		if r.kind == "blobs_multi" {
			shown = shown[:0]
			for k := range m.classes {
				if m.rng.IntN(3) == 0 || k == i%m.classes {
					shown, tags[i*m.classes+k] = append(shown, k), true
				}
			}
		}
		shift := [3]float64{m.rng.Float64() - 0.5, m.rng.Float64() - 0.5, m.rng.Float64() - 0.5}
		for at := range m.voxels {
			z, y, x := m.place(at)
			v := 0.0
			for _, k := range shown {
				v = math.Max(v, r.look(t, m, k, z+shift[0], y+shift[1], x+shift[2]))
			}
			m.volumes = append(m.volumes, math.Min(math.Max(v+noise*m.rng.NormFloat64(), 0), 1))
		}
	}
	r.labelled(m)
	if r.kind == "blobs_multi" {
		m.labelShape, m.labelDType, m.labels = []int{m.examples, m.classes}, "uint8", nil
		for _, tag := range tags {
			m.labels = append(m.labels, oneIf(tag))
		}
	}
}

// place is where a voxel lies.
func (m *made) place(at int) (z, y, x float64) {
	h, w := m.size[1], m.size[2]
	return float64(at / (h * w)), float64(at / w % h), float64(at % w)
}

// look is how bright a class is at a place, from 0 to 1.
func (r recipe) look(t testing.TB, m *made, class int, z, y, x float64) float64 {
	share := (float64(class) + 0.5) / float64(max(m.classes, 1))
	switch r.kind {
	case "constant", "intensity":
		return 0.2 + 0.6*share
	case "texture":
		return 0.5 + 0.4*math.Sin(math.Pi*(z+y+x)/(2+3*share))
	case "blobs", "blobs_multi":
		centre := func(axis int, phase float64) float64 {
			return float64(m.size[axis])*(0.5+0.28*math.Sin(2*math.Pi*(share+phase))) - 0.5
		}
		r2 := sq(z-centre(0, 0)) + sq(y-centre(1, 0.25)) + sq(x-centre(2, 0.6))
		wide := float64(slices.Min(m.size)) / 5
		return math.Exp(-r2 / (2 * wide * wide))
	}
	t.Fatalf("no recipe is called %q", r.kind)
	return 0
}

// targets are balls whose volume is to be said.
func (r recipe) targets(m *made) {
	m.volumeShape = append([]int{m.examples}, append(slices.Clone(m.size), 1)...)
	m.labelShape, m.labelDType = []int{m.examples}, "float32"
	for range m.examples {
		share := m.rng.Float64()
		radius := float64(slices.Min(m.size)) * (0.15 + 0.3*math.Cbrt(share))
		for at := range m.voxels {
			z, y, x := m.place(at)
			r2 := sq(z-float64(m.size[0])/2) + sq(y-float64(m.size[1])/2) + sq(x-float64(m.size[2])/2)
			m.volumes = append(m.volumes, math.Min(math.Max(oneIf(r2 < radius*radius)*0.9+0.1*m.rng.NormFloat64(), 0), 1))
		}
		m.labels = append(m.labels, r.number("offset", 0)+r.number("scale", 1)*share)
	}
}

// spheres are a ball for each class but the first, and what they are.
func (r recipe) spheres(m *made) {
	m.volumeShape = append([]int{m.examples}, append(slices.Clone(m.size), 1)...)
	values := r.numbers("values")
	radius := r.number("radius", float64(slices.Min(m.size))/4)
	var masks []float64
	for range m.examples {
		mask := make([]float64, m.voxels)
		for k := 1; k < m.classes; k++ {
			var centre [3]float64
			for axis := range centre {
				centre[axis] = radius + m.rng.Float64()*(float64(m.size[axis])-1-2*radius)
			}
			for at := range m.voxels {
				z, y, x := m.place(at)
				if sq(z-centre[0])+sq(y-centre[1])+sq(x-centre[2]) <= radius*radius {
					mask[at] = float64(k)
				}
			}
		}
		for _, k := range mask {
			m.volumes = append(m.volumes, math.Min(math.Max(0.2+0.6*k/float64(m.classes-1)+0.05*m.rng.NormFloat64(), 0), 1))
		}
		masks = append(masks, mask...)
	}
	if values != nil {
		for at, k := range masks {
			masks[at] = values[int(k)]
		}
	}
	grid := r.grid("label_size", m.size)
	m.labels, m.labelShape, m.labelDType = masks, append([]int{m.examples}, grid...), "uint8"
	if !slices.Equal(grid, m.size) {
		m.labels = make([]float64, product(m.labelShape))
	}
	if r.word("labels", "mask") == "mask_rows" {
		m.labels, m.labelShape = oneHot(masks, m.classes), append(m.labelShape, m.classes)
	}
}

// labelled gives the examples their labels, from their classes.
func (r recipe) labelled(m *made) {
	values := r.numbers("values")
	m.labelShape, m.labelDType, m.labels = []int{m.examples}, r.word("label_dtype", "int64"), nil
	for _, k := range m.class {
		v := float64(k)
		if values != nil {
			v = values[k]
		}
		m.labels = append(m.labels, v)
		m.texts = append(m.texts, string(rune('a'+k)))
	}
	if r.word("labels", "ids") == "rows" {
		m.labels, m.labelShape, m.labelDType = oneHot(m.labels, m.classes), append(m.labelShape, m.classes), r.word("label_dtype", "uint8")
	}
}

// damage does to the volumes what the case is about.
func (r recipe) damage(m *made) {
	scale, offset := r.number("scale", 1), r.number("offset", 0)
	if r.kind == "target_volume" {
		scale, offset = 1, 0 // they are the targets'
	}
	for at := range m.volumes {
		m.volumes[at] = m.volumes[at]*scale + offset
	}
	for i := range m.examples {
		own := m.volumes[i*len(m.volumes)/m.examples : (i+1)*len(m.volumes)/m.examples]
		if r.number("zscore", 0) > 0 {
			standardise(own)
		}
		if slices.Contains(r.numbers("flat"), float64(i)) {
			for at := range own {
				own[at] = own[0]
			}
		}
		for range int(r.number("spots", 0)) {
			own[m.rng.IntN(len(own))] = r.number("spot", 0)
		}
		if slices.Contains(r.numbers("nan"), float64(i)) {
			for range max(1, int(r.number("nan_share", 0.01)*float64(len(own)))) {
				own[m.rng.IntN(len(own))] = math.NaN()
			}
		}
	}
	if wrap := r.number("wrap", 0); wrap > 0 {
		for at, v := range m.volumes {
			if v >= wrap/2 {
				m.volumes[at] = v - wrap
			}
		}
	}
}

// store writes the files.
func (r recipe) store(t testing.TB, m *made, folder string) {
	t.Helper()
	prefix := ""
	if as, given := r.keys["as"]; given {
		prefix = as + "_"
	}
	put := func(name string, content []byte) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if scans, given := r.keys["files"]; given {
		var rows []string
		each := len(m.volumes) / m.examples
		for i := range m.examples {
			name := fmt.Sprintf("scan_%03d.npy", i)
			put(filepath.Join(scans, name), npyFile(m.volumeDType, m.volumeShape[1:], m.volumes[i*each:(i+1)*each]))
			rows = append(rows, name+","+m.texts[i])
		}
		if r.word("listing", "") == "hashed" {
			slices.SortFunc(rows, func(a, b string) int { return int(hashed(a)) - int(hashed(b)) })
		}
		put("labels.csv", []byte("file,diagnosis\n"+strings.Join(rows, "\n")+"\n"))
		return
	}
	put(prefix+"volumes.npy", npyFile(m.volumeDType, m.volumeShape, m.volumes))
	put(prefix+"labels.npy", npyFile(m.labelDType, m.labelShape, m.labels))
	if each := int(r.number("groups", 0)); each > 0 {
		patients := make([]float64, m.examples)
		for i := range patients {
			patients[i] = r.number("patient", 0) + float64(i/each)
		}
		put(prefix+"groups.npy", npyFile("int64", []int{m.examples}, patients))
	}
}

// hashed is a number that a name alone decides.
func hashed(name string) uint16 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return uint16(h.Sum32())
}

func sq(v float64) float64 { return v * v }

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func product(sizes []int) int {
	n := 1
	for _, size := range sizes {
		n *= size
	}
	return n
}

// oneHot makes rows of classes.
func oneHot(classes []float64, width int) []float64 {
	rows := make([]float64, len(classes)*width)
	for i, k := range classes {
		rows[i*width+int(k)] = 1
	}
	return rows
}

// standardise brings values to mean 0 and variance 1.
func standardise(values []float64) {
	mean, squares := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		squares += sq(v-mean) / float64(len(values))
	}
	for i := range values {
		values[i] = (values[i] - mean) / math.Sqrt(squares)
	}
}

// npyFile is an array as np.save writes it.
func npyFile(dtype string, shape []int, values []float64) []byte {
	sizes := make([]string, len(shape))
	for i, n := range shape {
		sizes[i] = strconv.Itoa(n) + ","
	}
	descr := map[string]string{"uint8": "|u1", "uint16": "<u2", "int16": "<i2", "int64": "<i8", "float32": "<f4"}[dtype]
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, strings.Join(sizes, " "))
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	var file bytes.Buffer
	file.WriteString("\x93NUMPY\x01\x00")
	binary.Write(&file, binary.LittleEndian, uint16(len(header)))
	file.WriteString(header)
	for _, v := range values {
		var one [8]byte
		switch dtype {
		case "uint8":
			file.WriteByte(byte(math.Round(v)))
		case "uint16", "int16":
			binary.LittleEndian.PutUint16(one[:], uint16(int32(math.Round(v))))
			file.Write(one[:2])
		case "int64":
			binary.LittleEndian.PutUint64(one[:], uint64(int64(v)))
			file.Write(one[:])
		case "float32":
			binary.LittleEndian.PutUint32(one[:], math.Float32bits(float32(v)))
			file.Write(one[:4])
		default:
			panic("no recipe stores " + dtype)
		}
	}
	return file.Bytes()
}
