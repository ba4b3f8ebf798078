package stages

import (
	"archive/zip"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/loss"
)

// write writes predictions in the format of the file's ending.
func (p *predictions) write(w io.Writer, name string) error {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".npy":
		return p.writeArray(w)
	case ".npz":
		return p.writeArchive(w)
	}
	return p.writeTable(w)
}

// writeTable writes a line for each example.
func (p *predictions) writeTable(w io.Writer) error {
	table := csv.NewWriter(w)
	units := len(p.values) / max(len(p.examples), 1)
	heading := []string{"example"}
	switch {
	case p.classes != nil:
		heading = append(heading, "class")
		for _, class := range p.classes {
			heading = append(heading, "probability_"+class)
		}
	case units == 1:
		heading = append(heading, "value")
	default:
		for k := range units {
			heading = append(heading, fmt.Sprintf("value_%d", k))
		}
	}
	if err := table.Write(heading); err != nil {
		return err
	}
	for i, example := range p.examples {
		line := []string{strconv.Itoa(example)}
		row := p.values[i*units : (i+1)*units]
		if p.classes != nil {
			row = p.probabilities(i)
			line = append(line, p.classes[likeliest(row)])
		}
		for _, v := range row {
			line = append(line, strconv.FormatFloat(float64(v), 'g', -1, 32))
		}
		if err := table.Write(line); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

// likeliest is the class with the highest probability, the first one of several.
func likeliest(row []float32) int {
	best := 0
	for k, v := range row {
		if v > row[best] {
			best = k
		}
	}
	return best
}

// writeArray writes the output, or the classes, as a .npy file.
func (p *predictions) writeArray(w io.Writer) error {
	if p.ids {
		return p.writeIDs(w)
	}
	if _, err := io.WriteString(w, arrayHeader("<f4", append([]int{len(p.examples)}, p.sizes...))); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, p.values)
}

// writeIDs writes the likeliest class of each position as a .npy file.
func (p *predictions) writeIDs(w io.Writer) error {
	last := len(p.sizes) - 1
	const fewClasses = 256
	units := p.sizes[last]
	dtype := "|u1"
	if units > fewClasses {
		dtype = "<u2"
	}
	sizes := append([]int{len(p.examples)}, p.sizes[:last]...)
	if _, err := io.WriteString(w, arrayHeader(dtype, sizes)); err != nil {
		return err
	}
	ids := make([]byte, 0, len(p.values)/units)
	for at := 0; at < len(p.values); at += units {
		id := p.likeliestOf(p.values[at : at+units])
		ids = append(ids, byte(id))
		if units > fewClasses {
			ids = append(ids, byte(id>>8))
		}
	}
	_, err := w.Write(ids)
	return err
}

// likeliestOf is the class that the output at one position means. Softmax leaves
// the order of scores as it is; a single value is compared with the middle.
func (p *predictions) likeliestOf(values []float32) int {
	if !p.threshold {
		return likeliest(values)
	}
	middle := float32(0.5)
	if p.head != loss.Linear {
		middle = 0
	}
	if values[0] > middle {
		return 1
	}
	return 0
}

// writeArchive writes the output and the numbers of the examples as a .npz file.
func (p *predictions) writeArchive(w io.Writer) error {
	archive := zip.NewWriter(w)
	member, err := archive.Create("predictions.npy")
	if err != nil {
		return err
	}
	if err := p.writeArray(member); err != nil {
		return err
	}
	if member, err = archive.Create("examples.npy"); err != nil {
		return err
	}
	if _, err := io.WriteString(member, arrayHeader("<i8", []int{len(p.examples)})); err != nil {
		return err
	}
	numbers := make([]int64, len(p.examples))
	for i, example := range p.examples {
		numbers[i] = int64(example)
	}
	if err := binary.Write(member, binary.LittleEndian, numbers); err != nil {
		return err
	}
	return archive.Close()
}

// headerAlignment is what the length of a .npy header has to be a multiple of.
const headerAlignment = 64

// arrayHeader is the header of a .npy file, version 1.0, of an array in C order:
// the magic, the length of the rest as two bytes, and a Python dictionary padded
// with spaces (NumPy Enhancement Proposal 1).
func arrayHeader(dtype string, sizes []int) string {
	parts := make([]string, len(sizes))
	for i, size := range sizes {
		parts[i] = strconv.Itoa(size)
	}
	shape := strings.Join(parts, ", ")
	if len(sizes) == 1 {
		shape += ","
	}
	const start = "\x93NUMPY\x01\x00"
	dictionary := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", dtype, shape)
	unpadded := len(start) + 2 + len(dictionary) + 1
	dictionary += strings.Repeat(" ", (headerAlignment-unpadded%headerAlignment)%headerAlignment) + "\n"
	length := binary.LittleEndian.AppendUint16(nil, uint16(len(dictionary)))
	return string(slices.Concat([]byte(start), length, []byte(dictionary)))
}
