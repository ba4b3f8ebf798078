package train

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// TensorBoard writes the course of the training for TensorBoard, which draws it
// in a browser while it goes on: `tensorboard --logdir runs` shows all runs.
//
// As with Keras' callback, the numbers of the training partition are in the
// folder train below `log_dir`, those of the validation partition in validation,
// and are named epoch_loss, epoch_accuracy, … and epoch_learning_rate. Epochs are
// counted from 1, as in history.csv. Only numbers are written: no graph, no
// histograms, no images.
type TensorBoard struct {
	// The folder to write into, relative to the run's record.
	LogDir string `yaml:"log_dir" validate:"required"`
	// How often: after each epoch; or with batch after each step too, the running
	// means of the epoch, named batch_loss, ….
	UpdateFreq string `yaml:"update_freq" validate:"oneof=epoch batch"`
}

// Monitor watches no column.
func (*TensorBoard) Monitor() (column, mode string, ok bool) { return "", "", false }

// File is the folder to write into.
func (b *TensorBoard) File() string { return b.LogDir }

// Start writes from the first step on.
func (b *TensorBoard) Start() Follower { return b.start(time.Now) }

func (b *TensorBoard) start(now func() time.Time) *board {
	name := fmt.Sprintf("events.out.tfevents.%010d.pipe", now().Unix())
	return &board{
		TensorBoard: b, now: now,
		train:      eventFile{name: b.LogDir + "/train/" + name},
		validation: eventFile{name: b.LogDir + "/validation/" + name},
	}
}

type board struct {
	*TensorBoard
	now               func() time.Time
	train, validation eventFile
	steps             int64
	// failed is the first error of a step, which only a row can report.
	failed error
}

func (b *board) Step(c *Course, _ float64) {
	b.steps++
	if b.UpdateFreq != "batch" || b.failed != nil {
		return
	}
	var list []scalar
	for i, column := range c.Columns {
		list = append(list, scalar{"batch_" + column, c.Values[i]})
	}
	b.failed = b.train.add(c, event{b.now(), b.steps, append(list, scalar{"batch_" + RateColumn, c.Rate})})
}

func (b *board) Row(c *Course) error {
	if b.failed != nil {
		return b.failed
	}
	var train, validation []scalar
	for i, column := range c.Columns {
		if name, is := strings.CutPrefix(column, "val_"); is {
			validation = append(validation, scalar{"epoch_" + name, c.Values[i]})
		} else {
			train = append(train, scalar{"epoch_" + column, c.Values[i]})
		}
	}
	if !slices.Contains(c.Columns, RateColumn) {
		train = append(train, scalar{"epoch_" + RateColumn, c.Rate})
	}
	if err := b.train.add(c, event{b.now(), int64(c.Epoch), train}); err != nil || validation == nil {
		return err
	}
	return b.validation.add(c, event{b.now(), int64(c.Epoch), validation})
}

func (b *board) Epoch(*Course) error { return nil }
func (b *board) End(*Course)         {}
