package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages"
)

// The files that are made from the tables are those that the tables make now.
func TestGenerated(t *testing.T) {
	for path, made := range map[string]struct {
		write   func(io.Writer) error
		command string
	}{
		"REFERENCE.md": {writeReference, "go run ./cmd/pipe reference > cmd/pipe/REFERENCE.md"},
		filepath.Join("..", "..", "configs", "pipe.schema.json"): {writeSchema, "go run ./cmd/pipe schema > configs/pipe.schema.json"},
	} {
		var want bytes.Buffer
		if err := made.write(&want); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what the tables say: run `%s`", path, made.command)
		}
	}
}

// Every reference in the schema leads somewhere.
func TestSchemaReferences(t *testing.T) {
	var text bytes.Buffer
	if err := writeSchema(&text); err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text.Bytes(), &schema); err != nil {
		t.Fatal(err)
	}
	definitions := schema["$defs"].(map[string]any)
	var walk func(any)
	walk = func(part any) {
		switch part := part.(type) {
		case map[string]any:
			if target, ok := part["$ref"].(string); ok {
				if _, there := definitions[strings.TrimPrefix(target, "#/$defs/")]; !there {
					t.Errorf("%s leads nowhere", target)
				}
			}
			for _, inner := range part {
				walk(inner)
			}
		case []any:
			for _, inner := range part {
				walk(inner)
			}
		}
	}
	walk(schema)
}

// What can be listed is what can be decoded.
func TestFamiliesAreComplete(t *testing.T) {
	listed := families()
	for of, table := range stages.Families() {
		if !slices.Contains(listed, table) {
			t.Errorf("the kinds of %v are not listed", of)
		}
	}
	if want := len(stages.Families()) + 1; len(listed) != want { // and the stages
		t.Errorf("%d families are listed, want %d", len(listed), want)
	}
}

// Every kind has a page, and no page shows a name of this program's own.
func TestPages(t *testing.T) {
	for _, table := range families() {
		for _, k := range table.Kinds() {
			page, err := kindPage(table, k.Name, "#")
			if err != nil {
				t.Error(err)
				continue
			}
			for _, own := range []string{reflect.TypeOf(k.New()).Elem().String(), "nn.", "pipeline.", "*kind"} {
				if strings.Contains(page, own) {
					t.Errorf("the page of %s %s shows %q", table.Family(), k.Name, own)
				}
			}
		}
	}
}
