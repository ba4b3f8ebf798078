package epochlog

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	// escape is what colours a terminal or moves its cursor.
	escape = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)
	// epochAt is how an epoch is announced: "Epoch 3/10", "epoch: 3", "[Epoch 3]",
	// "'epoch': 3.0".
	epochAt = regexp.MustCompile(`(?i)\bepochs?\b['"]?\s*[:#=\[(]*\s*(\d+)`)
	// pair is a name and its number: "val_loss: 0.69", "acc=72.5%", "Train Loss 0.69",
	// "'loss': 0.69".
	pair = regexp.MustCompile(`(?i)([a-z][a-z0-9_./ -]*?)['"]?\s*[:=(]?\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|[-+]?\b(?:nan|inf(?:inity)?)\b)\s*(%?)`)
	// afterTotal is the rest of "3/10".
	afterTotal = regexp.MustCompile(`^\s*(?:/|of)\s*\d+`)
	// partWord is a part of the data, as a word of its own.
	partWord = regexp.MustCompile(`(?i)\b(?:train(?:ing)?|val(?:id(?:ation)?)?|test)\b`)
	// adjective is what people put in front of a measure.
	adjective = regexp.MustCompile(`(?i)^(?:average|avg\.?|mean|total|running|epoch|final|current|the|is|was)$`)
	// afterwards heads what is measured once training has ended.
	afterwards = regexp.MustCompile(`(?i)^\s*(?:evaluat\w*|test(?:ing|s)?|predict\w*)\W*$`)
	// best is a line about an epoch that has passed.
	best = regexp.MustCompile(`(?i)\bbest\b`)
	// series is a number for each class: "Pseudo dice [0.91, 0.0, nan]".
	series = regexp.MustCompile(`(?i)\[((?:\s*(?:np\.float(?:16|32|64)\()?(?:[-+]?[\d.]+(?:e[-+]?\d+)?|nan)\)?\s*,?)+)\]`)
	// counts is a row of a matrix of counts.
	counts = regexp.MustCompile(`^\s*\[{1,2}\s*(\d+(?:[\s,]+\d+)+)\s*\]{1,2},?\s*$`)
)

// readLines reads what a training printed, which may be nothing of use.
func (l *Log) readLines(text []byte) bool {
	l.numbered = epochAt.Match(text)
	var matrix [][]int
	for number, whole := range strings.Split(string(text), "\n") {
		if row := countsOf(whole); row != nil {
			if len(matrix) > 0 && len(matrix[0]) != len(row) || strings.Contains(whole, "[[") {
				matrix = nil
			}
			if matrix = append(matrix, row); len(matrix) == len(row) {
				l.Confusion, l.ConfusionLine, matrix = matrix, number+1, nil
			}
			continue
		}
		// A progress bar is drawn again and again in one line: what is last counts.
		for _, shown := range strings.FieldsFunc(escape.ReplaceAllString(whole, ""), func(r rune) bool { return r == '\r' || r == '\b' }) {
			l.readLine(shown, number+1)
		}
	}
	l.keepEpochs()
	return true
}

// readLine adds what one line says: which epoch it is of, and its numbers.
func (l *Log) readLine(line string, number int) {
	if l.readClasses(line, number) {
		return
	}
	l.readSeries(line, number)
	if afterwards.MatchString(line) {
		l.over = true
	}
	if at := epochAt.FindStringSubmatchIndex(line); at != nil {
		epoch, err := strconv.Atoi(line[at[2]:at[3]])
		if n := len(l.Rows); err == nil && (n == 0 || l.Epochs[n-1] != epoch) {
			l.begin(epoch, number)
		}
		l.over = false
		line = line[:at[0]] + " " + afterTotal.ReplaceAllString(line[at[1]:], "")
	}
	if at := best.FindStringIndex(line); at != nil {
		line = line[:at[0]] // "accuracy: 0.5 best accuracy: 0.6"
	}
	if l.over {
		return
	}
	line = series.ReplaceAllStringFunc(line, meanOf)
	part, end := "", 0
	for _, m := range pair.FindAllStringSubmatchIndex(line, -1) {
		// "val Loss: 0.4 Acc: 0.9" says once of which part both are.
		if words := partWord.FindAllString(line[end:m[3]], -1); words != nil {
			part = words[len(words)-1]
		}
		end = m[1]
		column, known := canonical(measured(line[m[2]:m[3]], part))
		value, err := strconv.ParseFloat(strings.ToLower(line[m[4]:m[5]]), 64)
		if !known || err != nil {
			continue
		}
		if line[m[6]:m[7]] == "%" {
			value /= 100
		}
		// Where epochs have no number, a measure that comes again is the next one's.
		if len(l.Rows) == 0 || !l.numbered && l.has(column, number) {
			l.begin(len(l.Rows)+1, number)
		}
		l.put(column, value, number)
	}
}

// meanOf writes the mean of a list in its place, that of what is a number.
func meanOf(list string) string {
	total, n := 0.0, 0
	for _, value := range numbersOf(list) {
		if !math.IsNaN(value) {
			total, n = total+value, n+1
		}
	}
	return strconv.FormatFloat(total/float64(n), 'g', -1, 64)
}

// numbersOf reads the numbers of a list, also those that NumPy prints with their type.
func numbersOf(list string) []float64 {
	var numbers []float64
	for _, field := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("[], \t", r) }) {
		_, inner, wrapped := strings.Cut(strings.TrimSuffix(field, ")"), "(")
		if !wrapped {
			inner = field
		}
		if value, err := strconv.ParseFloat(inner, 64); err == nil {
			numbers = append(numbers, value)
		}
	}
	return numbers
}

// measured gives the name of a measure from the words in front of its number,
// and the part of the data that it is of.
func measured(words, part string) string {
	if _, last, found := cutLast(words, " - "); found {
		words = last
	}
	var name []string
	for _, word := range strings.Fields(words) {
		if !partWord.MatchString(word) && !adjective.MatchString(word) {
			name = append(name, word)
		}
	}
	joined := strings.Join(name, "_")
	if own, _ := splitPart(strings.ToLower(joined)); own == "" && part != "" {
		return part + "_" + joined
	}
	return joined
}

// cutLast cuts a text at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// countsOf reads a row of a matrix of counts, nil for any other line.
func countsOf(line string) []int {
	m := counts.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	var row []int
	for _, field := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		n, err := strconv.Atoi(field)
		if err != nil {
			return nil
		}
		row = append(row, n)
	}
	return row
}

// keepEpochs drops what was printed beside the epochs: rows that lack the
// measure which most of them have.
func (l *Log) keepEpochs() {
	for k, name := range l.Columns {
		if name == "loss" {
			l.only(k)
			return
		}
	}
}

// has says whether the last epoch has a column, from an earlier line.
func (l *Log) has(column string, line int) bool {
	last := len(l.Rows) - 1
	for k, name := range l.Columns {
		if name == column {
			return l.Given[last][k] && l.Lines[last] != line
		}
	}
	return false
}
