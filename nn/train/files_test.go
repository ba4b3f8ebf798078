package train

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// shelf is a place for files in memory.
type shelf map[string][]byte

func (s shelf) Write(name string, data []byte) error {
	s[name] = slices.Clone(data)
	return nil
}

func (s shelf) Append(name string, data []byte) error {
	s[name] = append(s[name], data...)
	return nil
}

func (s shelf) Size(name string) (int64, error) { return int64(len(s[name])), nil }

var errFull = errors.New("the disk is full")

// full is a place without room.
type full struct{}

func (full) Write(string, []byte) error  { return errFull }
func (full) Append(string, []byte) error { return errFull }
func (full) Size(string) (int64, error)  { return 0, errFull }

// records plays a follower so many rows.
func records(t *testing.T, f Follower, files Files, columns []string, rows ...[]float64) {
	t.Helper()
	c := &Course{Columns: columns, Files: files, Rate: 0.5}
	for i, row := range rows {
		c.Epoch, c.Values = i+1, row
		if err := f.(Recorder).Row(c); err != nil {
			t.Fatal(err)
		}
		if err := f.Epoch(c); err != nil {
			t.Fatal(err)
		}
	}
	f.End(c)
}

// TestNoPlaceForFiles: a callback that writes says so, and ends the training
// with the error of the disk.
func TestNoPlaceForFiles(t *testing.T) {
	for _, callback := range []Callback{&CSVLog{Filename: "x.csv", Separator: ","}, &CSVLog{Filename: "x.csv", Separator: ",", Append: true}, &TensorBoard{LogDir: "logs"}} {
		c := &Course{Epoch: 1, Columns: []string{"loss"}, Values: []float64{1}}
		if err := callback.Start().(Recorder).Row(c); err == nil || !strings.Contains(err.Error(), "no place") {
			t.Errorf("%T without a place: %v", callback, err)
		}
		c.Files = full{}
		if err := callback.Start().(Recorder).Row(c); !errors.Is(err, errFull) {
			t.Errorf("%T on a full disk: %v", callback, err)
		}
	}
}
