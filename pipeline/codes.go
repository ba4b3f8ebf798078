package pipeline

import "github.com/voxelpipe/pipe/pipeline/diag"

var codes = []*diag.Code{GRA101, GRA102, GRA103, GRA110, BUG001, BUG002}

// The diagnostics of joining and running stages.
var (
	GRA101 = &diag.Code{
		ID: "GRA101", Severity: diag.Error,
		Title: "a stage has no input",
		Means: "A stage takes its inputs from the stages above it: the nearest one that gives what is needed. No stage above this one gives it.",
		Why:   "Data flows down the file. A stage without its input could never run.",
		Ways:  []string{"put a stage that gives it above", "move this stage below the one it needs"},
		Fails: `version: 1
stages:
  - split: {train: 0.8, test: 0.2}
`,
		Mended: `version: 1
stages:
  - phantom
  - split: {train: 0.8, test: 0.2}
`,
	}
	GRA102 = &diag.Code{
		ID: "GRA102", Severity: diag.Error,
		Title: "a stage does not take what it is given",
		Means: "`from` names a stage that gives something else than this one takes: a model where a dataset is needed, or one input more than there is use for.",
		Why:   "An input that is silently left out would make the file say something other than what runs.",
		Ways:  []string{"name a stage that gives what is needed", "leave `from` out: the nearest fitting stage above is then taken"},
		Fails: `version: 1
stages:
  - phantom
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - split: {train: 0.8, test: 0.2}
    from: model
`,
		Mended: `version: 1
stages:
  - phantom
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - split: {train: 0.8, test: 0.2}
    from: phantom
`,
	}
	GRA103 = &diag.Code{
		ID: "GRA103", Severity: diag.Error,
		Title: "one file is written twice",
		Means: "Two stages, or two callbacks, name the same file for what they write, or one names a file that is always written, such as `history.csv`.",
		Why:   "Stages work at the same time. What is left in the file would be that of the slower one, and the other's work would be lost.",
		Ways:  []string{"give each its own file: `output`, or the setting of a callback"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 16, 16]}
  - reshape: {expand_dims: -1}
  - split: {train: 0.8, test: 0.2}
  - label_encode
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}
  - predict: {on: train, output: found.csv}
  - predict: {on: test, output: found.csv}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 16, 16]}
  - reshape: {expand_dims: -1}
  - split: {train: 0.8, test: 0.2}
  - label_encode
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}
  - predict: {on: train, output: found_train.csv}
  - predict: {on: test, output: found_test.csv}
`,
	}
	GRA110 = &diag.Code{
		ID: "GRA110", Severity: diag.Error,
		Title: "a stage failed",
		Means: "The config is right, but the work of this stage could not be done: a disk is full, a file vanished, memory is short. The message says what happened.",
		Why:   "What depends on the stage was skipped. What had been done before is kept in the run's record.",
		Ways:  []string{"mend what the message names, then run again"},
	}
	BUG001 = &diag.Code{
		ID: "BUG001", Severity: diag.Error,
		Title: "pipe itself failed in this stage",
		Means: "The program ran into a state that its authors thought impossible. Neither the config nor the data is to blame.",
		Why:   "A check should have refused whatever led here.",
		Ways:  []string{"report it with the config; the run's log.txt has the details"},
	}
	BUG002 = &diag.Code{
		ID: "BUG002", Severity: diag.Error,
		Title: "a stage gave something else than its check promised",
		Means: "Before a run every stage promises the type of what it will give. After the run the two are compared; here they differ.",
		Why:   "Every check further down relied on the promise.",
		Ways:  []string{"report it with the config; it is a bug in pipe"},
	}
)
