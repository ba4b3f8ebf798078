package layers

// Input names what the first layer takes, so that layers further down can take it
// too, by its id in their `from`.
//
// It stands at the head of a list of layers and has no weights. At the head of a
// model it is an example of the dataset, at the head of a residual's layers the
// residual's input. Its shape follows from what is above; nobody writes it down.
type Input struct {
	Training `yaml:",inline"`
}

// Enters marks the entrance of a list of layers.
func (*Input) Enters() {}
