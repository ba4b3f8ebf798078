package stages

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// joined refuses labels whose own names say that they are in another order than
// the volumes: rows of a table with a column that names the volumes' files, or
// masks in files that are numbered alike. Where no name is on both sides, nothing
// is known.
func (l *loading) joined(p *loadedPart) {
	if l.settings.Table != "" || p.labels == nil || !p.volumes.single {
		return
	}
	volumes := make([]string, len(p.volumes.files))
	for i, file := range p.volumes.files {
		volumes[i] = stem(file.path)
	}
	at := l.at(p.portion, "labels")
	if masks := p.labels.masks; masks != nil && masks.single {
		names := make([]string, len(masks.files))
		for i, file := range masks.files {
			names[i] = stem(file.path)
		}
		if i, torn := otherOrder(volumes, names); torn {
			l.report(notJoined(at, l.at(p.portion, "volumes"), volumes[i], "the mask "+names[i], i).
				Suggest("call the files of a volume and its mask alike, or list both in a table: load: {table: scans.csv, volumes: scan, labels: mask}"))
		}
		return
	}
	ref := parseReference(p.Labels, l.resolve)
	if !ref.isTable() {
		return
	}
	t, err := openTable(ref.path)
	if err != nil {
		return // the labels have been read from it
	}
	for _, column := range t.Columns() {
		cells, _ := t.Column(column)
		names := make([]string, len(cells))
		for i, cell := range cells {
			names[i] = stem(cell)
		}
		if i, torn := otherOrder(volumes, names); torn {
			l.report(notJoined(at, l.at(p.portion, "volumes"), volumes[i], fmt.Sprintf("the row of %s", cells[i]), i).
				Note("the column %s of %s names the volumes, in another order", column, t.Name()).
				Suggest("sort the rows by " + column + ", or load by the table: load: {table: " + t.Name() + ", volumes: …}, with a column of paths"))
			return
		}
	}
}

func notJoined(at, volumes diag.Span, volume, label string, i int) diag.Diagnostic {
	return diag.New(rules.LBL009.Code, at, fmt.Sprintf("sample %d gets %s", i, label)).
		And(volumes, fmt.Sprintf("sample %d is %s: files are taken in the order of their names", i, volume))
}

// otherOrder gives the first place at which two lists that name the same things,
// each once, differ. It is false if they do not, or name other things: names are
// the same if they are equal or have the same number in them, as scan_7 and
// mask_007.
func otherOrder(volumes, labels []string) (int, bool) {
	if len(volumes) != len(labels) {
		return 0, false
	}
	for _, key := range []func(string) string{func(name string) string { return name }, onlyNumber} {
		a, b := keyed(volumes, key), keyed(labels, key)
		if a == nil || b == nil || !sameKeys(a, b) {
			continue
		}
		for i := range volumes {
			if key(volumes[i]) != key(labels[i]) {
				return i, true
			}
		}
		return 0, false
	}
	return 0, false
}

// keyed is the set of the keys; nil if a name has none, or two have the same.
func keyed(names []string, key func(string) string) map[string]bool {
	keys := make(map[string]bool, len(names))
	for _, name := range names {
		k := key(name)
		if k == "" || keys[k] {
			return nil
		}
		keys[k] = true
	}
	return keys
}

func sameKeys(a, b map[string]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return len(a) == len(b)
}

var wholeNumber = regexp.MustCompile(`[0-9]+`)

// onlyNumber is the number in a name that has letters beside it and no other
// number; else "". A bare number may count something else.
func onlyNumber(name string) string {
	found := wholeNumber.FindAllString(name, -1)
	if len(found) != 1 || found[0] == name {
		return ""
	}
	number, err := strconv.Atoi(found[0])
	if err != nil {
		return ""
	}
	return strconv.Itoa(number)
}

// stem is the name of a file without its folder and its extension.
func stem(path string) string {
	base := filepath.Base(path)
	for _, extension := range []string{".npy", ".npz"} {
		base = strings.TrimSuffix(base, extension)
	}
	return base
}
