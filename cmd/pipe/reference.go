package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages"
)

func newReference(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "reference",
		Short: "Print the reference of all kinds and codes, as Markdown",
		Args:  takes(0, 0, "no argument"),
		RunE:  func(*cobra.Command, []string) error { return writeReference(a.out) },
	}
}

// writeReference writes the pages that explain shows, all of them in one text.
func writeReference(w io.Writer) error {
	var text strings.Builder
	text.WriteString("# Reference\n\nWhat a pipeline file can write, and what pipe says about it. This text is made by `pipe reference`.\n")
	for _, table := range families() {
		fmt.Fprintf(&text, "\n## %s\n", capital(plural(table.Family())))
		if err := addKinds(&text, table); err != nil {
			return err
		}
	}
	text.WriteString("\n## Codes\n")
	for _, code := range stages.Codes() {
		addCode(&text, code)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func addKinds(text *strings.Builder, table *kind.Table) error {
	for _, name := range table.Names() {
		if table.Family() == "activation" {
			// Each is a layer too, and has its page there.
			fmt.Fprintf(text, "\n- `%s`", name)
			continue
		}
		page, err := kindPage(table, name, "###")
		if err != nil {
			return err
		}
		text.WriteString("\n" + page)
	}
	if table.Family() == "activation" {
		text.WriteByte('\n')
	}
	return nil
}

// addCode writes a code's page two levels down.
func addCode(text *strings.Builder, code *diag.Code) {
	fenced := false
	text.WriteByte('\n')
	for line := range strings.Lines(code.Page()) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if strings.HasPrefix(line, "#") && !fenced {
			line = "##" + line
		}
		text.WriteString(line)
	}
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
