package spec

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Encode writes settings, a pointer to a settings struct, out as a map with
// every setting in it, so that [Decoder.Decode] of it gives the same settings.
// A setting that has no way of being written as unset (an empty text, list or
// map, sizes that are all zero) is left out while it is.
func (d *Decoder) Encode(settings any) *Node {
	return d.encodeSettings(reflect.ValueOf(settings).Elem())
}

// EncodeItem writes an item of a config's list: its kind, its settings, and what
// was written beside them. A ${ that is meant is written so that [Load] leaves it
// alone.
func (d *Decoder) EncodeItem(item Item, settings any) *Node {
	var from []string
	for _, ref := range item.From {
		from = append(from, ref.ID)
	}
	n := itemNode(item.Kind, d.Encode(settings), item.ID, from, item.Allow)
	escape(n)
	return n
}

// escape doubles the sign in front of every { that would begin a variable. The
// node has just been made, so nobody else holds it.
func escape(n *Node) {
	if n.IsText() {
		n.Text = strings.ReplaceAll(n.Text, "${", "$${")
	}
	for _, item := range n.Items {
		escape(item)
	}
	for _, entry := range n.Entries {
		escape(entry.Value)
	}
}

func itemNode(kind string, settings *Node, id string, from []string, allow []diag.Allow) *Node {
	n := &Node{Form: Map, Entries: []Entry{{Key: kind, Value: settings}, {Key: "id", Value: textNode(id)}}}
	if len(from) > 0 {
		n.Entries = append(n.Entries, Entry{Key: "from", Value: textList(from)})
	}
	if len(allow) > 0 {
		n.Entries = append(n.Entries, Entry{Key: "allow", Value: allowNode(allow)})
	}
	return n
}

// allowNode writes codes as a list, or as a map where one has a reason.
func allowNode(allow []diag.Allow) *Node {
	list, reasons := &Node{Form: List}, &Node{Form: Map}
	reasoned := false
	for _, a := range allow {
		list.Items = append(list.Items, textNode(a.Code))
		reasons.Entries = append(reasons.Entries, Entry{Key: a.Code, Value: textNode(cmp.Or(a.Reason, "no reason is given"))})
		reasoned = reasoned || a.Reason != ""
	}
	if reasoned {
		return reasons
	}
	return list
}

func textNode(text string) *Node { return &Node{Type: Text, Text: text} }

func textList(texts []string) *Node {
	n := &Node{Form: List}
	for _, text := range texts {
		n.Items = append(n.Items, textNode(text))
	}
	return n
}

func (d *Decoder) encodeSettings(settings reflect.Value) *Node {
	n := &Node{Form: Map}
	for _, f := range d.planOf(settings.Type()).fields {
		if value := d.encode(settings.FieldByIndex(f.index)); value != nil {
			n.Entries = append(n.Entries, Entry{Key: f.name, Value: value})
		}
	}
	return n
}

// encode writes one value; nil if it is unset and cannot be written so.
func (d *Decoder) encode(value reflect.Value) *Node {
	if decodesItself(value.Type()) {
		return d.encodeUnion(value)
	}
	switch value.Kind() {
	case reflect.Int:
		return &Node{Type: Integer, Text: strconv.FormatInt(value.Int(), 10)}
	case reflect.Uint64:
		return &Node{Type: Integer, Text: strconv.FormatUint(value.Uint(), 10)}
	case reflect.Float64:
		return numberNode(value.Float())
	case reflect.Bool:
		return &Node{Type: Boolean, Text: strconv.FormatBool(value.Bool())}
	case reflect.String:
		if value.Len() == 0 {
			return nil
		}
		return textNode(value.String())
	case reflect.Pointer:
		if value.IsNil() {
			return &Node{Type: Null}
		}
		if value.Elem().Kind() == reflect.Array { // also sizes that are all zero
			return d.encodeList(value.Elem())
		}
		if inner := d.encode(value.Elem()); inner != nil {
			return inner
		}
		return emptyOf(value.Elem())
	case reflect.Interface:
		return d.encodeKind(value)
	case reflect.Slice:
		if value.IsNil() {
			return nil
		}
		return d.encodeList(value)
	case reflect.Array:
		if value.IsZero() && value.Len() == sizes && value.Type().Elem().Kind() == reflect.Int {
			return nil
		}
		return d.encodeList(value)
	case reflect.Map:
		if value.IsNil() {
			return nil
		}
		return d.encodeMap(value)
	}
	return d.encodeSettings(value)
}

// emptyOf writes a value that is empty on purpose.
func emptyOf(value reflect.Value) *Node {
	switch value.Kind() {
	case reflect.String:
		return textNode("")
	case reflect.Map:
		return &Node{Form: Map}
	}
	return &Node{Form: List}
}

// numberNode writes a number as the shortest text that reads back the same.
func numberNode(value float64) *Node {
	switch {
	case math.IsNaN(value):
		return &Node{Type: Real, Text: ".nan"}
	case math.IsInf(value, 1):
		return &Node{Type: Real, Text: ".inf"}
	case math.IsInf(value, -1):
		return &Node{Type: Real, Text: "-.inf"}
	}
	text := strconv.FormatFloat(value, 'g', -1, 64)
	return &Node{Type: resolve(text), Text: text}
}

// encodeKind writes a kind of a table: its name alone if it has no settings to
// write, else a map of the name to them.
func (d *Decoder) encodeKind(value reflect.Value) *Node {
	if value.IsNil() {
		return &Node{Type: Null}
	}
	settings := value.Elem().Interface()
	name := d.nameOf(d.tables[value.Type()], settings)
	inner := d.Encode(settings)
	if len(inner.Entries) == 0 {
		return textNode(name)
	}
	return &Node{Form: Map, Entries: []Entry{{Key: name, Value: inner}}}
}

// nameOf finds the name of settings, which the decoder made from the table.
func (d *Decoder) nameOf(table *kind.Table, settings any) string {
	name, ok := table.NameOf(settings)
	if !ok {
		panic(fmt.Sprintf("spec: %T is no %s of the table", settings, table.Family()))
	}
	return name
}

func (d *Decoder) encodeList(value reflect.Value) *Node {
	if value.Len() == 1 && mayBeSingle(value.Type()) {
		return d.encode(value.Index(0))
	}
	n := &Node{Form: List}
	unit, isItem := d.itemOf(value.Type().Elem())
	for i := range value.Len() {
		element := value.Index(i)
		if !isItem {
			inner := d.encode(element)
			if inner == nil {
				inner = emptyOf(element)
			}
			n.Items = append(n.Items, inner)
			continue
		}
		settings := element.FieldByName("Unit").Elem().Interface()
		n.Items = append(n.Items, itemNode(d.nameOf(d.tables[unit], settings), d.Encode(settings),
			element.FieldByName("ID").String(), element.FieldByName("From").Interface().([]string), nil))
	}
	return n
}

func (d *Decoder) encodeMap(value reflect.Value) *Node {
	n := &Node{Form: Map}
	for _, key := range slices.SortedFunc(slices.Values(value.MapKeys()), func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }) {
		inner := d.encode(value.MapIndex(key))
		if inner == nil {
			inner = emptyOf(value.MapIndex(key))
		}
		n.Entries = append(n.Entries, Entry{Key: key.String(), Value: inner})
	}
	return n
}

// encodeUnion writes a setting that reads itself.
func (d *Decoder) encodeUnion(value reflect.Value) *Node {
	whole := reflect.New(value.Type())
	whole.Elem().Set(value)
	if itself, ok := whole.Interface().(nodeEncoder); ok {
		return itself.EncodeNode()
	}
	if value.Kind() != reflect.Struct {
		panic(fmt.Sprintf("spec: %s reads itself, but says not how it is written", value.Type()))
	}
	for i := range value.NumField() {
		if field := value.Field(i); value.Type().Field(i).IsExported() && !field.IsZero() {
			return d.encode(field)
		}
	}
	return nil
}
