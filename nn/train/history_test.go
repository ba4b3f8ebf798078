package train

import (
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
)

// TestCSV: every number reads back as the same float64, in the shortest text.
func TestCSV(t *testing.T) {
	tenth := 0.1
	h := &History{Columns: []string{"loss", "val_loss"}, Epochs: []int{1, 2, 3}, Rows: [][]float64{
		{tenth + 0.2, 1.0 / 3}, {5e-324, math.MaxFloat64}, {math.NaN(), math.Inf(1)},
	}}
	var text strings.Builder
	if err := h.WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	want := "epoch,loss,val_loss\n1,0.30000000000000004,0.3333333333333333\n2,5e-324,1.7976931348623157e+308\n3,NaN,+Inf\n"
	if text.String() != want {
		t.Errorf("wrote\n%swant\n%s", text.String(), want)
	}
	rows, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		for k, field := range row[1:] {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil || math.Float64bits(v) != math.Float64bits(h.Rows[i][k]) && !math.IsNaN(v) {
				t.Errorf("%s reads back as %v, %v", field, v, err)
			}
		}
	}
}

func TestColumns(t *testing.T) {
	s := Settings{Loss: &loss.MeanSquaredError{}, Metrics: []metric.Metric{
		&metric.F1{}, &metric.ConfusionMatrix{}, &metric.Accuracy{}, &metric.F1{Averaging: metric.Averaging{Average: "micro"}},
	}}
	want := []string{"loss", "f1", "accuracy", "f1_1"}
	if got := Columns(s, false); !slices.Equal(got, want) {
		t.Errorf("columns are %v, want %v", got, want)
	}
	want = append(want, "val_loss", "val_f1", "val_accuracy", "val_f1_1")
	if got := Columns(s, true); !slices.Equal(got, want) {
		t.Errorf("columns are %v, want %v", got, want)
	}
}

func TestColumn(t *testing.T) {
	h := &History{Columns: []string{"a", "b"}, Rows: [][]float64{{1, 2}, {3, 4}}}
	if b, ok := h.Column("b"); !ok || !slices.Equal(b, []float64{2, 4}) {
		t.Errorf("b is %v, %t", b, ok)
	}
	if _, ok := h.Column("c"); ok {
		t.Error("there is a column c")
	}
}
