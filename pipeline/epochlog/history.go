package epochlog

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

var (
	// list is a name and its numbers, one for each epoch: "'val_loss': [0.69, 0.5]".
	list = regexp.MustCompile(`['"]([A-Za-z][\w ./-]*)['"]\s*:\s*\[([^\[\]{}:]*)\]`)
	// boxed is a number as NumPy 2 prints it: "np.float64(0.69)".
	boxed = regexp.MustCompile(`(?:np|numpy)\.float\d+\(([^()]*)\)`)
)

// readHistory reads the lists of a history, printed or as JSON: what Keras' fit
// returns; false if the text has none.
func (l *Log) readHistory(text []byte) bool {
	for _, m := range list.FindAllSubmatchIndex(text, -1) {
		column, known := canonical(string(text[m[2]:m[3]]))
		values, ok := numbers(string(boxed.ReplaceAll(text[m[4]:m[5]], []byte("$1"))))
		if !known || !ok {
			continue
		}
		line := 1 + bytes.Count(text[:m[0]], []byte("\n"))
		for i, value := range values {
			if i == len(l.Rows) {
				l.begin(i+1, line)
			}
			l.putInto(i, column, value, line)
		}
	}
	return len(l.Rows) > 0
}

// numbers reads a list of numbers parted by commas; false if it is none.
func numbers(text string) ([]float64, bool) {
	fields := strings.Split(strings.TrimSuffix(strings.TrimSpace(text), ","), ",")
	values := make([]float64, len(fields))
	for i, field := range fields {
		value, err := strconv.ParseFloat(strings.ToLower(strings.TrimSpace(field)), 64)
		if err != nil {
			return nil, false
		}
		values[i] = value
	}
	return values, true
}
