package diag

import (
	"slices"
	"strings"
	"unicode"
)

// Nearest finds the known name that somebody who wrote name most likely meant.
// It sees through case, `-` and `_` (kernelSize, learning-rate), abbreviation
// (lr, val), a plural, and a few wrong, missing or swapped letters; it says
// false where nothing is near enough to be worth a suggestion. Among equally
// near names the one listed first wins.
func Nearest(name string, known []string) (string, bool) {
	written := []rune(squash(name))
	if len(written) == 0 {
		return "", false
	}
	best, bestCost := "", -1
	for _, candidate := range known {
		if cost := distance(written, candidate); cost >= 0 && (bestCost < 0 || cost < bestCost) {
			best, bestCost = candidate, cost
		}
	}
	return best, bestCost >= 0
}

// Alike says that two names differ in case and separators at most.
func Alike(a, b string) bool { return squash(a) == squash(b) }

// Misspelt says that a known name that is near is surely what was meant: that only
// case or separators differ, or one letter, or two of a long word; or that it was
// cut short, and no other known name begins so. What is further off may be the name
// of something else, and is better asked than mended.
func Misspelt(name, near string, known []string) bool {
	written, meant := squash(name), squash(near)
	errors := edits([]rune(written), []rune(meant))
	if errors == 0 || errors <= max(1, min(len(written), len(meant))/lettersPerSlip) {
		return errors == 0 || !slices.ContainsFunc(known, func(other string) bool {
			return other != near && edits([]rune(written), []rune(squash(other))) <= errors
		})
	}
	cut := func(whole string) bool {
		return len(written) >= shortestPrefix && strings.HasPrefix(squash(whole), written) || len(written) > 1 && written == initials(whole)
	}
	return cut(near) && !slices.ContainsFunc(known, func(other string) bool { return other != near && cut(other) })
}

// Costs in quarters of a letter, so that likenesses of another kind can be
// ranked between the numbers of wrong letters.
const (
	perLetter       = 4
	ofInitials      = 2
	ofAbbreviation  = 3
	ofLongForm      = 7
	shortestPrefix  = 3
	lettersPerError = 3
	lettersPerSlip  = 6
)

// distance says how far a candidate is from what was written, or -1 for too far.
func distance(written []rune, candidate string) int {
	meant := []rune(squash(candidate))
	if slices.Equal(written, meant) {
		return 0
	}
	if len(written) >= 2 && string(written) == initials(candidate) {
		return ofInitials
	}
	cost := -1
	consider := func(c int) {
		if cost < 0 || c < cost {
			cost = c
		}
	}
	// One error for every three letters: `dens` may mean dense, `add` not `adam`.
	longer := max(len(written), len(meant))
	if errors := edits(written, meant); errors <= max(1, longer/lettersPerError) && errors < len(written) {
		consider(errors * perLetter)
	}
	if len(written) >= shortestPrefix && len(meant) > len(written) && slices.Equal(meant[:len(written)], written) {
		consider(ofAbbreviation)
	}
	// batchnormalization for batch_norm; a candidate of three letters (add) says too little.
	if len(meant) > shortestPrefix && len(written) > len(meant) && slices.Equal(written[:len(meant)], meant) {
		consider(ofLongForm)
	}
	return cost
}

// squash leaves the letters and digits of a name, in lower case.
func squash(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// initials gives lr for learning_rate.
func initials(name string) string {
	var letters strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word != "" {
			letters.WriteByte(word[0])
		}
	}
	return letters.String()
}

// edits counts the letters to insert, drop, replace or swap with their
// neighbour to get from a to b, no letter being touched twice (the restricted
// Damerau–Levenshtein distance).
func edits(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
