package pipeline

import "fmt"

// LabelValues are the labels of a dataset as stored: exactly one of Ints, Reals
// and Texts is set, row after row.
type LabelValues struct {
	// Width is the number of values of one example: 1 for a single number.
	Width int
	Ints  []int64
	Reals []float64
	Texts []string
}

// Len is the number of examples.
func (l *LabelValues) Len() int {
	return (len(l.Ints) + len(l.Reals) + len(l.Texts)) / max(l.Width, 1)
}

// Select gives the labels of the given examples, in that order.
func (l *LabelValues) Select(examples []int) *LabelValues {
	s := &LabelValues{Width: l.Width}
	for _, i := range examples {
		from, to := i*l.Width, (i+1)*l.Width
		switch {
		case l.Ints != nil:
			s.Ints = append(s.Ints, l.Ints[from:to]...)
		case l.Reals != nil:
			s.Reals = append(s.Reals, l.Reals[from:to]...)
		default:
			s.Texts = append(s.Texts, l.Texts[from:to]...)
		}
	}
	return s
}

// number is a value of the labels that are numbers, counted through all rows.
func (l *LabelValues) number(i int) float64 {
	if l.Ints != nil {
		return float64(l.Ints[i])
	}
	return l.Reals[i]
}

// ClassOf gives each example's class id from class ids or one-hot rows, whether they
// are stored as whole or as real numbers, or false for labels that do not name
// exactly one class. Single real numbers do so if they are 0 and 1, and nothing else.
func (l *LabelValues) ClassOf() ([]int, bool) {
	switch {
	case l.Texts != nil:
		return nil, false
	case l.Width > 1:
		return l.classOfRows()
	case l.Ints == nil && !l.yesOrNo():
		return nil, false
	}
	classes := make([]int, l.Len())
	for i := range classes {
		classes[i] = int(l.number(i))
	}
	return classes, true
}

// yesOrNo says that all numbers are 0 or 1, and both occur.
func (l *LabelValues) yesOrNo() bool {
	ones := 0
	for _, v := range l.Reals {
		if v != 0 && v != 1 {
			return false
		}
		ones += int(v)
	}
	return ones > 0 && ones < len(l.Reals)
}

func (l *LabelValues) classOfRows() ([]int, bool) {
	classes := make([]int, l.Len())
	for i := range classes {
		if classes[i] = l.hot(i); classes[i] < 0 {
			return nil, false
		}
	}
	return classes, true
}

// hot is the column of the single 1 in a row of zeros; -1 for any other row.
func (l *LabelValues) hot(row int) int {
	hot := -1
	for k := range l.Width {
		switch v := l.number(row*l.Width + k); {
		case v == 0:
		case v == 1 && hot < 0:
			hot = k
		default:
			return -1
		}
	}
	return hot
}

// NotOneHot are the rows that are not zeros and a single 1.
func (l *LabelValues) NotOneHot() []int {
	var rows []int
	for i := range l.Len() {
		if l.hot(i) < 0 {
			rows = append(rows, i)
		}
	}
	return rows
}

// Text prints the label of one example for a message.
func (l *LabelValues) Text(example int) string {
	switch {
	case l.Texts != nil:
		return fmt.Sprintf("%q", l.Texts[example*l.Width])
	case l.Width == 1 && l.Ints != nil:
		return fmt.Sprint(l.Ints[example])
	case l.Width == 1:
		return fmt.Sprint(l.Reals[example])
	case l.Ints != nil:
		return fmt.Sprint(l.Ints[example*l.Width : (example+1)*l.Width])
	}
	return fmt.Sprint(l.Reals[example*l.Width : (example+1)*l.Width])
}
