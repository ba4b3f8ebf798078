package stages

import "github.com/voxelpipe/pipe/pipeline/diag"

// fileCodes are the diagnostics of data files that cannot be opened.
var fileCodes = []*diag.Code{FIL101, FIL102, FIL103}

// The diagnostics of opening a user's data file.
var (
	FIL101 = &diag.Code{
		ID: "FIL101", Severity: diag.Error,
		Title: "a data file is missing",
		Means: "There is no file at the path, or no file fits the pattern. Paths in a config start at the config's folder, not at the folder that `pipe` is called from; paths in a table start at the table's folder.",
		Why:   "Without the file there is nothing to load. `pipe check` never opens data, so it cannot see this; `pipe plan` and `pipe run` do.",
		Ways:  []string{"mend the path", "bring the data to where the config looks for it", "write the folder as `${env:NAME:-default}`, if it differs from machine to machine"},
	}
	FIL102 = &diag.Code{
		ID: "FIL102", Severity: diag.Error,
		Title: "a data file is not a file that can be read",
		Means: "There is something at the path, but it is a folder or a device, or the system cannot open it.",
		Why:   "Arrays are read in pieces from any place of the file, so it has to be a regular one.",
		Ways:  []string{"name a file in the folder, or a pattern such as `folder/*.npy`", "copy a stream to a file first"},
	}
	FIL103 = &diag.Code{
		ID: "FIL103", Severity: diag.Error,
		Title: "a data file may not be read",
		Means: "The file is there, but the user that `pipe` runs as has no right to read it.",
		Why:   "Nothing can be said about the data without reading its header.",
		Ways:  []string{"`chmod u+r FILE`, or ask its owner", "run `pipe` as a user who may"},
	}
)
