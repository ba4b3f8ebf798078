package kind

import (
	_ "embed"
	"strings"
	"testing"
	"testing/fstest"
)

//go:embed manual_test.go
var testSource []byte

// The structs below are read from this file under another name, since the
// sources of tests are left out.

// Shared is what several kinds have in common.
type Shared struct {
	// Whether it is so.
	Flag bool `yaml:"flag"`
}

// Inner is a map of settings.
type Inner struct {
	// How deep.
	Depth int `yaml:"depth"`
}

// Described does a thing to
// volumes [N, C]. It has a second sentence, on `code` and snake_case.
//
// And a second paragraph:
//
//	described: {plain_number: 3}
type Described struct {
	// Number is how many, the Number not being
	// replaced inside.
	Number int    `yaml:"plain_number,positional"`
	Word   string `yaml:"word"` // a word
	// The part.
	Part *Inner `yaml:"part"`
	// Not for configs.
	Hidden int `yaml:"-"`
	Shared `yaml:",inline"`
}

// Silent has a field without a comment.
type Silent struct {
	Number int `yaml:"number"`
}

type Mute struct{}

func described(t *testing.T) *Table {
	t.Helper()
	sources := fstest.MapFS{"settings.go": {Data: testSource}, "settings_test.go": {Data: []byte("no Go")}}
	return NewTable("thing", sources,
		Of("described", "described", Described{Number: 7, Shared: Shared{Flag: true}}),
		Of("silent", "silent", Silent{}),
		Of("mute", "mute", Mute{}),
	)
}

func TestManual(t *testing.T) {
	m, err := described(t).Manual("described")
	if err != nil {
		t.Fatal(err)
	}
	if want := "Does a thing to volumes [N, C]"; m.Title() != want {
		t.Errorf("the title is %q, want %q", m.Title(), want)
	}
	want := "Does a thing to volumes [N, C]. It has a second sentence, on `code` and snake_case.\n\nAnd a second paragraph:\n\n\tdescribed: {plain_number: 3}"
	if m.Text != want {
		t.Errorf("the text is\n%s\nwant\n%s", m.Text, want)
	}
	var names []string
	for _, s := range m.Settings {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "plain_number word part flag" {
		t.Fatalf("the settings are %s", got)
	}
	number, word, part, flag := m.Settings[0], m.Settings[1], m.Settings[2], m.Settings[3]
	if number.Text != "Is how many, the Number not being replaced inside." || number.Default != 7 || !number.Positional {
		t.Errorf("plain_number is %+v", number)
	}
	if word.Text != "A word" || word.Positional {
		t.Errorf("word is %+v", word)
	}
	if len(part.Settings) != 1 || part.Settings[0].Name != "depth" || part.Settings[0].Text != "How deep." {
		t.Errorf("part is %+v", part)
	}
	if flag.Text != "Whether it is so." || flag.Default != true {
		t.Errorf("flag is %+v", flag)
	}
}

func TestManualMustBeWhole(t *testing.T) {
	for kind, problem := range map[string]string{
		"silent":  `its setting "number" has no doc comment`,
		"mute":    "its settings have no doc comment",
		"unknown": `no thing is named "unknown"`,
	} {
		if _, err := described(t).Manual(kind); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: %v, want %s", kind, err, problem)
		}
	}
}
