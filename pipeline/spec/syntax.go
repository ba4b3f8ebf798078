package spec

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// readable refuses what is not text before the YAML library sees it.
func (p *parser) readable() bool {
	if !utf8.ValidString(p.source) {
		bad := 0
		for bad < len(p.source) {
			char, size := utf8.DecodeRuneInString(p.source[bad:])
			if char == utf8.RuneError && size == 1 {
				break
			}
			bad += size
		}
		d := diag.New(FIL006, diag.Span{File: p.file}, fmt.Sprintf("byte %d, in line %d, is not UTF-8", bad+1, p.position(bad).Line))
		if strings.ContainsRune(p.source[:bad+1], 0) || strings.HasPrefix(p.source, "\xff\xfe") || strings.HasPrefix(p.source, "\xfe\xff") {
			d = d.Note("it may be a data file, or a text in UTF-16")
		}
		p.problems.Add(d.Suggest("save it as UTF-8 text"))
		return false
	}
	at := strings.IndexFunc(p.source, unprintable)
	if at < 0 {
		return true
	}
	char, size := utf8.DecodeRuneInString(p.source[at:])
	if char == 0 {
		p.problems.Add(diag.New(FIL006, diag.Span{File: p.file}, fmt.Sprintf("byte %d is zero, which no text has", at+1)).
			Note("it may be a data file, or a text in UTF-16").Suggest("name the config, saved as UTF-8 text"))
		return false
	}
	p.problems.Add(diag.New(YML001, p.span(at, at+size), fmt.Sprintf("an invisible control character, U+%04X", char)).
		Suggest(`remove it; inside double quotes it can be written as an escape such as \u0007`))
	return false
}

// unprintable marks the characters that YAML 1.2 (section 5.1) keeps out of a
// text.
func unprintable(char rune) bool {
	switch {
	case char == '\t' || char == '\n' || char == '\r' || char == '\u0085':
		return false
	case char < ' ' || char >= 0x7f && char < 0xa0:
		return true
	}
	return char == '\ufeff' || char == '\ufffe' || char == '\uffff'
}

// complaint is what we say where the YAML library refuses a text.
type complaint struct {
	library string // how its message begins
	label   string
	help    string
	find    func(p *parser, line int, message string) (start, end int)
}

// complaints translate the library's messages; the first that fits is taken.
// The library often names the line where a block or a bracket begins, or none,
// so each knows how to find its place.
var complaints = []complaint{
	{"found character that cannot start any token", "a value cannot begin with this character", "put the text in quotes", (*parser).oddStart},
	{"did not find expected key", "this does not continue the map above it", "begin the line below the first letter of the keys above it; if it belongs to a text, put the whole text in quotes", (*parser).firstRefused},
	{"did not find expected '-' indicator", "this does not continue the list above it", "begin the line with a dash below the dashes above it", (*parser).firstRefused},
	{"could not find expected ':'", "a key without a colon", "write `key: value`, with a space behind the colon", (*parser).firstRefused},
	{"did not find expected <document start>", "this stands outside of everything above", "indent it as what it belongs to", (*parser).firstRefused},
	{"mapping values are not allowed in this context", "a colon cannot stand in this line", "if it belongs to the text, put the text in quotes; if it is a new key, begin a new line or mend the indentation", (*parser).wholeLine},
	{"block sequence entries are not allowed in this context", "a list entry cannot begin here", "begin the list on a line of its own, below its key", (*parser).wholeLine},
	{"mapping keys are not allowed in this context", "a key cannot begin here", "begin it on a line of its own", (*parser).wholeLine},
	{"did not find expected ',' or ']'", "this list is not closed, or a comma is missing in it", "close it with ] and write commas between its entries", (*parser).bracket},
	{"did not find expected ',' or '}'", "this map is not closed, or a comma is missing in it", "close it with } and write commas between its entries", (*parser).bracket},
	{"did not find expected node content", "a value is missing here", "write the value, or remove what asks for it", (*parser).firstRefused},
	{"found unexpected end of stream", "these quotes are not closed", "close them", (*parser).bracket},
	{"found unexpected document indicator", "these quotes are not closed", "close them", (*parser).bracket},
	{"found unknown escape character", `a backslash with a meaning that does not exist`, `write \\ for a backslash, or use single quotes`, (*parser).wholeLine},
	{"did not find expected hexdecimal number", "the digits of this escape are missing", `write \x and two, \u and four, or \U and eight digits of base 16`, (*parser).wholeLine},
	{"found invalid Unicode character escape code", "this escape names no character", "write the character itself", (*parser).wholeLine},
	{"did not find expected alphabetic or numeric character", "* and & at the start of a value name an anchor; no name follows", `put the text in quotes: "*.npy"`, (*parser).wholeLine},
	{"unknown anchor", "no anchor above has this name", "define it above with &, or put the text in quotes if it is a pattern", (*parser).unknownAlias},
	{"did not find expected comment or line break", "the text begins on the line below", "move it there, or remove the | or >", (*parser).wholeLine},
	{"found an indentation indicator equal to 0", "the depth of a text cannot be 0", "remove the digit", (*parser).wholeLine},
	{"exceeded max depth", fmt.Sprintf("this is more than %d levels deep", deepest), "write it flatter", (*parser).lineStart},
	{"found unknown directive name", "% at the start of a line", "put the text in quotes, or remove the line", (*parser).wholeLine},
	{"found a tab character", "a tab stands where a space is expected", "indent with spaces: two for each level", (*parser).wholeLine},
	{"found undefined tag handle", "a tag", "remove it; a text that begins with ! belongs in quotes", (*parser).firstRefused},
	{"did not find expected tag URI", "a tag", "remove it; a text that begins with ! belongs in quotes", (*parser).wholeLine},
	{"did not find expected '!'", "a tag", "remove it; a text that begins with ! belongs in quotes", (*parser).wholeLine},
	{"did not find the expected '>'", "a tag", "remove it; a text that begins with ! belongs in quotes", (*parser).wholeLine},
}

var libraryLine = regexp.MustCompile(`^line ([0-9]+): `)

// syntax reports what the library refused, in our words.
func (p *parser) syntax(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if match := libraryLine.FindStringSubmatch(message); match != nil {
		line, _ = strconv.Atoi(match[1])
		message = message[len(match[0]):]
	}
	said := complaint{label: "this cannot be read as YAML", help: "look for a missing quote, bracket or colon in the lines above", find: (*parser).wholeLine}
	for _, c := range complaints {
		if strings.HasPrefix(message, c.library) {
			said = c
			break
		}
	}
	start, end := said.find(p, line, message)
	if said.library == "did not find expected key" {
		if extra, ok := p.closesNothing(start, end); ok {
			p.problems.Add(diag.New(YML001, p.span(extra, extra+1), "this bracket closes nothing").Suggest("remove it, or write the one that it closes"))
			return
		}
	}
	if from, to, ok := p.openReference(start, end); ok && strings.HasPrefix(said.library, "did not find expected ','") {
		reference := p.source[from:to]
		p.problems.Add(diag.New(YML001, p.span(from, to), "in a list or a map on one line, the { of ${ opens another map").
			Suggest("put it in quotes: "+quote(reference), diag.Edit{Span: p.span(from, to), Text: quote(reference)}))
		return
	}
	if kind, ok := p.kindWithoutColon(start); ok && said.library == "mapping values are not allowed in this context" {
		p.problems.Add(diag.New(YML001, p.span(start, end), "this belongs to the item above, which ends without a colon").
			Suggest(fmt.Sprintf("write a colon behind it: `- %s:`", kind)))
		return
	}
	if tabs, ok := p.tabs(start); ok {
		at := p.position(tabs)
		p.problems.Add(diag.New(YML002, p.span(tabs, tabs+1), fmt.Sprintf("a tab in line %d, column %d", at.Line, at.Column)).
			Suggest("indent with spaces: two for each level"))
		return
	}
	p.problems.Add(diag.New(YML001, p.span(start, end), said.label).Suggest(said.help))
}

// openReference finds a ${…} in the lines from start to end that is not in
// quotes.
func (p *parser) openReference(start, end int) (from, to int, found bool) {
	from, _ = p.line(start)
	for at := from; at < end; at++ {
		switch char := p.source[at]; {
		case (char == '"' || char == '\'') && p.beginsValue(at):
			at = quoteEnd(p.source, at, map[byte]byte{'"': '\\', '\'': '\''}[char]) - 1
		case strings.HasPrefix(p.source[at:], "${"):
			if length := referenceEnd(p.source[at:end], 0); length > 0 {
				return at, at + length, true
			}
			return 0, 0, false
		}
	}
	return 0, 0, false
}

var (
	bareItem    = regexp.MustCompile(`^\s*- *([A-Za-z0-9_-]+)\s*$`)
	reservedKey = regexp.MustCompile(`^\s*(` + strings.Join(reserved, "|") + `):(\s|$)`)
)

// kindWithoutColon finds the kind alone in the line above a reserved key.
func (p *parser) kindWithoutColon(offset int) (string, bool) {
	start, end := p.line(offset)
	if start == 0 || !reservedKey.MatchString(p.source[start:end]) {
		return "", false
	}
	above, over := p.line(start - 1)
	match := bareItem.FindStringSubmatch(p.source[above:over])
	if match == nil {
		return "", false
	}
	return match[1], true
}

// tabs finds a tab in the indentation of the line that holds the offset, of the
// last line above it that is not empty, or of the next one below.
func (p *parser) tabs(offset int) (int, bool) {
	_, end := p.line(offset)
	start, _ := p.line(offset)
	above := len(strings.TrimRight(p.source[:start], " \t\r\n"))
	below := min(end+1, len(p.source))
	for _, at := range []int{above, offset, below} {
		start, end := p.line(at)
		text := p.source[start:end]
		indentation := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if tab := strings.IndexByte(indentation, '\t'); tab >= 0 && len(indentation) < len(text) {
			return start + tab, true
		}
	}
	return offset, false
}

// wholeLine is the text of a line, as the library counts lines.
func (p *parser) wholeLine(line int, _ string) (start, end int) {
	return p.textOf(p.breaks[min(line, len(p.breaks))-1])
}

// lineStart is the first character of a line, for what is too long to be shown.
func (p *parser) lineStart(line int, message string) (start, end int) {
	start, end = p.wholeLine(line, message)
	return start, min(start+1, end)
}

// textOf is the line that holds the offset, without its indentation and the
// space at its end.
func (p *parser) textOf(offset int) (start, end int) {
	start, end = p.line(offset)
	text := p.source[start:end]
	start += len(text) - len(strings.TrimLeft(text, " \t"))
	return start, max(start, start+len(strings.TrimSpace(text)))
}

// oddStart finds the character that begins no value.
func (p *parser) oddStart(line int, _ string) (start, end int) {
	start, end = p.wholeLine(line, "")
	if at := strings.IndexAny(p.source[start:end], "@`%\t"); at >= 0 {
		return start + at, start + at + 1
	}
	return start, end
}

// largestRetry is the size up to which a text is read again and again to find
// the line that is refused.
const largestRetry = 256 << 10

// firstRefused is the first line with which the library refuses the text as it
// does the whole.
func (p *parser) firstRefused(line int, message string) (start, end int) {
	if len(p.source) > largestRetry {
		return p.wholeLine(line, message)
	}
	count := sort.Search(len(p.feeds)-1, func(lines int) bool {
		_, err := next(yaml.NewDecoder(strings.NewReader(p.source[:p.feeds[lines+1]])))
		return err != nil && strings.HasSuffix(err.Error(), message)
	})
	return p.textOf(p.feeds[min(count, len(p.feeds)-1)])
}

// bracket finds the bracket or the quotes that are not closed; where all are, a
// comma is missing in the line that the library names.
func (p *parser) bracket(line int, message string) (start, end int) {
	var open []int
	for at := 0; at < len(p.source); at++ {
		switch char := p.source[at]; {
		case char == '#' && (at == 0 || strings.ContainsRune(" \t\n", rune(p.source[at-1]))):
			_, at = p.line(at)
		case (char == '"' || char == '\'') && p.beginsValue(at):
			closed := quoteEnd(p.source, at, map[byte]byte{'"': '\\', '\'': '\''}[char])
			if closed == len(p.source) && (closed == at+1 || p.source[closed-1] != char) {
				return at, at + 1
			}
			at = closed - 1
		case (char == '[' || char == '{') && (len(open) > 0 || p.beginsValue(at)):
			open = append(open, at)
		case (char == ']' || char == '}') && len(open) > 0:
			last := open[len(open)-1]
			if (p.source[last] == '[') != (char == ']') {
				return last, last + 1
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return open[len(open)-1], open[len(open)-1] + 1
	}
	return p.firstRefused(line+1, message)
}

// closesNothing finds a closing bracket directly behind another one, in a line
// that the library refuses there.
func (p *parser) closesNothing(start, end int) (int, bool) {
	depth := 0
	for at := start; at < end; at++ {
		switch p.source[at] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth < 0 && strings.ContainsRune("]} ", rune(p.source[max(at-1, 0)])) {
				return at, true
			}
		}
	}
	return 0, false
}

// beginsValue says whether what stands at the offset is the first thing of a
// value, rather than part of a text.
func (p *parser) beginsValue(offset int) bool {
	before := strings.TrimRight(p.source[:offset], " \t\r\n")
	return before == "" || len(before) < offset && strings.ContainsRune(":-", rune(before[len(before)-1])) ||
		strings.ContainsRune("[{,", rune(before[len(before)-1]))
}

// unknownAlias finds an alias by the name in the library's message.
func (p *parser) unknownAlias(_ int, message string) (start, end int) {
	if _, rest, quoted := strings.Cut(message, "'"); quoted {
		name, _, _ := strings.Cut(rest, "'")
		for at := 0; ; at++ {
			found := strings.Index(p.source[at:], "*"+name)
			if found < 0 {
				break
			}
			at += found
			if end := at + len("*") + len(name); p.beginsValue(at) && wordEnd(p.source, at) == end {
				return at, end
			}
		}
	}
	return p.wholeLine(1, message)
}
