package train

import "time"

// Observer is told how training goes. It is called from one goroutine. The
// slices it is given are only valid during the call.
type Observer interface {
	Begin(Plan)
	Step(Progress)
	Epoch(EpochResult)
	End(Ending)
}

// Plan is what is about to happen.
type Plan struct {
	// Epochs is how many there will be, unless training ends early; Steps how many
	// batches each has.
	Epochs, Steps int
	BatchSize     int
	// Examples are those that an epoch trains on, Validation those it is validated
	// on.
	Examples, Validation int
	// Columns are those of the history.
	Columns []string
}

// Progress is where training stands after a step.
type Progress struct {
	// Epoch and Step count from 1.
	Epoch, Epochs int
	Step, Steps   int
	// Columns and Values are running means over the epoch. A metric that takes long
	// to work out is only in the epoch's result.
	Columns []string
	Values  []float64
	// Took is the time since the epoch began.
	Took time.Duration
}

// EpochResult is the row that an epoch adds to the history.
type EpochResult struct {
	Epoch, Epochs int
	Columns       []string
	Values        []float64
	// Took is the time of the whole epoch, validation included.
	Took time.Duration
}

// Ending is how training ended.
type Ending struct {
	// Epochs is how many were finished.
	Epochs int
	// Stopped is why a callback ended it early; "" if none did.
	Stopped string
	// Restored is the epoch whose weights the network was given back; 0 for none.
	Restored int
	// Err is the error that ended it, or nil.
	Err  error
	Took time.Duration
}

// unwatched is the observer of a training that nobody follows.
type unwatched struct{}

func (unwatched) Begin(Plan)        {}
func (unwatched) Step(Progress)     {}
func (unwatched) Epoch(EpochResult) {}
func (unwatched) End(Ending)        {}
