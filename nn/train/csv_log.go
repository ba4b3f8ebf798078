package train

import (
	"strconv"
	"strings"
)

// CSVLog writes the numbers of every epoch into a file of your own, as soon as
// the epoch is done: a table with a heading, like the run's history.csv, with
// the separator and in the place you choose. It is Keras' CSVLogger, except that
// epochs are counted from 1 and columns stand in the history's order.
type CSVLog struct {
	// The file to write, relative to the run's record.
	Filename string `yaml:"filename,positional" validate:"required"`
	// The character between two columns.
	Separator string `yaml:"separator" validate:"len=1"`
	// Whether the rows are added to a file that is there already; without it such a
	// file is replaced. A file in a run's record is always new: this is for one with
	// an absolute path.
	Append bool `yaml:"append"`
}

// Monitor watches no column.
func (*CSVLog) Monitor() (column, mode string, ok bool) { return "", "", false }

// File is the file to write.
func (l *CSVLog) File() string { return l.Filename }

// Start writes from the first epoch on.
func (l *CSVLog) Start() Follower { return &logger{CSVLog: l} }

type logger struct {
	*CSVLog
	begun bool
}

func (l *logger) Step(*Course, float64) {}
func (l *logger) Epoch(*Course) error   { return nil }
func (l *logger) End(*Course)           {}

func (l *logger) Row(c *Course) error {
	files, err := c.files()
	if err != nil {
		return err
	}
	fields := []string{strconv.Itoa(c.Epoch)}
	for _, v := range c.Values {
		fields = append(fields, shortest(v))
	}
	row := l.line(fields)
	if l.begun {
		return files.Append(l.Filename, row)
	}
	l.begun = true
	heading := l.line(append([]string{"epoch"}, c.Columns...))
	if !l.Append {
		return files.Write(l.Filename, append(heading, row...))
	}
	size, err := files.Size(l.Filename)
	if err != nil {
		return err
	}
	if size == 0 {
		row = append(heading, row...)
	}
	return files.Append(l.Filename, row)
}

// line joins fields. One that has the separator in it is quoted.
func (l *logger) line(fields []string) []byte {
	for i, field := range fields {
		if strings.Contains(field, l.Separator) {
			fields[i] = `"` + field + `"`
		}
	}
	return []byte(strings.Join(fields, l.Separator) + "\n")
}
