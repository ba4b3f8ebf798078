package npy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// description is what the dictionary in a header says.
type description struct {
	descr   string
	fortran bool
	shape   []int
}

// errStructured is a descr that is a list or a tuple: the type of a record.
var errStructured = errors.New(structured)

// parseDescription reads a header's dictionary strictly, as the Python literal
// that it is: the keys 'descr', 'fortran_order' and 'shape', each once, and
// white space after it. The error says what is wrong and where, counting the
// dictionary's bytes from 0; it is errStructured for the type of a record.
func parseDescription(text string) (description, error) {
	p := literal{text: text}
	var d description
	if err := p.expect('{'); err != nil {
		return d, err
	}
	var seen []string
	for !p.accept('}') {
		if len(seen) > 0 {
			if err := p.expect(','); err != nil {
				return d, err
			}
			if p.accept('}') {
				break
			}
		}
		key, err := p.str()
		if err != nil {
			return d, err
		}
		if slices.Contains(seen, key) {
			return d, fmt.Errorf("the key %q is there twice", key)
		}
		seen = append(seen, key)
		if err := p.expect(':'); err != nil {
			return d, err
		}
		if err := p.value(key, &d); err != nil {
			return d, err
		}
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !slices.Contains(seen, key) {
			return d, fmt.Errorf("the key %q is missing", key)
		}
	}
	if rest := strings.TrimRight(p.text[p.at:], " \n\t\r\x00"); rest != "" {
		return d, fmt.Errorf("there is more after its end, at byte %d", p.at)
	}
	return d, nil
}

// literal is a place in the text of a Python literal.
type literal struct {
	text string
	at   int
}

func (p *literal) value(key string, d *description) (err error) {
	switch key {
	case "descr":
		if p.skip(); p.peek() == '[' || p.peek() == '(' {
			return errStructured
		}
		d.descr, err = p.str()
	case "fortran_order":
		d.fortran, err = p.boolean()
	case "shape":
		d.shape, err = p.tuple()
	default:
		err = fmt.Errorf("the key %q is not one of descr, fortran_order and shape", key)
	}
	return err
}

func (p *literal) skip() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\n' || p.text[p.at] == '\t') {
		p.at++
	}
}

// peek is the next byte, 0 at the end.
func (p *literal) peek() byte {
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *literal) accept(c byte) bool {
	p.skip()
	if p.at == len(p.text) || p.text[p.at] != c {
		return false
	}
	p.at++
	return true
}

func (p *literal) expect(c byte) error {
	if !p.accept(c) {
		return p.wanted(string(c))
	}
	return nil
}

func (p *literal) wanted(what string) error {
	if p.at == len(p.text) {
		return fmt.Errorf("it ends where %s should follow", what)
	}
	return fmt.Errorf("%s should stand at byte %d, not %q", what, p.at, p.text[p.at])
}

// str reads a quoted string. NumPy writes no escapes in the strings of a simple
// header, so a backslash is refused with the rest.
func (p *literal) str() (string, error) {
	p.skip()
	quote := p.peek()
	if quote != '\'' && quote != '"' {
		return "", p.wanted("a quoted text")
	}
	body := p.text[p.at+1:]
	end := strings.IndexByte(body, quote)
	if end < 0 || strings.ContainsAny(body[:end], "\\\n") {
		return "", fmt.Errorf("the text that begins at byte %d does not end", p.at)
	}
	p.at += end + 2
	return body[:end], nil
}

func (p *literal) boolean() (bool, error) {
	p.skip()
	for word, value := range map[string]bool{"True": true, "False": false} {
		if strings.HasPrefix(p.text[p.at:], word) {
			p.at += len(word)
			return value, nil
		}
	}
	return false, p.wanted("True or False")
}

// maxRank is NumPy's own limit, which was 32 before its version 2.
const maxRank = 64

// tuple reads the lengths of the axes.
func (p *literal) tuple() ([]int, error) {
	if err := p.expect('('); err != nil {
		return nil, err
	}
	shape := []int{}
	comma := true
	for !p.accept(')') {
		if !comma {
			return nil, p.wanted("a comma")
		}
		size, err := p.integer()
		if err != nil {
			return nil, err
		}
		if shape = append(shape, size); len(shape) > maxRank {
			return nil, fmt.Errorf("the shape has more than %d axes", maxRank)
		}
		comma = p.accept(',')
	}
	// In Python (3) is a number.
	if len(shape) == 1 && !comma {
		return nil, errors.New("the shape is a number, not a tuple")
	}
	return shape, nil
}

func (p *literal) integer() (int, error) {
	p.skip()
	start := p.at
	if p.peek() == '-' {
		p.at++
	}
	for p.peek() >= '0' && p.peek() <= '9' {
		p.at++
	}
	digits := p.text[start:p.at]
	size, err := strconv.Atoi(digits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("the axis length %s is too large for this machine", digits)
	case err != nil:
		p.at = start
		return 0, p.wanted("a number")
	case size < 0:
		return 0, fmt.Errorf("the axis length %d is negative", size)
	}
	// Python 2 wrote its long integers as 3L.
	if p.peek() == 'L' {
		p.at++
	}
	return size, nil
}
