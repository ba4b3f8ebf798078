package spec

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Decoder puts nodes into settings structs and back. It may be used by several
// goroutines at once.
type Decoder struct {
	tables map[reflect.Type]*kind.Table
	plans  sync.Map // of *plan, by type
	codes  map[string]*diag.Code
	habits []Habit
}

// Habit is what other programs have a setting for, and what does it here: of the
// kinds in Of, of all where none is named.
type Habit struct {
	Key     string
	Of      []string
	Instead string
}

// NewDecoder makes a decoder that fills fields of the interface types with the
// kinds of their tables.
func NewDecoder(tables map[reflect.Type]*kind.Table) *Decoder { return &Decoder{tables: tables} }

// Allowing makes the decoder check that the codes an item silences exist and are
// warnings. Without it every code is taken.
func (d *Decoder) Allowing(codes []*diag.Code) *Decoder {
	d.codes = make(map[string]*diag.Code, len(codes))
	for _, code := range codes {
		d.codes[code.ID] = code
	}
	return d
}

// Knowing has the decoder say of keys that other programs have what does it here.
func (d *Decoder) Knowing(habits []Habit) *Decoder {
	d.habits = habits
	return d
}

// instead is what does here what a key does elsewhere; "" for other keys.
func (d *Decoder) instead(key, owner string) string {
	for _, h := range d.habits {
		if diag.Alike(key, h.Key) && (h.Of == nil || slices.Contains(h.Of, owner)) {
			return h.Instead
		}
	}
	return ""
}

// Items reads a list of items as [Items] does, and checks the codes that they
// silence.
func (d *Decoder) Items(list *Node, table *kind.Table, problems *diag.List) []Item {
	items := Items(list, table, problems)
	for i := range items {
		d.mistaken(&items[i], table, problems)
	}
	if d.codes == nil {
		return items
	}
	for _, item := range items {
		for i, allowed := range item.Allow {
			id := allowed.Code
			switch code, known := d.codes[id]; {
			case !known:
				known := make([]string, 0, len(d.codes))
				for _, code := range d.codes {
					if code.Severity != diag.Error {
						known = append(known, code.ID)
					}
				}
				slices.Sort(known)
				problems.Add(suggestName(diag.New(GRA005, item.allowSpans[i], fmt.Sprintf("there is no code %s", id)),
					id, known, "the warnings", "write the code of the warning as it is shown"))
			case code.Severity == diag.Error:
				problems.Add(diag.New(GRA005, item.allowSpans[i], "this is an error, not a warning").
					Note("%s: %s", id, code.Title).
					Suggest("mend what it reports; only warnings can be silenced"))
			}
		}
	}
	return items
}

// mistaken makes an item the kind that has its name in other programs, where its
// settings are that one's: the rest is then read as it was meant.
func (d *Decoder) mistaken(item *Item, table *kind.Table, problems *diag.List) {
	other, ok := table.MistakenFor(item.Kind)
	if !ok || item.Settings == nil {
		return
	}
	ours, _ := table.New(item.Kind)
	meant, _ := table.New(other)
	own, others := d.planOf(reflect.TypeOf(ours).Elem()), d.planOf(reflect.TypeOf(meant).Elem())
	foreign := item.Settings.Form == Scalar && item.Settings.Type != Unknown
	for _, entry := range item.Settings.Entries {
		if _, known := own.index[entry.Key]; known {
			continue
		}
		names, _ := likely(entry.Key, others.names, others.elsewhere)
		foreign = foreign || len(names) > 0
	}
	if !foreign {
		return
	}
	problems.Add(suggestOne(diag.New(YML009, item.KindSpan, fmt.Sprintf("with such settings %s is %s elsewhere", item.Kind, other)), other, item.KindSpan, true))
	item.Kind = other
}

// Decode puts the settings into a settings struct, given by a pointer, whose
// defaults stay where nothing is written. Everything that is wrong is reported;
// around is where the settings stand, for what is missing.
func (d *Decoder) Decode(settings *Node, around diag.Span, into any, problems *diag.List) Spans {
	c := &decoding{Decoder: d, problems: problems}
	return c.settings(settings, around, "", reflect.ValueOf(into).Elem())
}

// DecodeItem puts the settings of an item into a settings struct of its kind.
func (d *Decoder) DecodeItem(item Item, into any, problems *diag.List) Spans {
	c := &decoding{Decoder: d, problems: problems}
	return c.settings(item.Settings, item.KindSpan, item.Kind, reflect.ValueOf(into).Elem())
}

// decoding is one call of Decode.
type decoding struct {
	*Decoder
	problems *diag.List
}

// refuse reports a value that its setting does not take.
func (c *decoding) refuse(n *Node, r *refusal) {
	d := locate(diag.New(YML005, diag.Span{}, r.label), n)
	if r.help != "" {
		var edits []diag.Edit
		if r.replacement != "" && !n.isUsed() {
			edits = []diag.Edit{{Span: n.Span, Text: r.replacement}}
		}
		d = d.Suggest(r.help, edits...)
	}
	c.problems.Add(d)
}

// settings decodes a settings struct. Its owner is the kind or the key that it
// belongs to, "" if unknown.
func (c *decoding) settings(n *Node, around diag.Span, owner string, into reflect.Value) Spans {
	plan := c.planOf(into.Type())
	spans := Spans{settings: n, around: around}
	if n != nil && n.Type == Unknown && n.Form == Scalar {
		return spans
	}
	state := make([]state, len(plan.fields))
	switch {
	case n == nil || n.IsNull():
	case plan.positional >= 0 && !slices.ContainsFunc(n.Entries, func(e Entry) bool { _, ok := plan.index[e.Key]; return ok }):
		spans.positional = plan.names[plan.positional]
		c.field(n, plan, plan.positional, into, state)
	case n.Form != Map:
		c.refuse(n, plan.noMap(n))
		return spans
	default:
		for _, entry := range n.Entries {
			i, known := plan.index[entry.Key]
			if !known {
				what := "setting"
				if owner != "" {
					what += " of " + owner
				}
				problem := unknownKey(entry, what, plan.names, plan.elsewhere)
				if way := c.instead(entry.Key, owner); way != "" {
					problem.Help = []diag.Help{{Text: way}}
				}
				c.problems.Add(problem)
				plan.meant(entry.Key, state)
				continue
			}
			c.field(entry.Value, plan, i, into, state)
		}
	}
	c.validate(plan, into, spans, state)
	return spans
}

// noMap refuses a value that stands where settings do. Where one setting alone
// has to be written, or there is only one, the value is most likely its.
func (p *plan) noMap(n *Node) *refusal {
	r := n.refuse("a map of settings")
	if n.IsNull() {
		return r
	}
	r.help = "write each setting as `name: value`, below it or in braces"
	var required []string
	for _, f := range p.fields {
		if f.rules.required {
			required = append(required, f.name)
		}
	}
	if len(required) == 0 && len(p.fields) == 1 && p.fields[0].onOff == (n.Type == Boolean) {
		required = p.names
	}
	if len(required) == 1 && n.Form == Scalar {
		value := n.Text
		if n.Quoted {
			value = quote(value)
		}
		r.instead(fmt.Sprintf("{%s: %s}", required[0], value))
	}
	return r
}

// state is what became of a field.
type state struct {
	written *Node // nil if nothing is written
	failed  bool  // what is written has been refused
}

// meant takes the setting that an unknown key most likely means for written and
// refused, so that it is not reported as missing too.
func (p *plan) meant(key string, state []state) {
	if names, _ := likely(key, p.names, p.elsewhere); len(names) == 1 && state[p.index[names[0]]].written == nil {
		state[p.index[names[0]]].failed = true
	}
}

func (c *decoding) field(n *Node, plan *plan, i int, into reflect.Value, state []state) {
	state[i].written = n
	state[i].failed = !c.value(n, plan.fields[i].name, into.FieldByIndex(plan.fields[i].index))
}

// value decodes one value, the setting of a name; false if it has been refused.
func (c *decoding) value(n *Node, name string, into reflect.Value) bool {
	if n.Form == Scalar && n.Type == Unknown {
		return false
	}
	if itself, ok := into.Addr().Interface().(nodeDecoder); ok {
		return c.keep(n, itself.DecodeNode(n))
	}
	var err error
	switch into.Kind() {
	case reflect.Pointer:
		return c.pointer(n, name, into)
	case reflect.Interface:
		return c.union(n, into)
	case reflect.Int:
		var value int
		if value, err = n.Int(); err == nil {
			into.SetInt(int64(value))
		}
	case reflect.Uint64:
		var value uint64
		if value, err = n.Uint(); err == nil {
			into.SetUint(value)
		}
	case reflect.Float64:
		var value float64
		if value, err = n.Float(); err == nil {
			into.SetFloat(value)
		}
	case reflect.Bool:
		var value bool
		if value, err = n.Bool(); err == nil {
			into.SetBool(value)
		}
	case reflect.String:
		var value string
		if value, err = n.asText(); err == nil {
			into.SetString(value)
		}
	case reflect.Slice:
		return c.list(n, name, into)
	case reflect.Array:
		return c.array(n, name, into)
	case reflect.Map:
		return c.dictionary(n, name, into)
	default:
		return c.part(n, name, into)
	}
	return c.keep(n, err)
}

// keep reports the refusal of a value.
func (c *decoding) keep(n *Node, err error) bool {
	if err != nil {
		c.refuse(n, n.phrase(err))
	}
	return err == nil
}

// pointer decodes what may be left open: nothing is written as null.
func (c *decoding) pointer(n *Node, name string, into reflect.Value) bool {
	if n.IsNull() {
		into.SetZero()
		return true
	}
	value := reflect.New(into.Type().Elem())
	if !into.IsNil() {
		value.Elem().Set(into.Elem()) // what is not written keeps its default
	}
	ok := c.value(n, name, value.Elem())
	into.Set(value)
	return ok
}

// part decodes a struct that is a setting.
func (c *decoding) part(n *Node, name string, into reflect.Value) bool {
	plan := c.planOf(into.Type())
	if n.IsNull() || n.Form != Map && plan.positional < 0 {
		c.refuse(n, plan.noMap(n))
		return false
	}
	before := c.problems
	c.problems = &diag.List{}
	c.settings(n, n.Span, name, into)
	return c.rejoin(before)
}

// rejoin hands what was reported meanwhile to the list from before, and says
// whether it was nothing.
func (c *decoding) rejoin(before *diag.List) bool {
	own := c.problems.All()
	c.problems = before
	for _, d := range own {
		before.Add(d)
	}
	return len(own) == 0
}

// union decodes one kind of a table: its name alone, or a map of its name to
// its settings; null for none.
func (c *decoding) union(n *Node, into reflect.Value) bool {
	table := c.tables[into.Type()]
	family := table.Family()
	if n.IsNull() {
		into.SetZero()
		return true
	}
	name, settings, at := n.Text, (*Node)(nil), n
	switch {
	case n.Form == Map && len(n.Entries) == 1:
		entry := n.Entries[0]
		name, settings, at = entry.Key, entry.Value, &Node{Span: entry.KeySpan, Used: n.Used}
	case n.Form == Map && len(n.Entries) > 1:
		first, second := n.Entries[0], n.Entries[1]
		c.problems.Add(diag.New(YML017, second.KeySpan, "a second name").And(first.KeySpan, "the first one").
			Note("want the name of one %s, with its settings below it", family).
			Suggest(fmt.Sprintf("indent %s further if it is a setting of %s; else keep one of them", second.Key, first.Key)))
		return false
	case !n.IsText() || n.Text == "":
		c.refuse(n, n.refuse(fmt.Sprintf("the name of %s, or a map of it to its settings", indefinite(family))))
		return false
	}
	value, known := table.New(canonical(name))
	if !known {
		c.problems.Add(unknownKind(table, name, at))
		return false
	}
	before := c.problems
	c.problems = &diag.List{}
	c.settings(settings, at.Span, canonical(name), reflect.ValueOf(value).Elem())
	into.Set(reflect.ValueOf(value))
	return c.rejoin(before)
}

// indefinite puts a or an before a word.
func indefinite(word string) string {
	if word != "" && slices.Contains([]byte("aeio"), word[0]) {
		return "an " + word
	}
	return "a " + word
}
