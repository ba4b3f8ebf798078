package spec

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The YAML library says where a part starts; where it ends is found in the text.

// properties skips the anchor and the tag in front of a part, and gives the
// start of the part itself. An empty part starts where they end.
func (p *parser) properties(offset int, empty bool) int {
	for offset < len(p.source) && (p.source[offset] == '&' || p.source[offset] == '!') {
		end := wordEnd(p.source, offset)
		offset = skipBlank(p.source, end, "")
		if empty && (offset == len(p.source) || p.source[offset] != '&' && p.source[offset] != '!') {
			return end
		}
	}
	return offset
}

// close moves the end of what was read behind the bracket of a list or map in
// brackets; a block ends with its last part. The library places some empty
// parts in front of the block that they are in.
func (p *parser) close(y *yaml.Node, start int, bracket byte) {
	p.end = max(p.end, start)
	if y.Style&yaml.FlowStyle == 0 {
		return
	}
	if at := skipBlank(p.source, p.end, "[{,:?"); at < len(p.source) && p.source[at] == bracket {
		p.end = at + 1
	}
}

// skipBlank skips white space, comments and the given signs.
func skipBlank(source string, offset int, signs string) int {
	for offset < len(source) {
		char, size := utf8.DecodeRuneInString(source[offset:])
		switch {
		case char == '#':
			end := strings.IndexByte(source[offset:], '\n')
			if end < 0 {
				return len(source)
			}
			offset += end
		case unicode.IsSpace(char) || strings.ContainsRune(signs, char):
			offset += size
		default:
			return offset
		}
	}
	return offset
}

// wordEnd is the end of an anchor, an alias or a tag.
func wordEnd(source string, offset int) int {
	end := strings.IndexAny(source[offset:], " \t\r\n,[]{}")
	if end < 0 {
		return len(source)
	}
	return offset + end
}

// quoteEnd is the end of a text in quotes, in which the escape takes away the
// meaning of the character behind it: a backslash, or a single quote before
// another one.
func quoteEnd(source string, offset int, escape byte) int {
	if offset >= len(source) {
		return len(source)
	}
	quote := source[offset]
	for at := offset + 1; at < len(source); at++ {
		switch {
		case source[at] == escape && escape == '\\':
			at++
		case source[at] == quote && escape == quote && at+1 < len(source) && source[at+1] == quote:
			at++
		case source[at] == quote:
			return at + 1
		}
	}
	return len(source)
}

// wordsEnd finds the end of a text that stands there unquoted. Its lines are
// joined in the value, so its words are followed one by one.
func wordsEnd(source string, offset int, value string) int {
	if strings.HasPrefix(source[offset:], value) {
		return offset + len(strings.TrimRightFunc(value, unicode.IsSpace))
	}
	end := offset
	for word := range strings.FieldsSeq(value) {
		at := end
		for at < len(source) {
			char, size := utf8.DecodeRuneInString(source[at:])
			if !unicode.IsSpace(char) {
				break
			}
			at += size
		}
		if !strings.HasPrefix(source[at:], word) {
			break
		}
		end = at + len(word)
	}
	return end
}
