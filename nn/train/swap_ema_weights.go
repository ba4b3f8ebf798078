package train

// SwapEMAWeights has the model validated with the moving averages of its weights
// that an optimizer with `use_ema` keeps, in place of the weights themselves:
// what is measured after an epoch is then what would be saved at the end. It is
// Keras' SwapEMAWeights.
//
// Training goes on from the weights as they were.
type SwapEMAWeights struct {
	// Whether the other callbacks get the averages too: checkpoint then saves them,
	// and early_stopping restores them.
	SwapOnEpoch bool `yaml:"swap_on_epoch"`
}

// Monitor watches no column.
func (*SwapEMAWeights) Monitor() (column, mode string, ok bool) { return "", "", false }

// Start has nothing to do: the training itself swaps.
func (s *SwapEMAWeights) Start() Follower { return s }

// Step does nothing.
func (*SwapEMAWeights) Step(*Course, float64) {}

// Epoch does nothing.
func (*SwapEMAWeights) Epoch(*Course) error { return nil }

// End does nothing.
func (*SwapEMAWeights) End(*Course) {}

// swapping finds the callback; nil if there is none.
func swapping(callbacks []Callback) *SwapEMAWeights {
	for _, c := range callbacks {
		if s, is := c.(*SwapEMAWeights); is {
			return s
		}
	}
	return nil
}

// averaged does something while the network has its averages, if it is to have
// them.
func (f *fitting) averaged(swap bool, do func() error) error {
	if swap {
		f.optimizer.Swap()
		defer f.optimizer.Swap()
	}
	return do()
}
