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

// TestATableWithCrossedNamesIsRefused has rows that name a volume and a mask each.
func TestATableWithCrossedNamesIsRefused(t *testing.T) {
	said := func(columns ...[2]string) string {
		folder := t.TempDir()
		rows := "scan,mask\n"
		for _, names := range columns {
			for _, name := range names {
				array := storedArray{shape: []int{4, 4, 4}, dtype: "uint8", value: func(i int) float64 { return float64(i % 2) }}
				if err := os.MkdirAll(filepath.Join(folder, filepath.Dir(name)), 0o700); err != nil {
					t.Fatal(err)
				}
				place(t, folder, name, array.encoded())
			}
			rows += names[0] + "," + names[1] + "\n"
		}
		place(t, folder, "pairs.csv", []byte(rows))
		path := filepath.Join(folder, "config.yaml")
		if err := os.WriteFile(path, []byte("version: 1\nstages:\n  - load: {table: pairs.csv, volumes: scan, labels: mask}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return strings.Join(summaries(plannedFile(t, path)), "\n")
	}
	pair := func(volume, mask string) [2]string { return [2]string{"v/" + volume + ".npy", "m/" + mask + ".npy"} }
	for name, crossed := range map[string][][2]string{
		"equal names":       {pair("ann", "ann"), pair("bob", "cleo"), pair("cleo", "bob")},
		"names with a tail": {pair("sub-01_T1w", "sub-01_mask"), pair("sub-02_T1w", "sub-10_mask"), pair("sub-10_T1w", "sub-02_mask")},
	} {
		if got := said(crossed...); !strings.Contains(got, "LBL009") || !strings.Contains(got, "in 2 of 3 rows the mask is another volume's: row 1") {
			t.Errorf("%s: %s", name, got)
		}
	}
	for name, paired := range map[string][][2]string{
		"equal names":                          {pair("ann", "ann"), pair("cleo", "cleo"), pair("bob", "bob")},
		"numbers without zeros":                {pair("sub-02_T1w", "sub-2_mask"), pair("sub-10_T1w", "sub-10_mask")},
		"the scan before and the one after":    {pair("t0", "t1"), pair("t1", "t2"), pair("t2", "t3")},
		"numbers that were given on their own": {pair("scan_1", "drawing_2"), pair("scan_2", "drawing_1")},
	} {
		if got := said(paired...); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
