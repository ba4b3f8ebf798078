package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
)

func newSchema(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of pipeline files, for editors",
		Long: `schema prints the JSON Schema (draft 2020-12) of pipeline files. An editor that
is given it completes names and shows what each setting means. It says less than
pipe check knows: a file that fits the schema may still be wrong.`,
		Example: "  pipe schema > pipe.schema.json",
		Args:    takes(0, 0, "no argument"),
		RunE:    func(*cobra.Command, []string) error { return writeSchema(a.out) },
	}
}

// object is a part of a schema. Its keys are written in alphabetical order.
type object map[string]any

func writeSchema(w io.Writer) error {
	schema, err := schemaOf()
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(schema)
}

// schemaOf makes the schema from the tables of kinds.
func schemaOf() (object, error) {
	definitions := object{}
	for _, table := range families() {
		for _, name := range table.Names() {
			settings, err := kindSchema(table, name)
			if err != nil {
				return nil, err
			}
			definitions[table.Family()+"."+name] = settings
		}
		definitions[table.Family()] = familySchema(table, isItemFamily(table))
	}
	return object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "A pipeline that pipe runs",
		"description": "Version 1 of the pipeline language.",
		"type":        "object",
		"required":    []string{"stages"},
		"properties": object{
			"version": object{"const": 1, "description": "The version of the language."},
			"name":    object{"type": "string", "description": "The name under which runs are kept; the file's base name if it is not written."},
			"seed":    orVariable(object{"type": "integer", "minimum": 0, "description": "Decides everything random. The default is 0."}),
			"vars":    object{"type": "object", "description": "Free names, used as ${vars.name}."},
			"extends": object{"type": "string", "description": "Another file that this one is merged over."},
			"runs":    object{"type": "string", "description": "The folder of run records, relative to this file; the default is runs in the working directory."},
			"stages":  object{"type": "array", "minItems": 1, "items": reference("stage"), "description": "The stages, in the order in which data flows."},
		},
		"patternProperties":    object{"^x-": true},
		"additionalProperties": false,
		"$defs":                definitions,
	}, nil
}

func reference(definition string) object { return object{"$ref": "#/$defs/" + definition} }

// isItemFamily says whether the kinds of a family are items of lists, with ids
// and inputs.
func isItemFamily(table *kind.Table) bool {
	return table == stages.Table() || table == stages.Families()[reflect.TypeFor[nn.Unit]()]
}

// familySchema is a kind alone, or a map with the one kind key and, for items,
// the reserved keys beside it.
func familySchema(table *kind.Table, item bool) object {
	names := table.Names()
	choices := []any{object{"type": "string", "enum": names}}
	for _, name := range names {
		properties := object{name: reference(table.Family() + "." + name)}
		if item {
			properties["id"] = object{"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "The item's name, unique in its list."}
			properties["from"] = object{
				"description": "The items whose output this one takes.",
				"anyOf":       []any{object{"type": "string"}, object{"type": "array", "minItems": 1, "items": object{"type": "string"}}},
			}
			properties["allow"] = object{
				"description": "Codes of warnings that are not shown for this item: a list, or a map of each to the reason, which the run's record keeps.",
				"anyOf": []any{
					object{"type": "string"}, object{"type": "array", "items": object{"type": "string"}},
					object{"type": "object", "additionalProperties": object{"type": "string"}},
				},
			}
		}
		choices = append(choices, object{"type": "object", "properties": properties, "required": []string{name}, "additionalProperties": false})
	}
	return object{"anyOf": choices}
}

// kindSchema is the settings of one kind.
func kindSchema(table *kind.Table, name string) (object, error) {
	manual, err := table.Manual(name)
	if err != nil {
		return nil, err
	}
	k, _ := table.Lookup(name)
	settings := settingsSchema(manual.Settings, stages.Language().Decoder.Encode(k.New()))
	title := plainText(manual.Title())
	if either := withPositional(settings, manual.Settings); either["anyOf"] != nil {
		either["title"], either["description"] = name, title
		return either, nil
	}
	if settings["required"] == nil {
		// A key with nothing behind it stands for the kind alone.
		settings["type"] = []string{"object", "null"}
	}
	settings["title"], settings["description"] = name, title
	return settings, nil
}

// withPositional adds the setting whose value may stand for all of them, if there
// is one.
func withPositional(settings object, list []kind.Setting) object {
	at := slices.IndexFunc(list, func(s kind.Setting) bool { return s.Positional })
	if at < 0 {
		return settings
	}
	return object{"anyOf": []any{settings, settings["properties"].(object)[list[at].Name]}}
}

// settingsSchema is a map with fixed keys.
func settingsSchema(list []kind.Setting, defaults *spec.Node) object {
	properties, required := object{}, []string{}
	for _, s := range list {
		property := settingSchema(s.Field)
		if len(s.Settings) > 0 {
			below, _ := defaults.Get(s.Name)
			property = withPositional(settingsSchema(s.Settings, below), s.Settings)
		} else if value := defaultValue(s, defaults); value != nil {
			property["default"] = value
		}
		property["description"] = s.Text
		properties[s.Name] = property
		if needed(s) {
			required = append(required, s.Name)
		}
	}
	settings := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		settings["required"] = required
	}
	return settings
}

// defaultValue is the default for JSON, nil if there is none.
func defaultValue(s kind.Setting, defaults *spec.Node) any {
	if defaultText(s, defaults) == "" {
		return nil
	}
	value, _ := defaults.Get(s.Name)
	return jsonOf(value)
}

// jsonOf is a part of a config as JSON.
func jsonOf(n *spec.Node) any {
	switch n.Form {
	case spec.List:
		list := []any{}
		for _, item := range n.Items {
			list = append(list, jsonOf(item))
		}
		return list
	case spec.Map:
		m := object{}
		for _, e := range n.Entries {
			m[e.Key] = jsonOf(e.Value)
		}
		return m
	}
	switch n.Type {
	case spec.Integer, spec.Real:
		if v, err := strconv.ParseFloat(n.Text, 64); err == nil {
			return v
		}
	case spec.Boolean:
		return n.Text == "true"
	case spec.Null:
		return nil
	}
	return n.Text
}

// settingSchema is what a setting takes. Wherever a value is not text anyway, a
// variable may stand for it.
func settingSchema(field reflect.StructField) object {
	tag := field.Tag.Get("validate")
	s := typeSchema(field.Type)
	if base := field.Type; base.Kind() == reflect.Int || base.Kind() == reflect.Uint64 || base.Kind() == reflect.Float64 {
		addLimits(s, tag)
	}
	if words := oneOf(tag); words != nil && field.Type.Kind() == reflect.String {
		s["enum"] = words
		delete(s, "type")
	}
	return orVariable(s)
}

// variablePattern is a value that is filled in when the file is read.
const variablePattern = `^\$\{.+\}$`

func orVariable(s object) object {
	if s["type"] == "string" || len(s) == 0 {
		return s
	}
	return object{"anyOf": []any{s, object{"type": "string", "pattern": variablePattern}}}
}

func oneOf(tag string) []string {
	for rule := range strings.SplitSeq(tag, ",") {
		if name, value, _ := strings.Cut(rule, "="); name == "oneof" {
			return strings.Fields(value)
		}
	}
	return nil
}

// addLimits puts the rules on a number into the schema.
func addLimits(s object, tag string) {
	keys := map[string]string{
		"min": "minimum", "gte": "minimum", "max": "maximum", "lte": "maximum",
		"gt": "exclusiveMinimum", "lt": "exclusiveMaximum",
	}
	for rule := range strings.SplitSeq(tag, ",") {
		name, value, _ := strings.Cut(rule, "=")
		if number, err := strconv.ParseFloat(value, 64); err == nil && keys[name] != "" {
			s[keys[name]] = number
		}
	}
}

// typeSchema is what a Go type stands for in a config.
func typeSchema(t reflect.Type) object {
	if table, named := stages.Families()[t]; named {
		return object{"anyOf": []any{reference(table.Family()), object{"type": "null"}}}
	}
	if _, union := unionWords(t); union {
		return object{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return object{"anyOf": []any{typeSchema(t.Elem()), object{"type": "null"}}}
	case reflect.Int:
		return object{"type": "integer"}
	case reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Array:
		list := object{"type": "array", "items": typeSchema(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
		if t == reflect.TypeFor[[sizeRank][2]int]() {
			one := object{"type": "integer"}
			list["items"] = object{"anyOf": []any{one, typeSchema(t.Elem())}}
			return object{"anyOf": []any{one, list}}
		}
		if t.Len() == sizeRank && t.Elem().Kind() == reflect.Int {
			return object{"anyOf": []any{object{"type": "integer"}, list}}
		}
		return list
	case reflect.Slice:
		if isItems(t) {
			unit, _ := t.Elem().FieldByName("Unit")
			return object{"type": "array", "items": reference(stages.Families()[unit.Type].Family())}
		}
		list := object{"type": "array", "items": typeSchema(t.Elem())}
		if mayBeSingle(t) {
			return object{"anyOf": []any{typeSchema(t.Elem()), list}}
		}
		return list
	case reflect.Map:
		return object{"type": "object", "additionalProperties": typeSchema(t.Elem())}
	case reflect.Struct:
		return object{"type": "object"} // its keys are added where its manual is known
	}
	panic(fmt.Sprintf("schema: a config cannot write a %s", t))
}
