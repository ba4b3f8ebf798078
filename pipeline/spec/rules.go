package spec

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// rules are the validate tag of a field. Bounds are what the validator library
// judges; what depends on whether a setting is written is judged here, because
// the library takes a written zero for nothing.
type rules struct {
	required bool
	bounds   string   // of the value itself
	inside   string   // of each value in a list or a map
	others   []string // every field that a rule names, in Go
	with     []link
}

// link is a rule about other fields.
type link struct {
	rule   string
	fields []string
}

// comparisons are the rules with a bound, and how a sentence says them.
var comparisons = map[string]string{
	"min": "at least", "gte": "at least", "max": "at most", "lte": "at most", "gt": "greater than", "lt": "less than", "len": "exactly",
}

// Supports says whether a rule of a validate tag ("min", "oneof", …) has a
// sentence.
func Supports(rule string) bool {
	_, compares := comparisons[rule]
	return compares || slices.Contains([]string{"required", "omitempty", "oneof", "unique", "dive", "required_without", "required_without_all", "excluded_with"}, rule)
}

// rulesOf reads a validate tag.
func rulesOf(tag string, t reflect.Type) (rules, error) {
	var r rules
	if tag == "" || tag == "-" {
		return r, nil
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var bounds, inside []string
	at := &bounds
	for text := range strings.SplitSeq(tag, ",") {
		name, param, _ := strings.Cut(text, "=")
		if !Supports(name) {
			return r, fmt.Errorf("the rule %q has no sentence", name)
		}
		switch name {
		case "omitempty":
		case "required":
			r.required = r.required || at == &bounds
		case "dive":
			if t.Kind() != reflect.Slice && t.Kind() != reflect.Array && t.Kind() != reflect.Map {
				return r, fmt.Errorf("dive needs a list or a map")
			}
			at, t = &inside, t.Elem()
		case "required_without", "required_without_all", "excluded_with":
			fields := strings.Fields(param)
			r.with = append(r.with, link{name, fields})
			r.others = append(r.others, fields...)
		default:
			if !judges(name, t) {
				return r, fmt.Errorf("the rule %q does not fit a %s", name, t)
			}
			*at = append(*at, text)
		}
	}
	r.bounds, r.inside = strings.Join(bounds, ","), strings.Join(inside, ",")
	return r, nil
}

// judges says whether the library can apply a rule to a type.
func judges(rule string, t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Uint64, reflect.String:
		return rule != "unique"
	case reflect.Float64:
		return rule != "unique" && rule != "oneof"
	case reflect.Slice, reflect.Array, reflect.Map:
		return rule != "oneof"
	}
	return false
}

// judge is the library; making it is dear, and it remembers the tags that it
// has read.
var judge = sync.OnceValue(func() *validator.Validate { return validator.New() })

// broken gives the rules that a value breaks, and the value each is about: that
// of the field, or "[2]" in it.
func broken(value reflect.Value, bounds string) []string {
	if bounds == "" {
		return nil
	}
	var errs validator.ValidationErrors
	if err := judge().Var(value.Interface(), bounds); !errors.As(err, &errs) {
		return nil
	}
	names := make([]string, len(errs))
	for i, e := range errs {
		names[i] = e.Tag()
	}
	return names
}

// validate applies the rules of a struct whose fields have been decoded.
func (c *decoding) validate(p *plan, into reflect.Value, spans Spans, state []state) {
	var missing []string
	for i := range p.fields {
		f, s := &p.fields[i], state[i]
		if s.failed {
			continue
		}
		value := into.FieldByIndex(f.index)
		written := s.written != nil && !s.written.IsNull()
		switch {
		case written:
			c.bounded(f, value, s.written)
		case f.rules.required && value.IsZero():
			missing = append(missing, f.name)
		}
		for _, link := range f.rules.with {
			c.linked(p, i, link, into, spans, state)
		}
	}
	if missing != nil {
		c.missing(spans, strings.Join(missing, ", "), len(missing) > 1, "write "+missing[0]+": and a value")
	}
}

// missing reports settings that have to be written.
func (c *decoding) missing(spans Spans, names string, several bool, help string) {
	verb := "is"
	if several {
		verb = "are"
	}
	c.problems.Add(diag.New(YML007, spans.around, fmt.Sprintf("%s %s missing", names, verb)).Suggest(help))
}

// canBeEmpty is false for numbers and bool: what was written is there, 0 and
// false too.
func canBeEmpty(k reflect.Kind) bool {
	return k != reflect.Bool && (k < reflect.Int || k > reflect.Float64)
}

// bounded applies the rules about one value.
func (c *decoding) bounded(f *field, value reflect.Value, n *Node) {
	for value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return
		}
		value = value.Elem()
	}
	if names := broken(value, f.rules.bounds); names != nil {
		c.outOfBounds(names[0], f.rules.bounds, value, n)
		return
	}
	if f.rules.required && value.IsZero() && canBeEmpty(value.Kind()) {
		c.refuse(n, &refusal{label: "want a value other than " + n.Describe(), help: "write a value"})
		return
	}
	if f.rules.inside == "" {
		return
	}
	switch value.Kind() {
	case reflect.Slice, reflect.Array:
		c.boundedInside(f, value, n)
	case reflect.Map:
		for _, entry := range n.Entries {
			inner := value.MapIndex(reflect.ValueOf(entry.Key).Convert(value.Type().Key()))
			if names := broken(inner, f.rules.inside); names != nil {
				c.outOfBounds(names[0], f.rules.inside, inner, entry.Value)
			}
		}
	}
}

// boundedInside applies the rules about the values in a list, and in those in it.
func (c *decoding) boundedInside(f *field, value reflect.Value, n *Node) {
	for i := range value.Len() {
		at := n // where one number stands for all of them, one report does too
		if n.Form == List {
			at = n.Items[i]
		}
		if value.Index(i).Kind() == reflect.Array {
			c.boundedInside(f, value.Index(i), at)
		} else if names := broken(value.Index(i), f.rules.inside); names != nil {
			c.outOfBounds(names[0], f.rules.inside, value.Index(i), at)
		}
	}
}

// outOfBounds reports a value that breaks a rule. The sentence says all bounds
// of the setting, not only the one that is broken.
func (c *decoding) outOfBounds(rule, bounds string, value reflect.Value, n *Node) {
	switch rule {
	case "unique":
		c.repeated(value, n)
		return
	case "oneof":
		allowed := choices(bounds)
		d := locate(diag.New(YML006, diag.Span{}, fmt.Sprintf("want %s, got %s", either(allowed), n.Describe())), n)
		if near, ok := diag.Nearest(n.Text, allowed); ok {
			c.problems.Add(suggestOne(d, near, n.Span, diag.Misspelt(n.Text, near, allowed)))
			return
		}
		help := "write one of them"
		if len(allowed) == 1 {
			help = "write " + allowed[0]
		}
		c.problems.Add(d.Suggest(help))
		return
	}
	sentence := sentence(bounds, value)
	got := n.Describe()
	if value.Kind() == reflect.String {
		got = fmt.Sprintf("%d", len([]rune(n.Text)))
	}
	c.problems.Add(locate(diag.New(YML006, diag.Span{}, fmt.Sprintf("want %s, got %s", sentence, got)), n).
		Suggest("write " + sentence))
}

// sentence says the bounds of a value: "at least 1 and at most 10".
func sentence(bounds string, value reflect.Value) string {
	var parts []string
	last := ""
	for rule := range strings.SplitSeq(bounds, ",") {
		name, param, _ := strings.Cut(rule, "=")
		if comparison, ok := comparisons[name]; ok {
			parts, last = append(parts, comparison+" "+param), param
		}
	}
	text := strings.Join(parts, " and ")
	unit := ""
	switch value.Kind() {
	case reflect.String:
		unit = "character"
	case reflect.Slice, reflect.Array, reflect.Map:
		if text == "at least 1" {
			return "at least one entry"
		}
		unit = "entries"
		if last == "1" {
			unit = "entry"
		}
		return text + " " + unit
	default:
		return "a number " + text
	}
	if last != "1" {
		unit += "s"
	}
	return text + " " + unit
}

// choices are the values that a oneof rule allows.
func choices(bounds string) []string {
	for rule := range strings.SplitSeq(bounds, ",") {
		if param, ok := strings.CutPrefix(rule, "oneof="); ok {
			return strings.Fields(param)
		}
	}
	return nil
}

// either gives "a, b or c".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// repeated reports the first value of a list that an earlier one equals.
func (c *decoding) repeated(value reflect.Value, n *Node) {
	if value.Kind() != reflect.Slice && value.Kind() != reflect.Array || n.Form != List {
		c.problems.Add(locate(diag.New(YML006, diag.Span{}, "want different values"), n).Suggest("write each value once"))
		return
	}
	seen := make(map[any]int)
	for i := range value.Len() {
		key := value.Index(i).Interface()
		if first, twice := seen[key]; twice {
			c.problems.Add(locate(diag.New(YML006, diag.Span{}, n.Items[i].Text+" a second time"), n.Items[i]).
				And(n.Items[first].Span, "the first time").
				Suggest("write it once"))
			return
		}
		seen[key] = i
	}
}

// linked applies a rule about other fields. Fields that rule each other out, or
// ask for each other, give the same report, which is shown once.
func (c *decoding) linked(p *plan, i int, rule link, into reflect.Value, spans Spans, state []state) {
	present := !into.FieldByIndex(p.fields[i].index).IsZero()
	group := []int{i}
	var there []int
	for _, name := range rule.fields {
		other, _ := p.called(name)
		k := p.index[other.name]
		group = append(group, k)
		if state[k].failed || !into.FieldByIndex(other.index).IsZero() {
			there = append(there, k)
		}
	}
	slices.Sort(group)
	names := make([]string, len(group))
	for i, k := range group {
		names[i] = p.fields[k].name
	}
	switch rule.rule {
	case "excluded_with":
		if !present || len(there) == 0 || state[i].written == nil || state[there[0]].written == nil {
			return
		}
		first, second := i, there[0]
		if spans.Of(p.fields[second].name).Compare(spans.Of(p.fields[first].name)) < 0 {
			first, second = second, first
		}
		c.problems.Add(diag.New(YML008, spans.Of(p.fields[second].name), p.fields[second].name+" leaves no room for the other").
			And(spans.Of(p.fields[first].name), "the other, "+p.fields[first].name).
			Suggest("keep one of the two"))
	case "required_without":
		if !present && len(there) < len(rule.fields) {
			c.missing(spans, either(names), false, "write one of them: "+strings.Join(names, ", "))
		}
	case "required_without_all":
		if !present && len(there) == 0 {
			c.missing(spans, either(names), false, "write one of them: "+strings.Join(names, ", "))
		}
	}
}
