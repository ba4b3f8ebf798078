package spec

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// refusal is a value that cannot be what a setting wants: a phrase about the
// value, and a way out. Replacement is what to write instead, where that is
// certain.
type refusal struct{ label, help, replacement string }

func (r *refusal) Error() string { return r.label }

// refuse says what is wanted and what there is instead.
func (n *Node) refuse(want string) *refusal {
	r := &refusal{label: fmt.Sprintf("want %s, got %s", want, n.Describe()), help: "write " + want}
	switch {
	case n.IsNull():
		r.help = "write a value, or remove the key for its default"
	case n.Environment:
		r.help = "write it here, or give it on the command line with --set: what comes from the environment is text"
	}
	return r
}

// instead adds what to write instead.
func (r *refusal) instead(replacement string) *refusal {
	r.help, r.replacement = "write "+replacement, replacement
	return r
}

// unquoted suggests the same value without its quotes, if it is in some.
func (n *Node) unquoted(r *refusal, types ...Type) *refusal {
	if !n.IsText() || !n.Quoted || n.Environment {
		return r
	}
	plain := resolve(n.Text)
	for _, t := range types {
		if plain == t {
			return &refusal{label: r.label, help: "remove the quotes", replacement: n.Text}
		}
	}
	return r
}

// Int gives the value of a whole number. The error is a phrase for people.
func (n *Node) Int() (int, error) {
	const want = "a whole number"
	if n.Form != Scalar || n.Type != Integer {
		return 0, n.notWhole(want)
	}
	value, err := strconv.ParseInt(digits(n.Text), 0, strconv.IntSize)
	if err != nil {
		return 0, &refusal{label: fmt.Sprintf("want a whole number of at most %d, got %s", math.MaxInt, shorten(n.Text)), help: "write a smaller number"}
	}
	return int(value), nil
}

// Uint gives the value of a whole number that is not negative. The error is a
// phrase for people.
func (n *Node) Uint() (uint64, error) {
	const want = "a whole number, 0 or greater"
	if n.Form != Scalar || n.Type != Integer {
		return 0, n.notWhole(want)
	}
	value, err := strconv.ParseUint(digits(n.Text), 0, 64)
	switch {
	case err == nil:
		return value, nil
	case strings.HasPrefix(n.Text, "-"):
		return 0, n.refuse(want)
	}
	return 0, &refusal{label: fmt.Sprintf("want a whole number of at most %d, got %s", uint64(math.MaxUint64), shorten(n.Text)), help: "write a smaller number"}
}

// notWhole refuses what is not written as a whole number.
func (n *Node) notWhole(want string) error {
	if n.Form != Scalar || n.Type != Real {
		return n.unquoted(n.refuse(want), Integer)
	}
	value := n.float()
	if value != math.Trunc(value) || math.Abs(value) > 1<<53 {
		return n.refuse(want)
	}
	r := &refusal{label: fmt.Sprintf("want %s without a point or an exponent, got %s", want, shorten(n.Text))}
	return r.instead(strconv.FormatInt(int64(value), 10))
}

// Float gives the value of a number. The error is a phrase for people.
func (n *Node) Float() (float64, error) {
	const want = "a number"
	if n.Form != Scalar || n.Type != Integer && n.Type != Real {
		return 0, n.unquoted(n.refuse(want), Integer, Real)
	}
	value := n.float()
	if math.IsNaN(value) || math.IsInf(value, 0) {
		label := fmt.Sprintf("want a finite number, got %s", shorten(n.Text))
		return 0, &refusal{label: label, help: "write a number that is not infinite"}
	}
	return value, nil
}

// Bool gives the value of true or false. The error is a phrase for people.
func (n *Node) Bool() (bool, error) {
	const want = "true or false"
	if n.Form == Scalar && n.Type == Boolean {
		return n.Text == "true", nil
	}
	r := n.unquoted(n.refuse(want), Boolean)
	if n.IsText() && !n.Quoted {
		switch strings.ToLower(n.Text) {
		case "on", "yes", "y", "true":
			r.instead("true")
		case "off", "no", "n", "false":
			r.instead("false")
		}
	}
	return false, r
}

// asText gives the value of a text. The error is a phrase for people.
func (n *Node) asText() (string, error) {
	if n.IsText() {
		return n.Text, nil
	}
	r := n.refuse("text")
	if n.Form == Scalar && n.Type != Null {
		r.instead(quote(n.Text))
		r.help = "put it in quotes if it is text: " + r.replacement
	}
	return "", r
}

// phrase is what to say of an error of a DecodeNode method, or of one of the
// above.
func (n *Node) phrase(err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	label := err.Error()
	_, want, says := strings.Cut(label, "want ")
	if !says {
		return &refusal{label: label}
	}
	if strings.HasPrefix(label, "want ") && !strings.Contains(label, ", got ") {
		return n.refuse(want)
	}
	want, _, _ = strings.Cut(want, ", got ")
	return &refusal{label: label, help: "write " + want}
}
