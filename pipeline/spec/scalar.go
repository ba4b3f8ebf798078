package spec

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// resolve says what an unquoted scalar stands for. The rules are those of the
// YAML 1.2 core schema, narrower in that only `true` and `false` are booleans
// (so `on`, `yes` and `True` are text), and wider in that digits may be grouped
// by `_` and written in binary.
func resolve(text string) Type {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "false":
		return Boolean
	}
	switch strings.ToLower(text) {
	case ".nan", ".inf", "+.inf", "-.inf":
		return Real
	}
	if text[0] != '.' && text[0] != '-' && text[0] != '+' && (text[0] < '0' || text[0] > '9') {
		return Text
	}
	switch digits := strings.ReplaceAll(text, "_", ""); {
	case integer.MatchString(digits):
		return Integer
	case real.MatchString(digits):
		return Real
	}
	return Text
}

var (
	integer = regexp.MustCompile(`^[-+]?([0-9]+|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)$`)
	real    = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
)

// digits prepares the text of an integer for strconv with base 0: without
// grouping, and without the leading zeros that would make a decimal number octal.
func digits(text string) string {
	text = strings.ReplaceAll(text, "_", "")
	sign := ""
	if text[0] == '-' || text[0] == '+' {
		sign, text = strings.TrimPrefix(text[:1], "+"), text[1:]
	}
	if trimmed := strings.TrimLeft(text, "0"); trimmed == "" {
		text = "0"
	} else if trimmed[0] >= '0' && trimmed[0] <= '9' {
		text = trimmed
	}
	return sign + text
}

// float gives the value of a scalar of type Integer or Real. A number beyond
// float64 is infinite.
func (n *Node) float() float64 {
	switch strings.ToLower(n.Text) {
	case ".nan":
		return math.NaN()
	case ".inf", "+.inf":
		return math.Inf(1)
	case "-.inf":
		return math.Inf(-1)
	}
	text := strings.ReplaceAll(n.Text, "_", "")
	if n.Type == Integer {
		if value, err := strconv.ParseInt(digits(n.Text), 0, 64); err == nil {
			return float64(value)
		}
		text = digits(n.Text)
		if strings.ContainsAny(text, "xob") {
			value, err := strconv.ParseUint(text, 0, 64)
			if err != nil {
				return math.Inf(1)
			}
			return float64(value)
		}
	}
	value, _ := strconv.ParseFloat(text, 64) // out of range gives ±Inf, which is what it means
	return value
}
