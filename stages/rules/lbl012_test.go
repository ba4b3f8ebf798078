package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestLBL012NamesWhatHasNoPartner(t *testing.T) {
	at, volumes := diag.Span{File: "labels"}, diag.Span{File: "volumes"}
	d := rules.Unpaired(at, volumes, "row", []string{"scan_4"}, []string{"scan_3", "scan_7"})
	if got, want := d.Primary.Label+"; "+d.Related[0].Label, "2 rows without a volume: scan_3, scan_7; 1 volume without a row: scan_4"; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
	d = rules.Unpaired(at, volumes, "mask", nil, []string{"mask_3"})
	if got, want := d.Primary.Label+"; "+d.Related[0].Label, "1 mask without a volume: mask_3; each volume has a mask"; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
	var rows []int
	var paths []string
	for i := range 14 {
		rows, paths = append(rows, 2*i), append(paths, fmt.Sprintf("scans/%d.npy", 2*i))
	}
	d = rules.Absent(at, "cases.csv", "volume", 40, rows, paths)
	if d.Primary.Label != "of 40 rows 14 name a volume that is not there" || !strings.HasSuffix(d.Notes[0], "row 20 scans/20.npy, row 22 scans/22.npy and 2 others") {
		t.Errorf("says %q, %q", d.Primary.Label, d.Notes)
	}
}
