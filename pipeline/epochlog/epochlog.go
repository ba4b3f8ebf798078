// Package epochlog reads the epochs that a training printed, whoever trained:
// our history.csv, the files of Keras' CSVLogger and of PyTorch Lightning's, the
// tables of fastai, nolearn and skorch, the history that Keras' fit returns, and the
// lines that Keras, Lightning, nnU-Net, MONAI, Hugging Face's Trainer and loops
// written by hand leave on a screen. Columns get the names that our own history uses.
package epochlog

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Log is the course of a training as somebody wrote it down.
type Log struct {
	// Columns are named as in our history: loss, accuracy, …, and what was measured
	// on validation data with "val_" in front.
	Columns []string
	// Epochs number the rows as the text does: Keras' CSVLogger counts from 0.
	Epochs []int
	// Rows[i][k] is column k in the i-th epoch, NaN where the text does not give it.
	Rows [][]float64
	// Lines[i] is the last line, from 1, that says something of the i-th epoch.
	Lines []int
	// Given[i][k] says that the text gives Rows[i][k], which may be NaN itself.
	Given [][]bool
	// Confusion is the last square matrix of counts in the text, a row for each
	// class; nil without one.
	Confusion     [][]int
	ConfusionLine int // its last line
	// ByClass are the last scores of single classes in the text.
	ByClass []ClassScore

	// numbered says that the text numbers its epochs.
	numbered bool
	// over says that the lines now are of something behind the last epoch.
	over bool
	// inReport says that the lines now are rows of a table on classes.
	inReport bool
}

// Error says why a text is no log.
type Error struct {
	Name, Problem, Remedy string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Name, e.Problem) }

// Read understands a log. The name is only for the error, which is an *Error.
func Read(name string, text []byte) (*Log, error) {
	var l *Log
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for _, read := range []func(*Log, []byte) bool{(*Log).readCSV, (*Log).readTable, (*Log).readHistory, (*Log).readLines} {
		l = &Log{}
		if read(l, text) {
			break
		}
	}
	if len(l.Rows) == 0 || len(l.Columns) == 0 {
		return nil, &Error{
			Name: name, Problem: "no epoch is found in it",
			Remedy: "give the lines that the training printed, such as `Epoch 3/10 - loss: 0.69 - accuracy: 0.50`, or a CSV with a heading, such as `epoch,loss,accuracy`",
		}
	}
	return l, nil
}

// Column gives one column, an element for each epoch; false if there is none of
// that name.
func (l *Log) Column(name string) ([]float64, bool) {
	k := slices.Index(l.Columns, name)
	if k < 0 {
		return nil, false
	}
	values := make([]float64, len(l.Rows))
	for i, row := range l.Rows {
		values[i] = row[k]
	}
	return values, true
}

// Only leaves the epochs that give the first of the columns: what was printed
// between them, such as a summary, is no epoch.
func (l *Log) only(column int) {
	kept := 0
	for i := range l.Rows {
		if l.Given[i][column] {
			l.Rows[kept], l.Given[kept], l.Epochs[kept], l.Lines[kept] = l.Rows[i], l.Given[i], l.Epochs[i], l.Lines[i]
			kept++
		}
	}
	l.Rows, l.Given, l.Epochs, l.Lines = l.Rows[:kept], l.Given[:kept], l.Epochs[:kept], l.Lines[:kept]
}

// begin starts a row for an epoch.
func (l *Log) begin(epoch, line int) {
	l.Epochs = append(l.Epochs, epoch)
	l.Lines = append(l.Lines, line)
	row := make([]float64, len(l.Columns))
	for k := range row {
		row[k] = math.NaN()
	}
	l.Rows = append(l.Rows, row)
	l.Given = append(l.Given, make([]bool, len(l.Columns)))
}

// put writes a value into the last row: what is said later of the same epoch
// counts.
func (l *Log) put(column string, value float64, line int) {
	l.putInto(len(l.Rows)-1, column, value, line)
}

// putInto writes a value into a row.
func (l *Log) putInto(row int, column string, value float64, line int) {
	k := slices.Index(l.Columns, column)
	if k < 0 {
		k = len(l.Columns)
		l.Columns = append(l.Columns, column)
		for i := range l.Rows {
			l.Rows[i] = append(l.Rows[i], math.NaN())
			l.Given[i] = append(l.Given[i], false)
		}
	}
	l.Rows[row][k], l.Given[row][k], l.Lines[row] = value, true, line
}

// canonical gives the name that our history uses for what others call val acc,
// train_loss_epoch or valid/dice; false for what is no measure of a training.
func canonical(name string) (string, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	name = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '/' {
			return '_'
		}
		return r
	}, name)
	part, rest := splitPart(name)
	rest = strings.TrimSuffix(rest, "_epoch")
	if strings.HasSuffix(rest, "_step") {
		return "", false
	}
	switch {
	case rest == "acc":
		rest = "accuracy"
	case strings.HasSuffix(rest, "_acc"):
		rest = strings.TrimSuffix(rest, "_acc") + "_accuracy"
	case rest == "lr":
		rest = "learning_rate"
	case rest == "mae":
		rest = "mean_absolute_error"
	case rest == "mse":
		rest = "mean_squared_error"
	case rest == "pseudo_dice", rest == "global_foreground_dice": // nnU-Net's, of its validation
		part, rest = "val_", "dice"
	}
	for _, known := range measures {
		if strings.Contains(rest, known) {
			return part + rest, true
		}
	}
	return "", false
}

// splitPart takes the part of the data off a name: "val_" for validation, ""
// for training, "test_" for a test.
func splitPart(name string) (part, rest string) {
	for _, p := range parts {
		for _, word := range p.words {
			if rest, ok := strings.CutPrefix(name, word+"_"); ok {
				return p.part, rest
			}
			if rest, ok := strings.CutSuffix(name, "_"+word); ok {
				return p.part, rest
			}
		}
	}
	return "", name
}

// parts are the words for the parts of the data.
var parts = []struct {
	part  string
	words []string
}{
	{"val_", []string{"val", "valid", "validation", "dev", "eval"}},
	{"test_", []string{"test"}},
	{"", []string{"train", "training", "tr"}},
}

// measures are what the name of a measure contains.
var measures = []string{
	"loss", "accuracy", "dice", "iou", "jaccard", "auc", "f1", "precision", "recall", "error", "r2", "kappa", "learning_rate",
	"cross_entropy", "crossentropy", "sensitivity", "specificity", "tversky", "focal",
}
