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

func TestMisspelt(t *testing.T) {
	layers := []string{"conv3d", "max_pool3d", "average_pool3d", "dense", "dropout", "batch_norm", "kernel_size", "kernel_initializer", "filters"}
	for _, c := range []struct {
		name, near string
		want       bool
	}{
		{"Conv3D", "conv3d", true}, {"conv2d", "conv3d", true}, {"dens", "dense", true}, {"filtres", "filters", true}, {"batchnrom", "batch_norm", true},
		{"drop", "dropout", true}, {"kernel", "kernel_size", false}, {"avg_pool3d", "max_pool3d", false}, {"average_pol3d", "average_pool3d", true},
		{"flat", "filters", false}, {"ap", "average_pool3d", true},
	} {
		if got := Misspelt(c.name, c.near, layers); got != c.want {
			t.Errorf("%q is surely %q: %v, want %v", c.name, c.near, got, c.want)
		}
	}
	if Misspelt("ad", "add", []string{"add", "adam", "and"}) {
		t.Error("two names are one letter away, and one of them is sure")
	}
	if !Alike("kernelSize", "kernel-size") || Alike("kernel", "kernel_size") {
		t.Error("only case and separators may differ")
	}
}
