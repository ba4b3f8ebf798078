package spec

import (
	"slices"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Codes lists the diagnostics of this package.
func Codes() []*diag.Code { return slices.Clone(codes) }

var codes = []*diag.Code{
	FIL001, FIL002, FIL003, FIL004, FIL005, FIL006,
	YML001, YML002, YML003, YML004, YML005, YML006, YML007, YML008, YML009,
	YML010, YML011, YML012, YML013, YML014, YML015, YML016, YML017,
	GRA001, GRA002, GRA003, GRA004, GRA005,
}

// The diagnostics of the files that a config is made of.
var (
	FIL001 = &diag.Code{
		ID:    "FIL001",
		Title: "the config file does not exist",
		Means: "No file has the path that was given, on the command line or by `extends`. A path in `extends` starts at the folder of the file that it stands in.",
		Why:   "Nothing can be checked without the file.",
		Ways:  []string{"check the spelling", "check the folder that a relative path starts at"},
		Fails: `version: 1
extends: no_such_file.yaml
stages:
  - phantom
`,
		Mended: `version: 1
stages:
  - phantom
`,
	}
	FIL002 = &diag.Code{
		ID:    "FIL002",
		Title: "the config file cannot be read",
		Means: "The path leads to a folder, or to a file that may not be read.",
		Why:   "Nothing can be checked without the file.",
		Ways:  []string{"name a file", "give yourself the right to read it: `chmod u+r FILE`"},
		Fails: `version: 1
extends: .
stages:
  - phantom
`,
		Mended: `version: 1
stages:
  - phantom
`,
	}
	FIL003 = &diag.Code{
		ID:    "FIL003",
		Title: "the config file is too large",
		Means: "A config has at most 4 MB; one that people write has a few kilobytes. The file was not read.",
		Why:   "Usually a data file was named in place of the config.",
		Ways:  []string{"name the config"},
	}
	FIL004 = &diag.Code{
		ID:    "FIL004",
		Title: "the config file is empty",
		Means: "There is nothing in it, or nothing but blank lines and comments.",
		Why:   "A pipeline needs at least one stage.",
		Ways:  []string{"write a pipeline: `version: 1`, and `stages:` with a list below it"},
		Fails: `# to be written
`,
		Mended: `version: 1
stages:
  - phantom
`,
	}
	FIL005 = &diag.Code{
		ID:    "FIL005",
		Title: "config files extend each other in a circle",
		Means: "Following `extends` from file to file leads back to one that is already being read.",
		Why:   "Each file is merged under the one that extends it; in a circle none would be the lowest.",
		Ways:  []string{"remove one of the `extends`", "move what the files share to a third one that both extend"},
	}
	FIL006 = &diag.Code{
		ID:    "FIL006",
		Title: "the config file is not text",
		Means: "A config is text in UTF-8. This file holds bytes that UTF-8 does not have: it may be a data file, or text in another encoding, such as UTF-16 or Latin-1.",
		Why:   "Guessing an encoding would turn some letters into others, in paths and class names too.",
		Ways:  []string{"name the config, if a data file was named", "save the text as UTF-8"},
	}
)
