package spec

import (
	"reflect"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ShortItem writes an item of a list as a person would, the settings that have
// their defaults left out, and of three equal sizes one.
func (d *Decoder) ShortItem(table *kind.Table, id string, settings any, from []string, allow []diag.Allow) *Node {
	n := &Node{Form: Map, Entries: []Entry{{Key: d.nameOf(table, settings), Value: d.short(table, settings)}, {Key: "id", Value: textNode(id)}}}
	switch len(from) {
	case 0:
	case 1:
		n.Entries = append(n.Entries, Entry{Key: "from", Value: textNode(from[0])})
	default:
		n.Entries = append(n.Entries, Entry{Key: "from", Value: textList(from)})
	}
	if len(allow) > 0 {
		n.Entries = append(n.Entries, Entry{Key: "allow", Value: allowNode(allow)})
	}
	escape(n)
	return n
}

// short is the map of the settings that differ from their defaults.
func (d *Decoder) short(table *kind.Table, settings any) *Node {
	usual, _ := table.New(d.nameOf(table, settings))
	value, other := reflect.ValueOf(settings).Elem(), reflect.ValueOf(usual).Elem()
	n := &Node{Form: Map}
	for _, f := range d.planOf(value.Type()).fields {
		written := value.FieldByIndex(f.index)
		if reflect.DeepEqual(written.Interface(), other.FieldByIndex(f.index).Interface()) {
			continue
		}
		if inner := d.shortValue(written); inner != nil {
			n.Entries = append(n.Entries, Entry{Key: f.name, Value: inner})
		}
	}
	return n
}

// shortValue writes one value; nil if it is unset and cannot be written so.
func (d *Decoder) shortValue(value reflect.Value) *Node {
	switch {
	case value.Kind() == reflect.Interface && !value.IsNil() && d.tables[value.Type()] != nil:
		table, settings := d.tables[value.Type()], value.Elem().Interface()
		name, inner := textNode(d.nameOf(table, settings)), d.short(table, settings)
		if len(inner.Entries) == 0 {
			return name
		}
		return &Node{Form: Map, Entries: []Entry{{Key: name.Text, Value: inner}}}
	case value.Kind() == reflect.Array && value.Len() == sizes && value.Type().Elem().Kind() == reflect.Int && !value.IsZero() &&
		value.Index(0).Int() == value.Index(1).Int() && value.Index(1).Int() == value.Index(2).Int():
		return d.encode(value.Index(0))
	}
	return d.encode(value)
}
