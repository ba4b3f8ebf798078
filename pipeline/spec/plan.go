package spec

import (
	"fmt"
	"reflect"
	"strings"
)

// plan is what a config can write for one settings struct.
type plan struct {
	fields []field
	index  map[string]int // by name in a config
	names  []string
	// positional is the field whose value may stand for the settings; -1 if none.
	positional int
}

// field is one setting.
type field struct {
	name  string // in a config
	goes  string // in Go, as rules name it
	index []int
	rules rules
	// onOff says that it is true or false.
	onOff bool
	// elsewhere is what other programs call it.
	elsewhere []string
}

// planOf reads a settings struct, once for each type. It panics on a field that
// could not be decoded or a rule without a sentence: settings are written in
// this program.
func (d *Decoder) planOf(t reflect.Type) *plan {
	if known, ok := d.plans.Load(t); ok {
		return known.(*plan)
	}
	p := &plan{index: map[string]int{}, positional: -1}
	d.add(p, t, nil)
	for i, f := range p.fields {
		p.index[f.name] = i
		p.names = append(p.names, f.name)
	}
	if len(p.index) < len(p.fields) {
		panic(fmt.Sprintf("spec: %s has two settings of one name", t))
	}
	for _, f := range p.fields {
		for _, other := range f.rules.others {
			if _, ok := p.called(other); !ok {
				panic(fmt.Sprintf("spec: a rule of %s in %s names %s, which is no field of it", f.goes, t, other))
			}
		}
	}
	d.plans.Store(t, p)
	return p
}

// called finds a setting by its name in Go.
func (p *plan) called(goes string) (*field, bool) {
	for i := range p.fields {
		if p.fields[i].goes == goes {
			return &p.fields[i], true
		}
	}
	return nil, false
}

// elsewhere lists what other programs call a setting.
func (p *plan) elsewhere(name string) []string { return p.fields[p.index[name]].elsewhere }

// add appends the settings of a struct, those of embedded structs in line.
func (d *Decoder) add(p *plan, t reflect.Type, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		path := append(append([]int{}, index...), i)
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct && name == "":
			d.add(p, f.Type, path)
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			panic(fmt.Sprintf("spec: field %s of %s has no yaml name", f.Name, t))
		}
		if err := d.decodes(f.Type); err != nil {
			panic(fmt.Sprintf("spec: field %s of %s: %v", f.Name, t, err))
		}
		rules, err := rulesOf(f.Tag.Get("validate"), f.Type)
		if err != nil {
			panic(fmt.Sprintf("spec: field %s of %s: %v", f.Name, t, err))
		}
		if options == "positional" {
			p.positional = len(p.fields)
		}
		one := field{name: name, goes: f.Name, index: path, rules: rules, onOff: f.Type.Kind() == reflect.Bool}
		if tag := f.Tag.Get("elsewhere"); tag != "" {
			one.elsewhere = strings.Split(tag, ",")
		}
		p.fields = append(p.fields, one)
	}
}

// Supports says why settings, a pointer to a settings struct, could not be
// decoded: a field of a type that no config can write, or a rule without a
// sentence. It is for the tests of those who declare settings.
func (d *Decoder) Supports(settings any) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("%v", problem)
		}
	}()
	d.supports(reflect.TypeOf(settings), map[reflect.Type]bool{})
	return nil
}

func (d *Decoder) supports(t reflect.Type, seen map[reflect.Type]bool) {
	for !decodesItself(t) && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	if seen[t] || t.Kind() != reflect.Struct || decodesItself(t) {
		return
	}
	seen[t] = true
	if _, isItem := d.itemOf(t); isItem {
		return
	}
	for _, f := range d.planOf(t).fields {
		d.supports(t.FieldByIndex(f.index).Type, seen)
	}
}

// nodeDecoder is a setting that reads itself: a union, like a number or a list
// of names. The error is a phrase for people, like "want a number of classes or
// a list of names".
type nodeDecoder interface{ DecodeNode(n *Node) error }

// nodeEncoder is the inverse. A union without it is written as its first
// exported field that is set.
type nodeEncoder interface{ EncodeNode() *Node }

func decodesItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[nodeDecoder]())
}

// decodes says why a type cannot be decoded.
func (d *Decoder) decodes(t reflect.Type) error {
	if decodesItself(t) {
		return nil
	}
	if _, isItem := d.itemOf(t); isItem {
		return nil
	}
	switch t.Kind() {
	case reflect.Int, reflect.Uint64, reflect.Float64, reflect.Bool, reflect.String, reflect.Struct:
		return nil
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return d.decodes(t.Elem())
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return d.decodes(t.Elem())
		}
	case reflect.Interface:
		if d.tables[t] != nil {
			return nil
		}
		return fmt.Errorf("no table of kinds is known for %s", t)
	}
	return fmt.Errorf("a config cannot write a %s", t)
}

// itemOf says whether a struct is an item of a list (an id, what it takes, and
// what it is), and gives the type of what it is.
func (d *Decoder) itemOf(t reflect.Type) (unit reflect.Type, ok bool) {
	if t.Kind() != reflect.Struct {
		return nil, false
	}
	id, hasID := t.FieldByName("ID")
	from, hasFrom := t.FieldByName("From")
	what, hasUnit := t.FieldByName("Unit")
	if !hasID || !hasFrom || !hasUnit || d.tables[what.Type] == nil {
		return nil, false
	}
	return what.Type, id.Type.Kind() == reflect.String && from.Type == reflect.TypeFor[[]string]()
}
