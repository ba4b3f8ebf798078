package epochlog

import (
	"regexp"
	"strconv"
	"strings"
)

// ClassScore is what a log says at last of how well one class is recognized.
type ClassScore struct {
	// Class is the class's name or number, as the text has it; Measure what was
	// measured: recall, accuracy, dice.
	Class, Measure string
	Value          float64
	// Examples is how many examples of the class were looked at; 0 if not told.
	Examples int
	// Zeros is how often in a row, at the end, the value was 0.
	Zeros int
	// Line is where it stands.
	Line int
}

var (
	// reportHead heads the table that scikit-learn's classification_report prints.
	reportHead = regexp.MustCompile(`^\s*precision\s+recall\s+f1-score\s+support\s*$`)
	// reportRow is one of its rows: a class, three scores and a count.
	reportRow = regexp.MustCompile(`^\s*(\S.*?)\s+(\d\.\d+)\s+(\d\.\d+)\s+(\d\.\d+)\s+(\d+)\s*$`)
	// reportEnd are the rows below the classes.
	reportEnd = regexp.MustCompile(`^\s*(?:accuracy|(?:micro|macro|weighted|samples) avg)\s+\d`)
	// ofClass is a line about one class: "Accuracy for class: plane is 0.0 %",
	// "Accuracy of plane : 0 %", "Class 2: recall 0.00", "class 2 dice: 0.71".
	ofClass = regexp.MustCompile(`(?i)^\s*(?:(accuracy|recall|dice|iou)\s+(?:for|of)\s+(?:class\s*:?\s*)?(\S+?)\s*(?:is|:|=)\s*|class\s+(\S+?)\s*[:,]?\s+(?:\w+\s+)?(accuracy|recall|dice|iou)\s*(?:is|:|=)?\s*)([\d.]+)\s*(%?)\s*$`)
)

// readClasses adds what one line says of a single class, and tells whether it is one
// of a table on classes.
func (l *Log) readClasses(line string, number int) bool {
	if reportHead.MatchString(line) {
		l.inReport = true
		return true
	}
	if l.inReport && reportEnd.MatchString(line) {
		return true
	}
	if m := reportRow.FindStringSubmatch(line); m != nil && l.inReport {
		recall, _ := strconv.ParseFloat(m[3], 64)
		examples, _ := strconv.Atoi(m[5])
		l.score(ClassScore{Class: m[1], Measure: "recall", Value: recall, Examples: examples, Line: number})
		return true
	}
	if l.inReport && strings.TrimSpace(line) != "" {
		l.inReport = false
	}
	if m := ofClass.FindStringSubmatch(line); m != nil {
		value, err := strconv.ParseFloat(m[5], 64)
		if err != nil {
			return false
		}
		if m[6] == "%" {
			value /= 100
		}
		l.score(ClassScore{Class: m[2] + m[3], Measure: strings.ToLower(m[1] + m[4]), Value: value, Line: number})
		return true
	}
	return false
}

// readSeries adds the numbers of a list that has one for each class, such as nnU-Net's
// "Pseudo dice [0.91, 0.0]": the background, class 0, is not among them.
func (l *Log) readSeries(line string, number int) {
	at := series.FindStringSubmatchIndex(line)
	if at == nil || !strings.Contains(strings.ToLower(line[:at[0]]), "dice") {
		return
	}
	for i, value := range numbersOf(line[at[0]:at[1]]) {
		l.score(ClassScore{Class: strconv.Itoa(i + 1), Measure: "dice", Value: value, Line: number})
	}
}

// score takes the place of what was said of the class before.
func (l *Log) score(s ClassScore) {
	if s.Value == 0 {
		s.Zeros = 1
	}
	for i, before := range l.ByClass {
		if before.Class == s.Class && before.Measure == s.Measure {
			if s.Value == 0 {
				s.Zeros += before.Zeros
			}
			l.ByClass[i] = s
			return
		}
	}
	l.ByClass = append(l.ByClass, s)
}
