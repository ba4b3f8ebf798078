package loss

// Form is how the answers to one question are written: what the network ends in
// and what its outputs are compared with.
type Form struct {
	Head   Head
	Target Target
}

// Adaptive is a loss that means one thing behind a softmax, another one behind a
// sigmoid, and takes labels in more than one form. As it is written it stands for
// a softmax and one-hot rows.
type Adaptive interface {
	Loss
	// In is the loss for a form.
	In(Form) Loss
}

// In gives the loss that is meant for a form; one that has only a single meaning
// stays as it is. The network's end and its labels decide the form.
func In(l Loss, f Form) Loss {
	if adaptive, ok := l.(Adaptive); ok {
		return adaptive.In(f)
	}
	return l
}

// formed is the part that adaptive losses have in common.
type formed struct{ form Form }

// Target is what the form says.
func (f *formed) Target() Target { return f.form.Target }

// Head is what the form says; a softmax where it says nothing.
func (f *formed) Head() Head {
	if f.form.Head == Linear {
		return Softmax
	}
	return f.form.Head
}
