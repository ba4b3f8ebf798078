package train

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/metric"
)

// History is the course of a training: a row for each epoch.
type History struct {
	// Columns name the values of a row: loss, the metrics, then the same for the
	// validation data with "val_" in front, then learning_rate if it may change.
	Columns []string
	// Epochs number the rows, from 1.
	Epochs []int
	Rows   [][]float64
	// Stopped is why a callback ended training early; "" if none did.
	Stopped string
	// Diverged is where the loss became no number, if a callback ended training there.
	Diverged *Diverged
	// Restored is the epoch whose weights the network was given back at the end; 0
	// if it has those of the last step.
	Restored int
}

// Column gives one column, an element for each row, or false if there is none
// of that name.
func (h *History) Column(name string) ([]float64, bool) {
	for i, column := range h.Columns {
		if column != name {
			continue
		}
		values := make([]float64, len(h.Rows))
		for row := range h.Rows {
			values[row] = h.Rows[row][i]
		}
		return values, true
	}
	return nil, false
}

// WriteCSV writes a heading and a row for each epoch. Numbers have the shortest
// text that reads back as the same float64; what is not a number is "NaN",
// "+Inf" or "-Inf".
func (h *History) WriteCSV(w io.Writer) error {
	var text strings.Builder
	text.WriteString("epoch")
	for _, column := range h.Columns {
		text.WriteString("," + column)
	}
	text.WriteByte('\n')
	for i, row := range h.Rows {
		text.WriteString(strconv.Itoa(h.Epochs[i]))
		for _, v := range row {
			text.WriteString("," + shortest(v))
		}
		text.WriteByte('\n')
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// shortest is the shortest text that reads back as the same number.
func shortest(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// RateColumn is the learning rate of an epoch's last step. Only trainings whose
// learning rate may change have it.
const RateColumn = "learning_rate"

// Columns names the history's columns: what is measured, and the learning rate
// where a schedule or a callback may change it.
func Columns(s Settings, validation bool) []string {
	columns := Measured(s, validation)
	if s.Schedule != nil || slices.ContainsFunc(s.Callbacks, Tunes) {
		columns = append(columns, RateColumn)
	}
	return columns
}

// Measured names the columns that callbacks can watch: loss, metrics, and with
// validation data the same with "val_" in front. A metric that is a table has
// none.
func Measured(s Settings, validation bool) []string {
	var columns []string
	if s.Loss != nil {
		columns = append(columns, "loss")
	}
	for i, name := range metricNames(s.Metrics) {
		if s.Metrics[i].Better() != "" {
			columns = append(columns, name)
		}
	}
	if validation {
		for _, column := range columns {
			columns = append(columns, "val_"+column)
		}
	}
	return columns
}

// metricNames names the metrics as a config does; a second one of a kind gets
// "_1" behind its name, the next one "_2".
func metricNames(metrics []metric.Metric) []string {
	names := make([]string, len(metrics))
	times := make(map[string]int)
	for i, m := range metrics {
		name := metric.Name(m)
		names[i] = name
		if times[name] > 0 {
			names[i] = fmt.Sprintf("%s_%d", name, times[name])
		}
		times[name]++
	}
	return names
}

// Direction says which way is better for a column of a history, "min" or "max";
// "" for a name that no loss or metric has. It is what the mode `auto` of a
// callback means.
func Direction(column string) string {
	name := strings.TrimPrefix(column, "val_")
	if name == "loss" {
		return "min"
	}
	settings, listed := metric.Table().New(name)
	if !listed {
		base, number, found := cutLast(name, "_")
		if _, err := strconv.Atoi(number); !found || err != nil {
			return ""
		}
		if settings, listed = metric.Table().New(base); !listed {
			return ""
		}
	}
	return settings.(metric.Metric).Better()
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}
