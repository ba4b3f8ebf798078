package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// refusal is why a flag does not take a value, in our own words.
type refusal struct{ want, help string }

func (r *refusal) Error() string { return r.want }

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	words []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.words, "|") }

func (c *choice) Set(word string) error {
	if !slices.Contains(c.words, word) {
		r := &refusal{want: "want " + strings.Join(c.words, " or ")}
		if near, ok := diag.Nearest(word, c.words); ok {
			r.help = "did you mean " + near + "?"
		}
		return r
	}
	c.value = word
	return nil
}

// flag adds the choice to a command, with completion.
func (c *choice) flag(cmd *cobra.Command, name, use string) {
	cmd.Flags().Var(c, name, use)
	// The flag was added just now, which is all that can go wrong.
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(c.words, cobra.ShellCompDirectiveNoFileComp))
}

// format is the choice between text and JSON that most commands have.
func format(cmd *cobra.Command) *choice {
	c := &choice{value: "text", words: []string{"text", "json"}}
	c.flag(cmd, "format", "how to give the results")
	return c
}

func (c *choice) json() bool { return c.value == "json" }

// count is a flag that takes a whole number, at least so much.
type count struct{ value, least int }

func (c *count) String() string { return strconv.Itoa(c.value) }
func (c *count) Type() string   { return "N" }

func (c *count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < c.least {
		return &refusal{want: "want a whole number, at least " + strconv.Itoa(c.least)}
	}
	c.value = n
	return nil
}
