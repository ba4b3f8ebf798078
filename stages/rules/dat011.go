package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// DAT011 is reported by whatever reads a data file.
var DAT011 = &Rule{Code: &diag.Code{
	ID: "DAT011", Severity: diag.Error,
	Title: "a data file cannot be read",
	Means: "The file is there, but it is empty, cut off, damaged, of another format than its name says, or its header promises something else than what follows. The message has the numbers.",
	Why:   "Bytes that are guessed at become voxels that nobody measured.",
	Ways:  []string{"copy or save the file again: a transfer may have been cut off", "convert it to .npy or .npz with NumPy, as the message says"},
}}
