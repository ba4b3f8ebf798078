package train

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn"
)

// Callback is a callback as written: its settings.
type Callback interface {
	// Monitor is the column of the history that decides what the callback does, and
	// its mode as written: auto, min or max. It is false for a callback that watches
	// none.
	Monitor() (column, mode string, ok bool)
	// Start sets it to work on one training.
	Start() Follower
}

// Tuner is a callback that changes the learning rate, which a schedule then may
// not.
type Tuner interface{ Tunes() }

// Tunes says whether a callback is a Tuner.
func Tunes(c Callback) bool {
	_, tunes := c.(Tuner)
	return tunes
}

// Follower is a callback at work. It is called from one goroutine.
type Follower interface {
	// Step follows each step with the batch's loss. A loss that is not finite has
	// not been used to change the weights.
	Step(c *Course, loss float64)
	// Epoch follows each whole epoch, validation included.
	Epoch(c *Course) error
	// End follows the last epoch, however that came to be the last one; not if
	// training ended in an error.
	End(c *Course)
}

// Recorder is a Follower that wants every row of the history, that of an epoch
// which was stopped in its middle too. It gets a row before any Follower gets
// the epoch.
type Recorder interface{ Row(c *Course) error }

// Course is a training under way, as callbacks see it.
type Course struct {
	Net *nn.Network[float32]
	// Epoch and Step count from 1.
	Epoch, Step int
	// Rate is the learning rate of the next step. A callback that Tunes may change
	// it.
	Rate float64
	// Columns and Values are, after an epoch, its row of the history; after a step,
	// the running means of what is worked out in every step.
	Columns []string
	Values  []float64
	// Save stores a network under a name.
	Save func(name string, net *nn.Network[float32]) error
	// Files takes what callbacks write.
	Files Files

	// Origin is where the numbers of the step stopped being finite; nil as long as
	// they are.
	Origin *Origin

	stopped  string
	restored int
}

// Files is where callbacks leave files.
type Files interface {
	// Write makes a file, or replaces it.
	Write(name string, data []byte) error
	// Append adds to the end of a file, which it makes if there is none.
	Append(name string, data []byte) error
	// Size is how long a file is; 0 for none.
	Size(name string) (int64, error)
}

// files is where to write.
func (c *Course) files() (Files, error) {
	if c.Files == nil {
		return nil, errors.New("there is no place to write files")
	}
	return c.Files, nil
}

// Value is the epoch's value in a column, which must be there.
func (c *Course) Value(column string) float64 { return c.Values[slices.Index(c.Columns, column)] }

// Stop ends training, for a reason that is shown to the user. The first reason
// counts.
func (c *Course) Stop(reason string) {
	if c.stopped == "" {
		c.stopped = reason
	}
}

// Stopped is the reason for which training ends; "" if it goes on.
func (c *Course) Stopped() string { return c.stopped }

// Restored says that the network has been given the weights of another epoch.
func (c *Course) Restored(epoch int) { c.restored = epoch }

// Monitoring is what callbacks that watch a column share.
type Monitoring struct {
	// Column is the number to watch, as the history calls it: `loss`, or a metric's
	// name, with `val_` in front for the validation data.
	Column string `yaml:"monitor" validate:"required"`
	// Mode says which way is better: `min`, `max`, or `auto` to tell from the name
	// (down for losses and errors, up for accuracy and the like).
	Mode string `yaml:"mode" validate:"oneof=auto min max"`
}

// improved says whether a value is better than another by more than delta. NaN
// is never better.
func (m *Monitoring) improved(value, than, delta float64) bool {
	if m.direction() == "max" {
		return value-delta > than
	}
	return value+delta < than
}

// worst is a value that every other one improves.
func (m *Monitoring) worst() float64 {
	if m.direction() == "max" {
		return math.Inf(-1)
	}
	return math.Inf(1)
}

func (m *Monitoring) direction() string {
	if m.Mode == "min" || m.Mode == "max" {
		return m.Mode
	}
	return Direction(m.Column)
}

// watchable refuses callbacks that watch a column which training does not give.
func watchable(callbacks []Callback, columns []string) error {
	for _, c := range callbacks {
		column, mode, watches := c.Monitor()
		if !watches {
			continue
		}
		name, _ := Callbacks().NameOf(c)
		if !slices.Contains(columns, column) {
			return fmt.Errorf("%s watches %q, but this training gives %v", name, column, columns)
		}
		if mode != "min" && mode != "max" && Direction(column) == "" {
			return fmt.Errorf("%s can't tell whether more or less %s is better: set mode to min or max", name, column)
		}
	}
	return nil
}
