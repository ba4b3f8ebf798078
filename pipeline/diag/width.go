package diag

import (
	"strings"
	"unicode"
)

// tabWidth is the number of columns in which a tab is shown.
const tabWidth = 4

// wide holds the runes that take two columns on a terminal: the blocks of East
// Asian Width W and F (Unicode Standard Annex 11) and the pictographs, without
// the single exceptions inside them.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1}, // Hangul Jamo initials
		{Lo: 0x231A, Hi: 0x231B, Stride: 1}, // watch, hourglass
		{Lo: 0x2E80, Hi: 0x303E, Stride: 1}, // CJK radicals and punctuation
		{Lo: 0x3041, Hi: 0x33FF, Stride: 1}, // kana, CJK symbols
		{Lo: 0x3400, Hi: 0x4DBF, Stride: 1}, // CJK extension A
		{Lo: 0x4E00, Hi: 0x9FFF, Stride: 1}, // CJK
		{Lo: 0xA000, Hi: 0xA4CF, Stride: 1}, // Yi
		{Lo: 0xA960, Hi: 0xA97F, Stride: 1}, // Hangul Jamo extended A
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1}, // Hangul syllables
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1}, // CJK compatibility
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1}, // CJK compatibility forms
		{Lo: 0xFF00, Hi: 0xFF60, Stride: 1}, // fullwidth forms
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1}, // fullwidth signs
	},
	R32: []unicode.Range32{
		{Lo: 0x1F300, Hi: 0x1F64F, Stride: 1}, // pictographs, emoticons
		{Lo: 0x1F680, Hi: 0x1F6FF, Stride: 1}, // transport
		{Lo: 0x1F900, Hi: 0x1F9FF, Stride: 1}, // supplemental pictographs
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1}, // CJK extensions B and up
	},
}

// width gives the number of terminal columns of a rune other than a tab.
func width(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me), r == 0x200D:
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// printable shows control characters and the marks that turn the direction of
// writing as pictures, so that no text of a user can steer the terminal or hide
// what it says.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20:
			return '␀' + r
		case r == 0x7F:
			return '␡'
		case r != 0x200D && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
