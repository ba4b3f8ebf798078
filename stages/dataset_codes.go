package stages

import "github.com/voxelpipe/pipe/pipeline/diag"

// datasetCodes are the diagnostics of the stages that change a dataset, beyond
// those of the rules.
var datasetCodes = []*diag.Code{YML121, YML122, YML123, GRA121}

// The diagnostics of settings that only the dataset shows to be wrong.
var (
	YML121 = &diag.Code{
		ID: "YML121", Severity: diag.Error,
		Title: "settings that do not go together",
		Means: "Each of the settings is right by itself, but together they leave nothing to be done, or say two things at once: a `normalize` with a `scale` that its `method` does not take, a `split` in fractions and counts.",
		Why:   "Taking one of the two silently would make the file say something other than what runs.",
		Ways:  []string{"keep the setting that you mean and remove the others", "write two stages, one after the other, if you mean both"},
		Fails: `version: 1
stages:
  - phantom
  - normalize: {method: min_max, over: example, scale: 0.5}
`,
		Mended: `version: 1
stages:
  - phantom
  - normalize: {method: min_max, over: example, range: [0, 0.5]}
`,
	}
	YML122 = &diag.Code{
		ID: "YML122", Severity: diag.Error,
		Title: "a setting does not fit the dataset",
		Means: "The setting asks for something that the dataset at this place does not have: an axis beyond its rank, labels or groups that were never loaded, more examples than there are.",
		Why:   "What the dataset has was decided further up; the message shows both places.",
		Ways:  []string{"mend the setting", "give the dataset what is asked for, in the stage that the message points at"},
		Fails: `version: 1
stages:
  - load: {volumes: heads.npy, shape: [100, 16, 32, 32], dtype: float32}
  - transpose: {order: [2, 1, 0, 3]}
`,
		Mended: `version: 1
stages:
  - load: {volumes: heads.npy, shape: [100, 16, 32, 32], dtype: float32}
  - transpose: {order: [2, 1, 0]}
`,
	}
	YML123 = &diag.Code{
		ID: "YML123", Severity: diag.Error,
		Title: "the parts of a split do not make a whole",
		Means: "The fractions of `train`, `validation` and `test` have to add up to 1. A part that is left out is empty: its fraction is 0.",
		Why:   "Fractions that add up to less would drop examples without saying so; more than all cannot be given.",
		Ways:  []string{"mend the fractions", "give counts (`train: 120`) to leave some examples out on purpose"},
		Fails: `version: 1
stages:
  - phantom
  - split: {train: 0.7, validation: 0.2}
`,
		Mended: `version: 1
stages:
  - phantom
  - split: {train: 0.7, validation: 0.2, test: 0.1}
`,
	}
	GRA121 = &diag.Code{
		ID: "GRA121", Severity: diag.Error,
		Title: "a dataset is split twice",
		Means: "The dataset already has partitions: another `split` made them, or `load` was given `train`, `validation` and `test` apart.",
		Why:   "Splitting again would mix examples that were kept apart on purpose.",
		Ways:  []string{"remove this split", "load everything as one dataset and split it here"},
		Fails: `version: 1
stages:
  - phantom
  - split: {train: 0.8, test: 0.2}
  - split: {train: 0.9, validation: 0.1}
`,
		Mended: `version: 1
stages:
  - phantom
  - split: {train: 0.7, validation: 0.1, test: 0.2}
`,
	}
)
