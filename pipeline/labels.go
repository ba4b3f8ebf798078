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

// ClassOf gives each example's class id from class ids or one-hot rows, or false
// for labels that do not name exactly one class.
func (l *LabelValues) ClassOf() ([]int, bool) {
	if l.Ints == nil {
		return nil, false
	}
	classes := make([]int, l.Len())
	for i := range classes {
		if l.Width == 1 {
			classes[i] = int(l.Ints[i])
			continue
		}
		hot := -1
		for k, v := range l.Ints[i*l.Width : (i+1)*l.Width] {
			switch {
			case v == 0:
			case v == 1 && hot < 0:
				hot = k
			default:
				return nil, false
			}
		}
		if hot < 0 {
			return nil, false
		}
		classes[i] = hot
	}
	return classes, true
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
