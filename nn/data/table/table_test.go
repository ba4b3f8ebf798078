package table

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestRead(t *testing.T) {
	for name, text := range map[string]string{
		"plain":              "image,label\na.npy,healthy\nb.npy,\"a, b\"\n",
		"semicolons":         "image;label\na.npy;healthy\nb.npy;a, b\n",
		"tabs":               "image\tlabel\na.npy\thealthy\nb.npy\ta, b\n",
		"from a spreadsheet": "\ufeffimage , label\r\na.npy, healthy\r\n\r\nb.npy,\"a, b\"\r\n",
		"no line end":        "image,label\na.npy,healthy\nb.npy,\"a, b\"",
	} {
		table, err := Read(strings.NewReader(text), "t.csv")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := table.Columns(); !slices.Equal(got, []string{"image", "label"}) {
			t.Errorf("%s: columns %q", name, got)
		}
		images, _ := table.Column("image")
		labels, ok := table.Column("label")
		if !ok || table.Len() != 2 || !slices.Equal(images, []string{"a.npy", "b.npy"}) || !slices.Equal(labels, []string{"healthy", "a, b"}) {
			t.Errorf("%s: %d rows, images %q, labels %q", name, table.Len(), images, labels)
		}
		if _, ok := table.Column("lable"); ok {
			t.Errorf("%s: found a column that is not there", name)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "it is empty: 0 bytes",
		" \n\n":                      "it is empty: 3 bytes",
		"a,b\n":                      "it has no rows below its first line",
		"a,b\n1,2\n3\n":              "line 3 has 1 cells, its first line names 2 columns",
		"a,b\n1,2,3\n":               "line 2 has 3 cells, its first line names 2 columns",
		"a,,c\n1,2,3\n":              "its first line has no name for column 2 of 3",
		"a,b,a\n1,2,3\n":             `it has two columns of the name "a"`,
		"a\n\"1\n2\n":                "a cell that begins on line 2 has a double quote that is not closed",
		"a\n1\"2\n":                  "a cell on line 2 has a double quote in the middle",
		"a\nb\n\xff\n":               "it is not UTF-8 text: line 3 has other bytes",
		"\x93NUMPY\x01\x00 and more": "it is not text: byte 7 is 0",
	} {
		table, err := Read(strings.NewReader(text), "t.csv")
		var problem *Error
		if !errors.As(err, &problem) {
			t.Errorf("%q: got %v, %v", text, table, err)
			continue
		}
		if problem.Problem != want || problem.Name != "t.csv" || problem.Remedy == "" {
			t.Errorf("%q:\ngot  %v\nwant %s", text, problem, want)
		}
	}
}

func TestReadSaysWhereADiskFails(t *testing.T) {
	bad := errors.New("bad sector")
	_, err := Read(iotest.ErrReader(bad), "t.csv")
	if !errors.Is(err, bad) || !strings.Contains(err.Error(), "cannot be read at byte 0") {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("image,label\na.npy,healthy\n")
	f.Add("\ufeffa;b\r\n\"x;\n\"\"\";2\r\n")
	f.Add("a,b\n1\n")
	f.Add("\"")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := Read(strings.NewReader(text), "t.csv")
		if err != nil {
			var problem *Error
			if !errors.As(err, &problem) || problem.Remedy == "" {
				t.Fatalf("an error without a way out: %v", err)
			}
			return
		}
		for _, column := range table.Columns() {
			if cells, ok := table.Column(column); !ok || len(cells) != table.Len() || len(cells) == 0 {
				t.Fatalf("column %q has %d cells of %d", column, len(cells), table.Len())
			}
		}
	})
}
