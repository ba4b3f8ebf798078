package spec

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// list decodes a list, items among them.
func (c *decoding) list(n *Node, name string, into reflect.Value) bool {
	element := into.Type().Elem()
	if mayBeSingle(into.Type()) && n.Form != List {
		return c.only(n, name, into)
	}
	if n.Form != List {
		r := n.refuse("a list of " + c.plural(element))
		if n.Form == Scalar && n.Type != Null && n.Span.Start.Line == n.Span.End.Line {
			text := n.Text
			if n.IsText() {
				text = plainOrQuoted(text)
			}
			r.instead("[" + text + "]")
		}
		c.refuse(n, r)
		return false
	}
	if unit, isItem := c.itemOf(element); isItem {
		return c.items(n, unit, into)
	}
	values := reflect.MakeSlice(into.Type(), len(n.Items), len(n.Items))
	ok := true
	for i, item := range n.Items {
		ok = c.value(item, name, values.Index(i)) && ok
	}
	into.Set(values)
	return ok
}

// mayBeSingle says that a list of one may be written as that one: its type says
// so by a method.
func mayBeSingle(t reflect.Type) bool { return t.Implements(reflect.TypeFor[interface{ Single() }]()) }

// only decodes the only value of a list, written without one.
func (c *decoding) only(n *Node, name string, into reflect.Value) bool {
	element := into.Type().Elem()
	values := reflect.MakeSlice(into.Type(), 1, 1)
	before := c.problems
	c.problems = &diag.List{}
	ok := n.Form == Scalar && c.value(n, name, values.Index(0))
	c.problems = before
	if !ok {
		c.refuse(n, n.refuse(fmt.Sprintf("%s, or a list of %s", c.one(element), c.plural(element))))
		return false
	}
	into.Set(values)
	return true
}

// items decodes a list of items.
func (c *decoding) items(n *Node, unit reflect.Type, into reflect.Value) bool {
	table := c.tables[unit]
	before := c.problems
	c.problems = &diag.List{}
	items := c.Items(n, table, c.problems)
	values := reflect.MakeSlice(into.Type(), len(items), len(items))
	for i, item := range items {
		value := values.Index(i)
		value.FieldByName("ID").SetString(item.ID)
		var from []string
		for _, ref := range item.From {
			from = append(from, ref.ID)
		}
		value.FieldByName("From").Set(reflect.ValueOf(from))
		settings, known := table.New(item.Kind)
		if !known {
			continue
		}
		c.settings(item.Settings, item.KindSpan, item.Kind, reflect.ValueOf(settings).Elem())
		value.FieldByName("Unit").Set(reflect.ValueOf(settings))
	}
	into.Set(values)
	complete := len(items) == len(n.Items)
	return c.rejoin(before) && complete
}

// sizes is the number of axes of space: a size setting takes one number for all
// of them.
const sizes = 3

// array decodes a list of a fixed length; a size setting also from one number.
func (c *decoding) array(n *Node, name string, into reflect.Value) bool {
	length, element := into.Len(), into.Type().Elem()
	if isBorder(into.Type()) {
		return c.border(n, into)
	}
	single := length == sizes && element.Kind() == reflect.Int
	if single && n.Form == Scalar {
		value, err := n.Int()
		if err != nil {
			var r = n.phrase(err)
			if r.replacement == "" {
				r = n.refuse("a whole number or a list of 3 of them")
			}
			c.refuse(n, r)
			return false
		}
		for i := range length {
			into.Index(i).SetInt(int64(value))
		}
		return true
	}
	if n.Form != List || len(n.Items) != length {
		want := fmt.Sprintf("a list of %d %s", length, c.plural(element))
		if single {
			want = "a whole number or a list of 3 of them"
		}
		c.refuse(n, n.refuse(want))
		return false
	}
	ok := true
	for i, item := range n.Items {
		ok = c.value(item, name, into.Index(i)) && ok
	}
	return ok
}

// isBorder says whether a type is sizes at both ends of the axes of space.
func isBorder(t reflect.Type) bool { return t == reflect.TypeFor[[sizes][2]int]() }

// border decodes sizes at both ends of each axis: one number for all of them, or
// for each axis one number or a pair.
func (c *decoding) border(n *Node, into reflect.Value) bool {
	const want = "a whole number, or a list of 3 numbers or pairs of numbers"
	var axes []*Node
	switch {
	case n.Form == Scalar:
		axes = []*Node{n, n, n}
	case n.Form == List && len(n.Items) == sizes:
		axes = n.Items
	default:
		c.refuse(n, n.refuse(want))
		return false
	}
	for axis, at := range axes {
		ends := []*Node{at, at}
		if at.Form == List && len(at.Items) == 2 && n.Form == List {
			ends = at.Items
		}
		for end, at := range ends {
			value, err := at.Int()
			if err != nil {
				r := at.phrase(err)
				if at.Form != Scalar || r.replacement == "" {
					r = at.refuse(want)
				}
				c.refuse(at, r)
				return false
			}
			into.Index(axis).Index(end).SetInt(int64(value))
		}
	}
	return true
}

// dictionary decodes a map whose keys the user chooses.
func (c *decoding) dictionary(n *Node, name string, into reflect.Value) bool {
	if n.Form != Map {
		c.refuse(n, n.refuse("a map of names to "+c.plural(into.Type().Elem())))
		return false
	}
	values := reflect.MakeMapWithSize(into.Type(), len(n.Entries))
	ok := true
	for _, entry := range n.Entries {
		value := reflect.New(into.Type().Elem()).Elem()
		ok = c.value(entry.Value, name, value) && ok
		values.SetMapIndex(reflect.ValueOf(entry.Key).Convert(into.Type().Key()), value)
	}
	into.Set(values)
	return ok
}

// one names a value of a type.
func (c *decoding) one(t reflect.Type) string {
	if t.Kind() == reflect.Interface {
		return indefinite(c.tables[t].Family())
	}
	return "a " + strings.TrimSuffix(c.plural(t), "s")
}

// plural names many values of a type.
func (c *decoding) plural(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Uint64:
		return "whole numbers"
	case reflect.Float64:
		return "numbers"
	case reflect.String:
		return "texts"
	case reflect.Interface:
		return c.tables[t].Family() + "s"
	case reflect.Struct:
		if unit, isItem := c.itemOf(t); isItem {
			return c.tables[unit].Family() + "s"
		}
		return "maps"
	case reflect.Pointer:
		return c.plural(t.Elem())
	case reflect.Array:
		return "lists of " + strconv.Itoa(t.Len())
	}
	return "values"
}
