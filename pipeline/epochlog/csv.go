package epochlog

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// readCSV reads a table with a heading; false if the text is none. Rows of one
// epoch are one row: PyTorch Lightning writes training and validation apart.
func (l *Log) readCSV(text []byte) bool {
	heading, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n "), []byte("\n"))
	separator, ok := separatorOf(heading)
	if !ok {
		return false
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = separator, -1, true
	names, err := r.Read()
	if err != nil {
		return false
	}
	columns := make([]string, len(names))
	epochColumn := -1
	found := false
	for k, name := range names {
		// pandas leaves the heading of a table's index empty.
		if plain := strings.TrimSpace(name); strings.EqualFold(plain, "epoch") || plain == "" && k == 0 {
			epochColumn = k
			continue
		}
		if canon, ok := canonical(name); ok {
			columns[k] = canon
			found = true
		}
	}
	if !found {
		return false
	}
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return true
		}
		if err != nil {
			return false
		}
		line, _ := r.FieldPos(0)
		l.tableRow(fields, columns, epochColumn, line)
	}
}

// tableRow adds what one row of a table says.
func (l *Log) tableRow(fields, columns []string, epochColumn, line int) {
	epoch := len(l.Rows) + 1
	if epochColumn >= 0 && epochColumn < len(fields) {
		number, err := strconv.ParseFloat(strings.TrimSpace(fields[epochColumn]), 64)
		if err != nil {
			return
		}
		epoch = int(number)
	}
	for k, field := range fields {
		if k >= len(columns) || columns[k] == "" {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil {
			continue
		}
		if n := len(l.Rows); n == 0 || l.Epochs[n-1] != epoch {
			l.begin(epoch, line)
		}
		l.put(columns[k], value, line)
	}
}

// separatorOf finds what parts the names of a heading.
func separatorOf(heading []byte) (rune, bool) {
	for _, separator := range []rune{',', ';', '\t'} {
		fields := strings.Split(strings.TrimSpace(string(heading)), string(separator))
		names := len(fields) > 1
		for k, field := range fields {
			field = strings.Trim(field, `" `)
			names = names && (isName(field) || field == "" && k == 0)
		}
		if names {
			return separator, true
		}
	}
	return 0, false
}

// isName says whether a field is a name, rather than a number or a sentence.
func isName(field string) bool {
	if field == "" || len(field) > 60 || strings.ContainsAny(field, ":=[]") {
		return false
	}
	_, err := strconv.ParseFloat(field, 64)
	return err != nil
}
