package kind

import (
	"strings"
	"testing"
	"testing/fstest"
)

type plain struct {
	Size int
}

type other struct{}

func table(kinds ...Kind) *Table { return NewTable("thing", fstest.MapFS{}, kinds...) }

func TestTable(t *testing.T) {
	things := table(Of("first", "first", plain{Size: 3}), Of("second_one", "second_one", other{}))
	if got := strings.Join(things.Names(), " "); got != "first second_one" {
		t.Errorf("the names are %q", got)
	}
	settings, ok := things.New("first")
	if !ok || settings.(*plain).Size != 3 {
		t.Fatalf("a new first is %v, %v", settings, ok)
	}
	settings.(*plain).Size = 4
	if again, _ := things.New("first"); again.(*plain).Size != 3 {
		t.Error("changing one's settings changes the defaults")
	}
	if name, _ := things.NameOf(settings); name != "first" {
		t.Errorf("its name is %q", name)
	}
	if _, ok := things.NameOf(3); ok {
		t.Error("a number has a name")
	}
	if _, ok := things.New("third"); ok {
		t.Error("there is a third")
	}
	if things.Family() != "thing" {
		t.Errorf("the family is %q", things.Family())
	}
	things.Kinds()[0].Name = "changed"
	if things.Names()[0] != "first" {
		t.Error("the list of kinds can be changed from outside")
	}
}

func TestTableRefuses(t *testing.T) {
	good := Of("good", "good", plain{})
	for name, kinds := range map[string][]Kind{
		"a duplicate":         {good, Of("good", "good", other{})},
		"a capital":           {Of("Good", "good", plain{})},
		"no name":             {Of("", "good", plain{})},
		"a double underscore": {Of("a__b", "good", plain{})},
		"no example":          {Of("good", "", plain{})},
		"no settings":         {{Name: "good", Example: "good"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Errorf("the table takes %s", name)
				}
			}()
			table(kinds...)
		})
	}
}

func TestMake(t *testing.T) {
	things := table(Of("first", "first", plain{Size: 3}))
	if made := Make(things, func(p *plain) { p.Size *= 2 }); made.Size != 6 {
		t.Errorf("it is %+v", made)
	}
	if again, _ := things.New("first"); again.(*plain).Size != 3 {
		t.Error("the default has changed")
	}
	defer func() {
		if recover() == nil {
			t.Error("it makes what the table does not have")
		}
	}()
	Make(things, func(*other) {})
}

// TestMistaken: a name may belong to another kind elsewhere, of those that are listed.
func TestMistaken(t *testing.T) {
	things := table(Of("first", "first", plain{}), Of("second", "second", other{})).Mistaken(map[string]string{"first": "second"})
	if got, ok := things.MistakenFor("first"); !ok || got != "second" {
		t.Errorf("first is mistaken for %q", got)
	}
	if got, ok := things.MistakenFor("second"); ok {
		t.Errorf("second is mistaken for %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("nothing is said of a kind that is not listed")
		}
	}()
	table(Of("first", "first", plain{})).Mistaken(map[string]string{"first": "second"})
}

func TestCalled(t *testing.T) {
	things := table(Of("first", "first", plain{}), Of("second", "second", other{})).Called(map[string][]string{"first": {"erster", "primo"}, "second": {"primo"}})
	if got := strings.Join(things.Elsewhere("first"), " "); got != "erster primo" {
		t.Errorf("elsewhere first is called %q", got)
	}
	if things.Elsewhere("third") != nil {
		t.Error("what is not there has a name elsewhere")
	}
	for name, elsewhere := range map[string]map[string][]string{
		"a kind that is not listed": {"third": {"tertio"}},
		"a name of the table's own": {"first": {"second"}},
		"a name that is the kind's": {"first": {"first"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("nothing is said")
				}
			}()
			table(Of("first", "first", plain{}), Of("second", "second", other{})).Called(elsewhere)
		})
	}
}
