package diag

import "testing"

func TestNearest(t *testing.T) {
	metrics := []string{"accuracy", "balanced_accuracy", "auc", "precision", "recall", "f1", "mean_absolute_error", "mean_squared_error"}
	for name, want := range map[string]string{
		"acc": "accuracy", "auc_": "auc", "mae": "mean_absolute_error", "MSE": "mean_squared_error", "recal": "recall", "precison": "precision",
		"meanSquaredError": "mean_squared_error", "dice": "", "": "",
	} {
		if got, _ := Nearest(name, metrics); got != want {
			t.Errorf("%q is taken for %q, want %q", name, got, want)
		}
	}
}
