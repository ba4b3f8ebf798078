package scan

import (
	"bytes"
	"encoding/gob"
	"errors"
	"slices"
)

// Form names what is looked at and how it is kept: results that were kept by a
// program with another form are not to be taken.
const Form = "voxels 3"

// kept is a result as it is written.
type kept struct {
	Form     string
	Sizes    []int
	Channels int
	Examples []Example
	Sketched bool
	Sketches []keptSketch
}

// keptSketch is a sketch by its counts that are not 0; one without any was never
// made.
type keptSketch struct {
	Made   bool
	Halves []uint16
	Counts []uint32
}

// MarshalBinary gives the result as bytes.
func (r *Result) MarshalBinary() ([]byte, error) {
	k := kept{Form: Form, Sizes: r.Sizes, Channels: r.Channels, Examples: r.Examples, Sketched: r.sketches != nil}
	for _, s := range r.sketches {
		one := keptSketch{Made: s != nil}
		if s != nil {
			for half, n := range s {
				if n > 0 {
					one.Halves, one.Counts = append(one.Halves, uint16(half)), append(one.Counts, n)
				}
			}
		}
		k.Sketches = append(k.Sketches, one)
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(k)
	return b.Bytes(), err
}

// UnmarshalBinary makes r the result that was kept, of examples of some sizes; an
// error says that the bytes are no such result, and r is as it was.
func (r *Result) UnmarshalBinary(data []byte) error {
	var k kept
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&k); err != nil {
		return err
	}
	foreign := errors.New("scan: not a result of this form")
	if k.Form != Form || k.Channels != formOf(k.Sizes).channels {
		return foreign
	}
	for _, e := range k.Examples {
		if len(e.Channels) != k.Channels || len(e.Thumb) != thumbSize {
			return foreign
		}
	}
	read := Result{Sizes: k.Sizes, Channels: k.Channels, Examples: k.Examples}
	if k.Sketched {
		read.sketches = make([]*sketch, len(k.Sketches))
	}
	for i, one := range k.Sketches {
		if !k.Sketched || len(one.Halves) != len(one.Counts) || len(k.Sketches)%k.Channels != 0 {
			return foreign
		}
		if one.Made {
			read.sketches[i] = new(sketch)
			for j, half := range one.Halves {
				read.sketches[i][half] = one.Counts[j]
			}
		}
	}
	*r = read
	return nil
}

// Of says whether the result is of so many examples of these sizes.
func (r *Result) Of(examples int, sizes []int) bool {
	return len(r.Examples) == examples && slices.Equal(r.Sizes, sizes)
}
