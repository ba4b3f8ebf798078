package spec

import "github.com/voxelpipe/pipe/pipeline/diag"

// The diagnostics of what is put into a config, and of its outer form.
var (
	YML011 = &diag.Code{
		ID:    "YML011",
		Title: "a variable cannot be used",
		Means: "`${vars.name}` stands for a value under `vars`; `${vars.a.b}` for an entry of a map there. A value that is a variable and nothing else has the variable's type; inside of a longer text the variable becomes text, so it must not be a list or a map. Variables may use each other, but not in a circle.\n\nAcross `extends` maps are merged key by key, `vars` among them, before any variable is looked up; a list, `stages` among them, is replaced as a whole. So a file can use the stages of another one with other variables.",
		Why:   "A name that stands for nothing would leave a path or a number out in silence.",
		Ways:  []string{"mend the spelling", "define the variable under `vars`", "write one of the values of a circle out"},
		Fails: `version: 1
vars:
  examples: 40
stages:
  - phantom: {samples: "${vars.exampels}"}
`,
		Mended: `version: 1
vars:
  examples: 40
stages:
  - phantom: {samples: "${vars.examples}"}
`,
	}
	YML012 = &diag.Code{
		ID:    "YML012",
		Title: "a ${ cannot be read",
		Means: "In a text `${` begins `${vars.name}`, `${env:NAME}` or `${env:NAME:-default}`. For the two signs themselves write `$${`.",
		Why:   "What looks like a variable but is none would end up in a path or a name as it stands.",
		Ways:  []string{"write one of the three", "write `$${` if the signs are meant"},
		Fails: `version: 1
vars:
  examples: 40
stages:
  - phantom: {samples: "${examples}"}
`,
		Mended: `version: 1
vars:
  examples: 40
stages:
  - phantom: {samples: "${vars.examples}"}
`,
	}
	YML013 = &diag.Code{
		ID:    "YML013",
		Title: "a variable of the environment is not set",
		Means: "`${env:NAME}` is replaced by a variable of the environment, which has to be set. `${env:NAME:-default}` takes the default if it is not set or empty.",
		Why:   "A path with a part missing leads somewhere else.",
		Ways:  []string{"set it before the run: `export NAME=value`", "write a default"},
		Fails: `version: 1
name: run_${env:PIPE_EXAMPLE_THAT_NOBODY_SETS}
stages:
  - phantom
`,
		Mended: `version: 1
name: run_${env:PIPE_EXAMPLE_THAT_NOBODY_SETS:-one}
stages:
  - phantom
`,
	}
	YML014 = &diag.Code{
		ID:    "YML014",
		Title: "the file holds more than one document",
		Means: "A line `---` begins another document. A config is one.",
		Why:   "Only one of the pipelines could run, and which one is not to be seen in the file.",
		Ways:  []string{"keep one pipeline in a file"},
		Fails: `version: 1
stages:
  - phantom
---
version: 1
stages:
  - phantom
`,
		Mended: `version: 1
stages:
  - phantom
`,
	}
	YML015 = &diag.Code{
		ID:    "YML015",
		Title: "the version of the language is not known",
		Means: "`version` says which version of the language the file is written in. This program knows version 1.",
		Why:   "The same words may mean something else in another version.",
		Ways:  []string{"write `version: 1`", "use the program that the file was written for"},
		Fails: `version: 2
stages:
  - phantom
`,
		Mended: `version: 1
stages:
  - phantom
`,
	}
	YML016 = &diag.Code{
		ID:    "YML016",
		Title: "a setting of the command line cannot be applied",
		Means: "`--set train.epochs=3` sets a setting of a stage, named by its id; what lies deeper is named with more dots: `train.optimizer.adam.learning_rate`, or `model.layers.conv3d_1.filters` for the layer with that id. `--set seed=7`, `name`, `runs` and `vars.NAME` set those. The value is read as in a file.",
		Why:   "A setting that is passed over would leave the file's value in force, which nobody would notice.",
		Ways:  []string{"name a stage by its id", "mend the spelling"},
	}
	YML017 = &diag.Code{
		ID:    "YML017",
		Title: "an item is not of one kind",
		Means: "An item of a list is a kind alone, `- flatten`, or a map with one kind as its key, `- dense: {units: 2}`. Beside the kind only `id`, `from` and `allow` can stand. Losses, optimizers and the like are written in the same way.",
		Why:   "Mostly the settings are not indented further than their kind.",
		Ways:  []string{"indent the settings further than the kind", "begin each item with a dash"},
		Fails: `version: 1
stages:
  - phantom:
    samples: 40
`,
		Mended: `version: 1
stages:
  - phantom:
      samples: 40
`,
	}
)

// The diagnostics of ids and of what refers to them.
var (
	GRA001 = &diag.Code{
		ID:    "GRA001",
		Title: "an id is malformed",
		Means: "An id begins with a small letter and goes on with small letters, digits and `_`.",
		Why:   "Ids name weights, files and settings of the command line.",
		Ways:  []string{"rename it"},
		Fails: `version: 1
stages:
  - phantom:
    id: My-Data
`,
		Mended: `version: 1
stages:
  - phantom:
    id: my_data
`,
	}
	GRA002 = &diag.Code{
		ID:    "GRA002",
		Title: "an id is used twice",
		Means: "Two items of one list have the same id.",
		Why:   "A name has to mean one thing.",
		Ways:  []string{"rename one of them", "leave the ids out: items then get their kind's name, with a number"},
		Fails: `version: 1
stages:
  - phantom:
    id: data
  - phantom: {classes: 3}
    id: data
`,
		Mended: `version: 1
stages:
  - phantom:
    id: data
  - phantom: {classes: 3}
    id: more_data
`,
	}
	GRA003 = &diag.Code{
		ID:    "GRA003",
		Title: "`from` names an item that does not exist",
		Means: "No item of the list has this id. An item without an `id` has its kind's name; the second of a kind has `_1` behind it, the third `_2`.",
		Why:   "The item would take another input than the one that was meant.",
		Ways:  []string{"mend the spelling", "give the item that is meant this id"},
		Fails: `version: 1
stages:
  - phantom:
    id: heads
  - split: {train: 0.8, test: 0.2}
    from: head
`,
		Mended: `version: 1
stages:
  - phantom:
    id: heads
  - split: {train: 0.8, test: 0.2}
    from: heads
`,
	}
	GRA004 = &diag.Code{
		ID:    "GRA004",
		Title: "`from` does not name an item above",
		Means: "An item takes the output of items above it. This one names itself, or one further down.",
		Why:   "Read from top to bottom, a file never goes in a circle.",
		Ways:  []string{"move the item below the one that it takes", "name an item above"},
		Fails: `version: 1
stages:
  - phantom
  - split: {train: 0.8, test: 0.2}
    from: more
  - phantom: {classes: 3}
    id: more
`,
		Mended: `version: 1
stages:
  - phantom
  - phantom: {classes: 3}
    id: more
  - split: {train: 0.8, test: 0.2}
    from: more
`,
	}
	GRA005 = &diag.Code{
		ID:    "GRA005",
		Title: "`allow` cannot silence this",
		Means: "`allow: [TRN001]` beside an item, or `allow: {TRN001: the reason}`, silences warnings of that code. This is no code, or the code of an error.",
		Why:   "What is wrong for certain has to be mended.",
		Ways:  []string{"write the code as the warning shows it"},
		Fails: `version: 1
stages:
  - phantom:
    allow: [TRN999]
`,
		Mended: `version: 1
stages:
  - phantom
`,
	}
)
