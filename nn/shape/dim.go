// Package shape knows sizes and shapes before any data is read: a size may be a
// number, or a symbol carried through arithmetic until it is known.
package shape

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Dim is a size that is a number or an expression in symbols, such as N,
// depth-2 or floor((depth+1)/2). It is kept as a polynomial with integer
// coefficients over atoms, in one canonical order, so that equal expressions
// are equal values. A number too large for an int becomes the largest one. The
// zero Dim is the number 0.
type Dim struct {
	// terms are sorted by their atoms; no coefficient is 0. The constant term,
	// if any, is the one without atoms.
	terms []term
}

// A term is coefficient × the product of its atoms. An atom is a symbol, or a
// quotient that could not be worked out, in its printed form.
type term struct {
	coefficient int
	atoms       []string
}

// Of is the size n.
func Of(n int) Dim {
	if n == 0 {
		return Dim{}
	}
	return Dim{terms: []term{{coefficient: n}}}
}

// Symbol is a size known by its name only.
func Symbol(name string) Dim {
	return Dim{terms: []term{{coefficient: 1, atoms: []string{name}}}}
}

// Known says whether the size is a number, and which.
func (d Dim) Known() (int, bool) {
	switch {
	case len(d.terms) == 0:
		return 0, true
	case len(d.terms) == 1 && len(d.terms[0].atoms) == 0:
		return d.terms[0].coefficient, true
	}
	return 0, false
}

// Is says whether the size is known to be n.
func (d Dim) Is(n int) bool {
	v, known := d.Known()
	return known && v == n
}

// Equal says whether the two are the same number or the same expression. Two
// different expressions may still turn out equal once their symbols are known:
// see Differs.
func (d Dim) Equal(e Dim) bool { return len(d.Sub(e).terms) == 0 }

// Differs says whether the two can never be equal: their difference is a number
// other than 0.
func (d Dim) Differs(e Dim) bool {
	v, known := d.Sub(e).Known()
	return known && v != 0
}

// Add is d + e.
func (d Dim) Add(e Dim) Dim { return collect(slices.Concat(d.terms, e.terms)) }

// Sub is d - e.
func (d Dim) Sub(e Dim) Dim { return d.Add(e.Mul(Of(-1))) }

// Plus is d + n.
func (d Dim) Plus(n int) Dim { return d.Add(Of(n)) }

// Times is d × n.
func (d Dim) Times(n int) Dim { return d.Mul(Of(n)) }

// Mul is d × e.
func (d Dim) Mul(e Dim) Dim {
	var terms []term
	for _, a := range d.terms {
		for _, b := range e.terms {
			atoms := slices.Concat(a.atoms, b.atoms)
			slices.Sort(atoms)
			terms = append(terms, term{times(a.coefficient, b.coefficient), atoms})
		}
	}
	return collect(terms)
}

// FloorDiv is floor(d / n), for n > 0. What is a whole multiple of n is worked
// out, as floor((2×h+1)/2) = h; what is left becomes an atom of its own.
func (d Dim) FloorDiv(n int) Dim {
	var whole, rest Dim
	for _, t := range d.terms {
		quotient, remainder := t.coefficient/n, t.coefficient%n
		if remainder < 0 {
			quotient, remainder = quotient-1, remainder+n
		}
		if quotient != 0 {
			whole.terms = append(whole.terms, term{quotient, t.atoms})
		}
		if remainder != 0 {
			rest.terms = append(rest.terms, term{remainder, t.atoms})
		}
	}
	if _, known := rest.Known(); known { // in [0, n)
		return whole
	}
	return whole.Add(Symbol(fmt.Sprintf("floor(%s/%d)", rest.bracketed(), n)))
}

// CeilDiv is ceil(d / n), for n > 0.
func (d Dim) CeilDiv(n int) Dim { return d.Plus(n - 1).FloorDiv(n) }

// Div is d / e where the division is known to be exact, for instance
// N×64 / 64 or a×b / b.
func (d Dim) Div(e Dim) (Dim, bool) {
	if v, known := e.Known(); known {
		if v == 0 {
			return Dim{}, false
		}
		return d.divide(v)
	}
	if len(e.terms) != 1 {
		return Dim{}, false
	}
	by := e.terms[0]
	var terms []term
	for _, t := range d.terms {
		atoms := slices.Clone(t.atoms)
		for _, a := range by.atoms {
			i := slices.Index(atoms, a)
			if i < 0 {
				return Dim{}, false
			}
			atoms = slices.Delete(atoms, i, i+1)
		}
		if t.coefficient%by.coefficient != 0 {
			return Dim{}, false
		}
		terms = append(terms, term{t.coefficient / by.coefficient, atoms})
	}
	return collect(terms), true
}

func (d Dim) divide(n int) (Dim, bool) {
	terms := slices.Clone(d.terms)
	for i := range terms {
		if terms[i].coefficient%n != 0 {
			return Dim{}, false
		}
		terms[i].coefficient /= n
	}
	return Dim{terms: terms}, true
}

// String prints the number, or the expression with its constant last.
func (d Dim) String() string {
	if len(d.terms) == 0 {
		return "0"
	}
	var b strings.Builder
	for i, t := range d.terms {
		c := t.coefficient
		switch {
		case c < 0:
			b.WriteByte('-')
			c = -c
		case i > 0:
			b.WriteByte('+')
		}
		if c != 1 || len(t.atoms) == 0 {
			fmt.Fprint(&b, c)
			if len(t.atoms) > 0 {
				b.WriteString("×")
			}
		}
		b.WriteString(strings.Join(t.atoms, "×"))
	}
	return b.String()
}

func (d Dim) bracketed() string {
	if len(d.terms) > 1 {
		return "(" + d.String() + ")"
	}
	return d.String()
}

// collect sorts terms (the constant last), adds up equal ones and drops zeros.
func collect(terms []term) Dim {
	slices.SortFunc(terms, func(a, b term) int {
		return cmp.Or(-cmp.Compare(len(a.atoms), len(b.atoms)), slices.Compare(a.atoms, b.atoms))
	})
	var sum []term
	for _, t := range terms {
		if n := len(sum); n > 0 && slices.Equal(sum[n-1].atoms, t.atoms) {
			sum[n-1].coefficient = plus(sum[n-1].coefficient, t.coefficient)
		} else {
			sum = append(sum, t)
		}
	}
	return Dim{terms: slices.DeleteFunc(sum, func(t term) bool { return t.coefficient == 0 })}
}

// plus is a + b, or the int nearest to it.
func plus(a, b int) int {
	switch {
	case b > 0 && a > math.MaxInt-b:
		return math.MaxInt
	case b < 0 && a < -math.MaxInt-b:
		return -math.MaxInt
	}
	return a + b
}

// times is a × b, or the int nearest to it.
func times(a, b int) int {
	if product := a * b; a == 0 || product/a == b && product != math.MinInt {
		return product
	}
	if (a < 0) == (b < 0) {
		return math.MaxInt
	}
	return -math.MaxInt
}
