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

// writeArray writes the output as a .npy file.
func (p *predictions) writeArray(w io.Writer) error {
	if _, err := io.WriteString(w, arrayHeader("<f4", append([]int{len(p.examples)}, p.sizes...))); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, p.values)
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
