package spec

import "github.com/voxelpipe/pipe/pipeline/diag"

// The diagnostics of YAML, names and values.
var (
	YML001 = &diag.Code{
		ID:    "YML001",
		Title: "the file is not valid YAML",
		Means: "The text breaks a rule of YAML, or uses a part of it that configs do without: tags such as `!!str`, and keys that are not plain text. What follows the place could not be read.",
		Why:   "Where the form is broken, what belongs to what can only be guessed.",
		Ways: []string{
			"close the bracket or the quotes",
			"put text that holds `: `, ` #`, or begins with `*`, `&`, `!`, `%`, `@`, `[` or `{` in quotes",
			"give the entries of one block the same indentation",
		},
		Fails: `version: 1
stages:
  - phantom: {size: [8, 16, 16}
`,
		Mended: `version: 1
stages:
  - phantom: {size: [8, 16, 16]}
`,
	}
	YML002 = &diag.Code{
		ID:     "YML002",
		Title:  "a line is indented with a tab",
		Means:  "YAML indents with spaces only.",
		Why:    "How far in a tab reaches differs between editors, and with it what the file would mean.",
		Ways:   []string{"replace the tab by spaces, two for each level", "set the editor to write spaces"},
		Fails:  "version: 1\nstages:\n\t- phantom\n",
		Mended: "version: 1\nstages:\n  - phantom\n",
	}
	YML003 = &diag.Code{
		ID:    "YML003",
		Title: "a key is written twice",
		Means: "The same key stands twice in one map.",
		Why:   "Only one of the two values could be used, and which one is not to be seen in the file.",
		Ways:  []string{"keep one of the two"},
		Fails: `version: 1
stages:
  - phantom:
      samples: 40
      classes: 2
      samples: 80
`,
		Mended: `version: 1
stages:
  - phantom:
      classes: 2
      samples: 80
`,
	}
	YML004 = &diag.Code{
		ID:    "YML004",
		Title: "a key is not known",
		Means: "Nothing reads this key. `pipe explain KIND` lists the settings of a kind.\n\nThe keys of a pipeline are `version`, `name`, `seed`, `extends`, `vars`, `runs` and `stages`. One that begins with `x-` is left alone: it is a place for anchors.",
		Why:   "A misspelt setting that is passed over leaves its default in force, which nobody would notice.",
		Ways:  []string{"mend the spelling", "remove the key", "check the indentation: it may belong to something else"},
		Fails: `version: 1
stages:
  - phantom: {sample: 40}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40}
`,
	}
	YML005 = &diag.Code{
		ID:    "YML005",
		Title: "a value is of the wrong type",
		Means: "The setting wants another type of value. A whole number is written without a point (`3`, not `3.0`), text that looks like a number in quotes, and `on` and `yes` are text: write `true`. A key without a value has the value `null`, not its default.\n\nWhat comes from the environment (`${env:NAME}`) is always text; a number can be set by `--set train.epochs=3`.",
		Why:   "A value that is rounded or converted in silence is not what was written.",
		Ways:  []string{"write a value of the type that the message names", "remove the key for its default"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40.5}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40}
`,
	}
	YML006 = &diag.Code{
		ID:    "YML006",
		Title: "a value is not allowed",
		Means: "The value has the right type, but is out of its bounds, or not one of the names that the setting knows.",
		Why:   "The work of the stage is not defined for it.",
		Ways:  []string{"write a value within the bounds that the message names"},
		Fails: `version: 1
stages:
  - phantom: {samples: 0}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40}
`,
	}
	YML007 = &diag.Code{
		ID:    "YML007",
		Title: "something is missing",
		Means: "A setting without a default is not written, or the pipeline has no stages.",
		Why:   "There is no value that would be right for every pipeline.",
		Ways:  []string{"write it"},
		Fails: `version: 1
stages:
  - phantom
  - reshape: {expand_dims: -1}
  - model:
      layers:
        - conv3d: {kernel_size: 3}
`,
		Mended: `version: 1
stages:
  - phantom
  - reshape: {expand_dims: -1}
  - model:
      layers:
        - conv3d: {filters: 8, kernel_size: 3}
`,
	}
	YML008 = &diag.Code{
		ID:    "YML008",
		Title: "two settings exclude each other",
		Means: "Both settings decide the same thing, in different ways.",
		Why:   "Only one of them could be followed.",
		Ways:  []string{"keep one of the two"},
		Fails: `version: 1
stages:
  - phantom
  - split: {train: 0.8, test: 0.2}
  - normalize
  - label_encode
  - model: {layers: [flatten, dense: {units: 2, activation: softmax}]}
  - train:
      optimizer: adam
      loss: categorical_crossentropy
      epochs: 2
      gradient_clip: {norm: 1.0, value: 0.5}
`,
		Mended: `version: 1
stages:
  - phantom
  - split: {train: 0.8, test: 0.2}
  - normalize
  - label_encode
  - model: {layers: [flatten, dense: {units: 2, activation: softmax}]}
  - train:
      optimizer: adam
      loss: categorical_crossentropy
      epochs: 2
      gradient_clip: {norm: 1.0}
`,
	}
	YML009 = &diag.Code{
		ID:    "YML009",
		Title: "a name is not known",
		Means: "There is no stage, layer, loss, … of this name. `pipe kinds` lists all that exist. In the name of a kind `-` and `_` are the same.",
		Why:   "Something of another name would be something else than what was written.",
		Ways:  []string{"mend the spelling", "use one of the kinds that exist"},
		Fails: `version: 1
stages:
  - phantum
`,
		Mended: `version: 1
stages:
  - phantom
`,
	}
	YML010 = &diag.Code{
		ID:    "YML010",
		Title: "an alias cannot be followed",
		Means: "An alias (`*name`) repeats what an anchor (`&name`) above it marks, and `<<: *name` takes the entries of a map in. This one stands inside of what it names, takes in what is no map, or repeats so much that the file would grow out of bounds.",
		Why:   "A file that contains itself has no end, and one of a few lines can stand for billions.",
		Ways:  []string{"name an anchor that ends above the alias", "use `<<` with maps only", "use fewer aliases inside of what other aliases repeat"},
		Fails: `version: 1
x-sizes: &sizes [8, 16, 16]
stages:
  - phantom:
      <<: *sizes
`,
		Mended: `version: 1
x-sizes: &sizes [8, 16, 16]
stages:
  - phantom:
      size: *sizes
`,
	}
)
