package stages_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLabelsInAnotherOrderAreRefused names volumes by a pattern and their labels
// by the rows of a table, which also names the volumes.
func TestLabelsInAnotherOrderAreRefused(t *testing.T) {
	folder := t.TempDir()
	for i := range 3 {
		volume := storedArray{shape: []int{4, 4, 4}, dtype: "float32", value: func(int) float64 { return 0 }}
		place(t, folder, fmt.Sprintf("scan_%d.npy", i), volume.encoded())
	}
	said := func(rows ...string) string {
		place(t, folder, "subjects.csv", []byte("file,dx\n"+strings.Join(rows, "\n")+"\n"))
		config := "version: 1\nstages:\n  - load: {volumes: scan_*.npy, labels: \"subjects.csv#dx\"}\n"
		path := filepath.Join(folder, "config.yaml")
		if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		return strings.Join(summaries(plannedFile(t, path)), "\n")
	}
	if got := said("scan_0.npy,0", "scan_2.npy,1", "scan_1.npy,1"); !strings.Contains(got, "LBL009") || !strings.Contains(got, "sample 1 gets the row of scan_2.npy") {
		t.Errorf("rows in another order: %s", got)
	}
	if got := said("scan_0.npy,0", "scan_1.npy,1", "scan_2.npy,1"); got != "" {
		t.Errorf("rows in order: %s", got)
	}
	if got := said("patient_b,0", "patient_c,1", "patient_a,1"); got != "" {
		t.Errorf("other names: %s", got)
	}
	if got := said("scan_0.npy,0", "scan_1.npy,1", "scan_7.npy,1"); !strings.Contains(got, "LBL012") || !strings.Contains(got, "1 row without a volume: scan_7") {
		t.Errorf("a row of another volume: %s", got)
	}
	if got := said("scan_0.npy,0", "scan_1.npy,1", "scan_2.npy,1", "scan_7.npy,1"); !strings.Contains(got, "LBL012") {
		t.Errorf("a row more: %s", got)
	}
	if got := said("scan_0.npy,0", "scan_2.npy,1"); !strings.Contains(got, "LBL012") || !strings.Contains(got, "each row has a volume") {
		t.Errorf("a row less: %s", got)
	}
	if got := said("patient_b,0", "patient_c,1"); !strings.Contains(got, "SHP012") {
		t.Errorf("a row less, of other names: %s", got)
	}
}
