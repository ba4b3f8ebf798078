package spec

import (
	"fmt"
	"reflect"
	"strconv"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// list decodes a list, items among them.
func (c *decoding) list(n *Node, name string, into reflect.Value) bool {
	element := into.Type().Elem()
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
