package kind

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Manual is the text on one settings struct, taken from its source.
type Manual struct {
	// Text is the doc comment as Markdown, without the struct's name in front: it
	// starts with what the kind does, in a capital letter.
	Text string
	// Settings are the fields a config can write, in their order.
	Settings []Setting
}

// Title is the first sentence of the text, without its full stop.
func (m Manual) Title() string {
	line, _, _ := strings.Cut(m.Text, "\n\n")
	line = strings.Join(strings.Fields(line), " ")
	sentence, _, found := strings.Cut(line, ". ")
	if !found {
		sentence = strings.TrimSuffix(line, ".")
	}
	return sentence
}

// Setting is one key of a kind.
type Setting struct {
	// Name is the key in a config.
	Name string
	// Text says what it means, as one paragraph.
	Text string
	// Field is the Go field that holds it.
	Field reflect.StructField
	// Default is the value in a fresh settings struct.
	Default any
	// Positional says that the value may be written alone, in place of a map of
	// settings.
	Positional bool
	// Settings are the keys below this one, where its value is a map of them; their
	// defaults are those of a map that is written.
	Settings []Setting
}

// Manual gives the text on a kind. It fails if the kind is not in the table or
// its struct, or one of its fields, has no doc comment.
func (t *Table) Manual(name string) (Manual, error) {
	k, ok := t.Lookup(name)
	if !ok {
		return Manual{}, fmt.Errorf("no %s is named %q", t.family, name)
	}
	settings := reflect.ValueOf(k.New()).Elem()
	texts, err := t.manual()
	if err != nil {
		return Manual{}, err
	}
	manual := texts[settings.Type().Name()]
	if manual.Text == "" {
		return Manual{}, fmt.Errorf("%s %s: its settings have no doc comment", t.family, name)
	}
	written, err := settingsOf(settings, texts)
	if err != nil {
		return Manual{}, fmt.Errorf("%s %s: %w", t.family, name, err)
	}
	return Manual{Text: manual.Text, Settings: written}, nil
}

// settingsOf lists the keys of a settings struct, embedded structs in line.
func settingsOf(settings reflect.Value, texts map[string]Manual) ([]Setting, error) {
	var list []Setting
	for i := range settings.NumField() {
		field := settings.Type().Field(i)
		key, option, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case field.Anonymous && key == "" && field.Type.Kind() == reflect.Struct:
			inner, err := settingsOf(settings.Field(i), texts)
			if err != nil {
				return nil, err
			}
			list = append(list, inner...)
			continue
		case !field.IsExported() || key == "-" || key == "":
			continue // a setting that reads itself keeps its parts under no key
		}
		text := fieldText(texts[settings.Type().Name()], field.Name)
		if text == "" {
			return nil, fmt.Errorf("its setting %q has no doc comment", key)
		}
		below, err := below(settings.Field(i), texts)
		if err != nil {
			return nil, fmt.Errorf("its setting %q: %w", key, err)
		}
		list = append(list, Setting{
			Name: key, Text: text, Field: field, Default: settings.Field(i).Interface(),
			Positional: option == "positional", Settings: below,
		})
	}
	return list, nil
}

// below lists the keys of a setting that is a struct of the same sources, or a
// pointer to one.
func below(value reflect.Value, texts map[string]Manual) ([]Setting, error) {
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			value = reflect.New(value.Type().Elem())
		}
		value = value.Elem()
	}
	if value.Kind() != reflect.Struct {
		return nil, nil
	}
	if _, described := texts[value.Type().Name()]; !described {
		return nil, nil
	}
	return settingsOf(value, texts)
}

func fieldText(m Manual, field string) string {
	for _, s := range m.Settings {
		if s.Field.Name == field {
			return s.Text
		}
	}
	return ""
}

// manualOf reads the doc comments of all structs in the sources, once, when
// first asked: only `explain`, the reference and the schema need them.
func manualOf(sources fs.FS) func() (map[string]Manual, error) {
	return sync.OnceValues(func() (map[string]Manual, error) {
		texts := make(map[string]Manual)
		files, err := fs.Glob(sources, "*.go")
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := fs.ReadFile(sources, file)
			if err != nil {
				return nil, err
			}
			tree, err := parser.ParseFile(token.NewFileSet(), path.Base(file), text, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			for _, decl := range tree.Decls {
				structsOf(decl, texts)
			}
		}
		return texts, nil
	})
}

func structsOf(decl ast.Decl, texts map[string]Manual) {
	group, ok := decl.(*ast.GenDecl)
	if !ok || group.Tok != token.TYPE {
		return
	}
	for _, spec := range group.Specs {
		named := spec.(*ast.TypeSpec)
		body, ok := named.Type.(*ast.StructType)
		if !ok {
			continue
		}
		text := named.Doc.Text()
		if text == "" {
			text = group.Doc.Text()
		}
		manual := Manual{Text: markdown(capital(strings.TrimPrefix(text, named.Name.Name+" ")))}
		for _, field := range body.Fields.List {
			text := field.Doc.Text()
			if text == "" {
				text = field.Comment.Text()
			}
			for _, ident := range field.Names {
				said := capital(strings.TrimPrefix(text, ident.Name+" "))
				manual.Settings = append(manual.Settings, Setting{
					Text:  strings.Join(strings.Fields(said), " "),
					Field: reflect.StructField{Name: ident.Name},
				})
			}
		}
		texts[named.Name.Name] = manual
	}
}

// capital makes the first letter a capital one.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// markdown prints a doc comment. What go/doc escapes is Markdown that the author
// meant, such as `code`, or needs no escape, such as snake_case.
func markdown(text string) string {
	var parser comment.Parser
	printer := comment.Printer{HeadingLevel: 3, HeadingID: func(*comment.Heading) string { return "" }}
	lines := strings.Split(string(printer.Markdown(parser.Parse(text))), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "\t") { // an indented line is code, which is not escaped
			lines[i] = escaped.ReplaceAllString(line, "$1")
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

var escaped = regexp.MustCompile(`\\([[:punct:]])`)
