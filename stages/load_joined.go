package stages

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// joined holds the names of volumes' files against those that their labels have:
// rows of a table with a column that names the volumes' files, or masks in files that
// are called or numbered alike. It refuses labels in another order, and labels or
// volumes without a partner. Where few names are on both sides, nothing is known.
func (l *loading) joined(p *loadedPart) {
	if p.labels == nil || !p.volumes.single {
		return
	}
	if l.settings.Table != "" {
		l.crossed(p)
		return
	}
	volumes := stems(p.volumes.files)
	at := l.at(p.portion, "labels")
	if masks := p.labels.masks; masks != nil && masks.single {
		names := stems(masks.files)
		if i, torn := otherOrder(volumes, names); torn {
			l.report(notJoined(at, l.at(p.portion, "volumes"), volumes[i], "the mask "+names[i], i).
				Suggest("call the files of a volume and its mask alike, or list both in a table: load: {table: scans.csv, volumes: scan, labels: mask}"))
		} else if alone, left := unpaired(volumes, names); len(alone)+len(left) > 0 {
			l.report(rules.Unpaired(at, l.at(p.portion, "volumes"), "mask", alone, left))
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
		if alone, left := unpaired(volumes, names); len(alone)+len(left) > 0 {
			l.report(rules.Unpaired(at, l.at(p.portion, "volumes"), "row", alone, left).
				Note("the column %s of %s names the volumes", column, t.Name()))
			return
		}
	}
}

// crossed holds the two names of a table's rows against each other: volumes and masks
// that are called alike, each once, but not in the same row. A number alone does not
// make two names alike here, since somebody has written the pairs down.
func (l *loading) crossed(p *loadedPart) {
	masks := p.labels.masks
	if masks == nil || !masks.single {
		return
	}
	volumes, names := stems(p.volumes.files), stems(masks.files)
	i, torn := otherOrderBy(volumes, names, nameKeys[0], calledBy)
	if !torn {
		return
	}
	apart := 0
	for k := range volumes {
		if calledBy(volumes[k]) != calledBy(names[k]) || calledBy(names[k]) == "" && volumes[k] != names[k] {
			apart++
		}
	}
	l.report(diag.New(rules.LBL009.Code, l.At("labels"), fmt.Sprintf("in %d of %d rows the mask is another volume's: row %d has %s", apart, len(volumes), i, names[i])).
		And(l.At("volumes"), fmt.Sprintf("row %d has the volume %s", i, volumes[i])).
		Note("each name is in both columns; rows count from 0, without the header").
		Suggest("put the files of one name into one row: " + filepath.Base(l.settings.Table) + " may have been sorted by one of its columns alone"))
}

func stems(files []reference) []string {
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = stem(file.path)
	}
	return names
}

func notJoined(at, volumes diag.Span, volume, label string, i int) diag.Diagnostic {
	return diag.New(rules.LBL009.Code, at, fmt.Sprintf("sample %d gets %s", i, label)).
		And(volumes, fmt.Sprintf("sample %d is %s: files are taken in the order of their names", i, volume))
}

// nameKeys are what makes two names the same.
var nameKeys = []func(string) string{func(name string) string { return name }, onlyNumber, calledBy}

// otherOrder gives the first place at which two lists that name the same things,
// each once, differ. It is false if they do not, or name other things: names are
// the same if they are equal, have the same number in them, as scan_7 and mask_007, or
// begin alike up to their first number, as sub-07_T1w and sub-07_mask.
func otherOrder(volumes, labels []string) (int, bool) {
	return otherOrderBy(volumes, labels, nameKeys...)
}

func otherOrderBy(volumes, labels []string, keys ...func(string) string) (int, bool) {
	if len(volumes) != len(labels) {
		return 0, false
	}
	for _, key := range keys {
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

// unpaired are the names on each side that the other one lacks, where most of them
// are on both: see otherOrder for when two are the same. Bare numbers are no names:
// some of them may well be the same in a column of something else.
func unpaired(volumes, labels []string) (alone, left []string) {
	if !slices.ContainsFunc(volumes, func(name string) bool { return strings.ContainsFunc(name, unicode.IsLetter) }) {
		return nil, nil
	}
	for _, key := range nameKeys {
		a, b := keyed(volumes, key), keyed(labels, key)
		shared := 0
		for k := range a {
			if b[k] {
				shared++
			}
		}
		if 2*shared <= len(volumes) || 2*shared <= len(labels) {
			continue
		}
		without := func(names []string, other map[string]bool) []string {
			return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return other[key(name)] })
		}
		return without(volumes, b), without(labels, a)
	}
	return nil, nil
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

var firstNumber = regexp.MustCompile(`^([^0-9]*[^0-9 ._-])[ ._-]*([0-9]+)`)

// calledBy is what a name begins with, up to the end of its first number: that of
// sub-07_T1w and of Sub_7_mask alike; else "".
func calledBy(name string) string {
	found := firstNumber.FindStringSubmatch(name)
	if found == nil {
		return ""
	}
	number, err := strconv.Atoi(found[2])
	if err != nil {
		return ""
	}
	return strings.ToLower(found[1]) + " " + strconv.Itoa(number)
}

// stem is the name of a file without its folder and its extension.
func stem(path string) string {
	base := filepath.Base(path)
	for _, extension := range []string{".npy", ".npz"} {
		base = strings.TrimSuffix(base, extension)
	}
	return base
}
