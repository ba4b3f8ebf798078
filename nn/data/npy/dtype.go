package npy

import (
	"fmt"
	"strconv"
	"strings"
)

// DType is the type of an array's elements, without its byte order. DTypes are
// comparable; the zero DType is none.
type DType struct {
	kind byte // as NumPy writes it: b, u, i, f, S or U
	size int  // bytes
}

// String gives the name that a pipeline file uses: "bool", "uint8", "int16",
// "float32", …; "text" for strings of any length.
func (d DType) String() string {
	switch d.kind {
	case 'b':
		return "bool"
	case 'u':
		return "uint" + strconv.Itoa(8*d.size)
	case 'i':
		return "int" + strconv.Itoa(8*d.size)
	case 'f':
		return "float" + strconv.Itoa(8*d.size)
	case 'S', 'U':
		return "text"
	}
	return "none"
}

// Size is the length of one element in bytes.
func (d DType) Size() int { return d.size }

// IsBool says whether the elements are truth values.
func (d DType) IsBool() bool { return d.kind == 'b' }

// IsInteger says whether the elements are integers, signed or not.
func (d DType) IsInteger() bool { return d.kind == 'u' || d.kind == 'i' }

// IsReal says whether the elements are floating-point numbers.
func (d DType) IsReal() bool { return d.kind == 'f' }

// IsText says whether the elements are strings.
func (d DType) IsText() bool { return d.kind == 'S' || d.kind == 'U' }

// wordSize is the unit that byte order is about: a string of UTF-32 is made of
// words of four bytes, one of bytes has no order.
func (d DType) wordSize() int {
	switch d.kind {
	case 'U':
		return utf32Size
	case 'S':
		return 1
	}
	return d.size
}

const utf32Size = 4

// The longest text that is believed: far beyond any class name, and small
// enough for its length in bytes to be computed without care.
const maxTextLength = 1 << 20

// parseDescr reads a simple type string of the header, as "<f4", and whether
// its words are big-endian. The error is of type *Error, without a name.
func parseDescr(descr string) (d DType, bigEndian bool, err error) {
	unknown := &Error{
		Problem: fmt.Sprintf("its elements are of type %q, which is not one that NumPy writes for numbers or text", descr),
		Remedy:  saveAsFloat32,
	}
	if descr == "" {
		return DType{}, false, unknown
	}
	order, rest := descr[0], descr[1:]
	if !strings.ContainsRune("<>|=", rune(order)) {
		order, rest = '|', descr
	}
	if rest == "" {
		return DType{}, false, unknown
	}
	kind, digits := rest[0], rest[1:]
	if problem, remedy := refusal(kind); problem != "" {
		return DType{}, false, &Error{Problem: problem, Remedy: remedy}
	}
	size, convErr := strconv.Atoi(digits)
	if convErr != nil || size < 0 || digits[0] == '+' {
		return DType{}, false, unknown
	}
	switch {
	case kind == 'U' || kind == 'S' || kind == 'a':
		if size == 0 || size > maxTextLength {
			return DType{}, false, &Error{
				Problem: fmt.Sprintf("its elements are texts of %d letters (type %q)", size, descr),
				Remedy:  fmt.Sprintf("save texts of 1 to %d letters: np.save(..., arr.astype('U'))", maxTextLength),
			}
		}
		if kind != 'U' {
			return DType{kind: 'S', size: size}, false, nil
		}
		d = DType{kind: 'U', size: utf32Size * size}
	case kind == 'b' && size == 1,
		(kind == 'u' || kind == 'i') && (size == 1 || size == 2 || size == 4 || size == 8),
		kind == 'f' && (size == 2 || size == 4 || size == 8):
		d = DType{kind: kind, size: size}
	case kind == 'f' && (size == 12 || size == 16):
		return DType{}, false, &Error{
			Problem: fmt.Sprintf("its elements are extended-precision floats of %d bytes (type %q), which differ from machine to machine", size, descr),
			Remedy:  saveAsFloat32,
		}
	default:
		return DType{}, false, unknown
	}
	if d.wordSize() == 1 {
		return d, false, nil
	}
	// "=" and "|" leave the order of several bytes to the machine that reads,
	// which is a guess.
	if order != '<' && order != '>' {
		return DType{}, false, &Error{
			Problem: fmt.Sprintf("its type %q does not say the order of its bytes", descr),
			Remedy:  saveAsFloat32,
		}
	}
	return d, order == '>', nil
}

const saveAsFloat32 = "save it with np.save(..., arr.astype('float32'))"

// refusal names the kinds of elements that NumPy writes and no network can take.
func refusal(kind byte) (problem, remedy string) {
	switch kind {
	case 'O':
		return "it holds Python objects (a pickle), which may run code when they are read",
			"save plain numbers with np.save(..., arr.astype('float32')), or text with np.save(..., arr.astype('U'))"
	case 'c':
		return "it holds complex numbers", "save the magnitude with np.save(..., np.abs(arr).astype('float32'))"
	case 'M', 'm':
		return "it holds dates or durations", "save them as numbers with np.save(..., arr.astype('int64'))"
	case 'V':
		return structured, saveOneField
	}
	return "", ""
}

const (
	structured   = "it holds records of several fields (a structured array)"
	saveOneField = "save one field with np.save(..., arr['field'].astype('float32'))"
)
