package difftest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/penalty"
)

// The descriptions are written as a config is: the name of a kind and its settings,
// which fill the struct that the kind's table gives with its defaults.

// itemsOf reads a list of layers.
func itemsOf(text json.RawMessage) ([]nn.Item, error) {
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	items := make([]nn.Item, len(list))
	for i, entry := range list {
		for key, value := range entry {
			var err error
			switch key {
			case "id":
				err = json.Unmarshal(value, &items[i].ID)
			case "from":
				err = json.Unmarshal(value, &items[i].From)
			default:
				var settings any
				settings, err = settingsOf(layers.Table(), key, value)
				items[i].Unit, _ = settings.(nn.Unit)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return items, nil
}

// kindOf reads a kind: its name, or a map of it to its settings.
func kindOf(table *kind.Table, text json.RawMessage) (any, error) {
	var name string
	if json.Unmarshal(text, &name) == nil {
		return settingsOf(table, name, json.RawMessage("{}"))
	}
	var entry map[string]json.RawMessage
	if err := json.Unmarshal(text, &entry); err != nil || len(entry) != 1 {
		return nil, fmt.Errorf("%s is no kind", text)
	}
	for name, settings := range entry {
		return settingsOf(table, name, settings)
	}
	panic("unreachable")
}

// settingsOf fills the settings of a kind.
func settingsOf(table *kind.Table, name string, text json.RawMessage) (any, error) {
	settings, known := table.New(name)
	if !known {
		return nil, fmt.Errorf("no %s is named %s", table.Family(), name)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, err
	}
	for key, value := range entries {
		field := fieldOf(reflect.ValueOf(settings).Elem(), key)
		if !field.IsValid() {
			return nil, fmt.Errorf("%s has no setting %s", name, key)
		}
		if err := fill(field, value); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", key, name, err)
		}
	}
	return settings, nil
}

// fieldOf finds a setting by its name.
func fieldOf(settings reflect.Value, key string) reflect.Value {
	for i := range settings.NumField() {
		name, options, _ := strings.Cut(settings.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case name == key:
			return settings.Field(i)
		case name == "" && options == "inline":
			if field := fieldOf(settings.Field(i), key); field.IsValid() {
				return field
			}
		}
	}
	return reflect.Value{}
}

// fill sets a setting; what is a kind itself comes from its table.
func fill(field reflect.Value, text json.RawMessage) error {
	var value any
	var err error
	switch field.Type() {
	case reflect.TypeFor[[]nn.Item]():
		value, err = itemsOf(text)
	case reflect.TypeFor[layers.Activation]():
		value, err = kindOf(layers.Activations(), text)
	case reflect.TypeFor[nn.Regularizer]():
		value, err = kindOf(penalty.Table(), text)
	default:
		if field.Type() == reflect.TypeFor[layers.Axes]() && text[0] != '[' {
			text = slices.Concat([]byte{'['}, text, []byte{']'})
		}
		// Into memory of its own: a list would else be read into that of the defaults.
		own := reflect.New(field.Type())
		err = json.Unmarshal(text, own.Interface())
		value = own.Elem().Interface()
	}
	if err == nil {
		field.Set(reflect.ValueOf(value))
	}
	return err
}
