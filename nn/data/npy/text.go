package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// Texts gives all elements of an array of text, in C order, without the zeros
// that fill each of them up to the same length.
func (a *Array) Texts() ([]string, error) {
	if !a.DType.IsText() {
		return nil, &Error{Name: a.name, Problem: fmt.Sprintf("its elements are %s, not text", a.DType), Remedy: "save it with np.save(..., arr.astype('U'))"}
	}
	read := byteText
	if a.DType.kind == 'U' {
		read = wideText
	}
	texts := make([]string, a.Elements())
	var problem error
	err := a.blocks(0, int64(len(texts)), func(at int64, block []byte) {
		for ; len(block) > 0; block = block[a.DType.size:] {
			text, ok := read(block[:a.DType.size])
			if !ok && problem == nil {
				problem = &Error{
					Name: a.name, Problem: fmt.Sprintf("the text of element %d is no text (it is not Unicode)", at),
					Remedy: "save it with np.save(..., arr.astype('U'))",
				}
			}
			texts[at] = text
			at++
		}
	})
	if err == nil {
		err = problem
	}
	if err != nil {
		return nil, err
	}
	return texts, nil
}

// byteText reads an element of type S: bytes, in which UTF-8 is looked for.
func byteText(element []byte) (string, bool) {
	text := bytes.TrimRight(element, "\x00")
	return string(text), utf8.Valid(text)
}

// wideText reads an element of type U: UTF-32, the lowest byte first.
func wideText(element []byte) (string, bool) {
	var text []byte
	filling := 0
	for ; len(element) >= utf32Size; element = element[utf32Size:] {
		letter := binary.LittleEndian.Uint32(element)
		if letter == 0 {
			filling++
			continue
		}
		for ; filling > 0; filling-- {
			text = append(text, 0)
		}
		if letter > utf8.MaxRune || !utf8.ValidRune(rune(letter)) {
			return "", false
		}
		text = utf8.AppendRune(text, rune(letter))
	}
	return string(text), true
}
