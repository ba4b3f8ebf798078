// Package table reads tables of comma-separated values with a header line.
package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Table is a table of texts: named columns of equal length.
type Table struct {
	name    string
	columns []string
	values  [][]string // by column
}

// Error is a table that cannot be used: whose it is, what is wrong with it in
// numbers, and a way out. Its text is written for the person who has the file.
type Error struct {
	// Name is the name for people given to Read.
	Name string
	// Problem says what is wrong, in lower case and without the name.
	Problem string
	// Remedy is a verb phrase, or empty.
	Remedy string

	cause error
}

func (e *Error) Error() string {
	text := e.Name + ": " + e.Problem
	if e.Remedy != "" {
		text += " (" + e.Remedy + ")"
	}
	return text
}

// Unwrap gives the reader's own error, if that is where the problem came from.
func (e *Error) Unwrap() error { return e.cause }

// Read reads a table whole. The first line names the columns; every other line
// that is not blank is a row of as many cells. Cells are separated by commas, or
// by semicolons or tabs if the first line has no comma; a cell in double quotes
// may hold any of them, line breaks too. White space around a cell is dropped, as
// is the byte order mark that some programs begin a file with. The name is the
// file's name for people. The error is an *Error.
func Read(r io.Reader, name string) (*Table, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, &Error{Name: name, Problem: fmt.Sprintf("it cannot be read at byte %d", len(text)), Remedy: "check the disk, or copy the file to another one", cause: err}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, &Error{Name: name, Problem: fmt.Sprintf("it is empty: %d bytes", len(text)), Remedy: "write a line that names the columns, and a line for each example"}
	case bytes.IndexByte(text, 0) >= 0:
		return nil, &Error{Name: name, Problem: fmt.Sprintf("it is not text: byte %d is 0", bytes.IndexByte(text, 0)), Remedy: "save the table as CSV, in UTF-8"}
	case !utf8.Valid(text):
		return nil, &Error{Name: name, Problem: fmt.Sprintf("it is not UTF-8 text: line %d has other bytes", lineOfInvalid(text)), Remedy: "save the table as CSV, in UTF-8"}
	}
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comma = separator(text)
	reader.ReuseRecord = true
	reader.FieldsPerRecord = -1 // counted below, in words of our own
	t := &Table{name: name}
	if err := t.header(reader); err != nil {
		return nil, err
	}
	return t, t.rows(reader)
}

// separator is what the first line separates its cells by.
func separator(text []byte) rune {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	for _, candidate := range ",;\t" {
		if bytes.ContainsRune(line, candidate) {
			return candidate
		}
	}
	return ','
}

// lineOfInvalid counts from 1.
func lineOfInvalid(text []byte) int {
	line := 1
	for len(text) > 0 {
		letter, size := utf8.DecodeRune(text)
		if letter == utf8.RuneError && size == 1 {
			break
		}
		if letter == '\n' {
			line++
		}
		text = text[size:]
	}
	return line
}

func (t *Table) header(reader *csv.Reader) error {
	record, err := reader.Read()
	if err != nil {
		return t.damaged(err)
	}
	for i, column := range record {
		column = strings.TrimSpace(column)
		switch {
		case column == "":
			return &Error{Name: t.name, Problem: fmt.Sprintf("its first line has no name for column %d of %d", i+1, len(record)), Remedy: "name every column in the first line"}
		case slices.Contains(t.columns, column):
			return &Error{Name: t.name, Problem: fmt.Sprintf("it has two columns of the name %q", column), Remedy: "give each column a name of its own"}
		}
		t.columns = append(t.columns, column)
	}
	t.values = make([][]string, len(t.columns))
	return nil
}

func (t *Table) rows(reader *csv.Reader) error {
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t.damaged(err)
		}
		if len(record) != len(t.columns) {
			line, _ := reader.FieldPos(0)
			return &Error{
				Name: t.name, Problem: fmt.Sprintf("line %d has %d cells, its first line names %d columns", line, len(record), len(t.columns)),
				Remedy: "give every line as many cells, and put a cell that has the separator in it in double quotes",
			}
		}
		for i, cell := range record {
			// The record is a piece of one string for the whole line: keep the cell alone.
			t.values[i] = append(t.values[i], strings.Clone(strings.TrimSpace(cell)))
		}
	}
	if t.Len() == 0 {
		return &Error{Name: t.name, Problem: "it has no rows below its first line", Remedy: "write a line for each example"}
	}
	return nil
}

// damaged puts the csv library's errors into our words.
func (t *Table) damaged(err error) error {
	problem := &Error{Name: t.name, Problem: "it cannot be read", Remedy: "save the table as CSV again", cause: err}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		problem.Problem = fmt.Sprintf("line %d is damaged", parse.Line)
		switch {
		case errors.Is(parse.Err, csv.ErrQuote):
			problem.Problem = fmt.Sprintf("a cell that begins on line %d has a double quote that is not closed", parse.StartLine)
			problem.Remedy = `close the quote; a quote within a quoted cell is written twice: ""`
		case errors.Is(parse.Err, csv.ErrBareQuote):
			problem.Problem = fmt.Sprintf("a cell on line %d has a double quote in the middle", parse.Line)
			problem.Remedy = `put the whole cell in double quotes, and write each quote in it twice: ""`
		}
	}
	return problem
}

// Name is the table's name for people.
func (t *Table) Name() string { return t.name }

// Columns lists the names of the columns in their order.
func (t *Table) Columns() []string { return slices.Clone(t.columns) }

// Column gives the cells of a column, one for each row; they must not be changed.
func (t *Table) Column(name string) ([]string, bool) {
	i := slices.Index(t.columns, name)
	if i < 0 {
		return nil, false
	}
	return t.values[i], true
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.values[0]) }
