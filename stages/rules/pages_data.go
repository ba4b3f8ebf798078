package rules

// Codes on data and their preparation that no config of this language can earn.
var (
	SHP005 = prevented("SHP005", "depth taken for channels",
		"there are no two-dimensional layers, and a three-dimensional one refuses a volume without a channel axis (SHP001).",
		"A volume of 128 slices read as an image of 128 channels is convolved along two axes only.")
	SHP018 = prevented("SHP018", "layers that disagree on the layout",
		"every layer takes channels last; there is no setting for the layout.",
		"A layer with channels first convolves along the channels of its neighbours.")
	SHP020 = prevented("SHP020", "a two-dimensional layer in a three-dimensional model",
		"there are no two-dimensional layers.",
		"It would fail, or take the depth for something else.")
	PRE010 = prevented("PRE010", "random changes of validation or test examples",
		"no stage changes examples at random.",
		"The numbers measured would differ from run to run.")
	PRE011 = prevented("PRE011", "an augmentation that changes the label",
		"no stage flips or turns examples at random.",
		"A flip along the width makes a left one a right one.")
	PRE013 = prevented("PRE013", "volumes of different spacing",
		"arrays have no spacing, and volumes of different sizes are refused (SHP016). Bring them to one spacing and orientation before they are saved.",
		"The same organ would be of another size in each.")
	PRE014 = prevented("PRE014", "a division by the spread of a constant volume",
		"`normalize` takes voxels that are all equal to 0, or to the first end of its range; it never divides by zero.",
		"0/0 is NaN, and one NaN reaches every weight.")
	PRE015 = prevented("PRE015", "copies of an example on both sides of the split",
		"no stage copies examples.",
		"A turned copy of a training example in the test is known by heart.")
	DAT009 = prevented("DAT009", "spacing or orientation that is inconsistent",
		"arrays (.npy, .npz) have neither; no header with them is read.",
		"A header that says 1 × 1 × 1 mm of everything has mostly been filled in by a converter.")
	SPL008 = prevented("SPL008", "a split behind cutting or augmenting",
		"no stage makes several examples out of one. Of patches that were cut elsewhere, load the patients as `groups`: SPL003 refuses a split that tears them apart.",
		"Two patches of one volume on both sides of the split are nearly the same example.")
	SPL010 = prevented("SPL010", "a split without a seed",
		"the file's `seed`, 0 where it is not written, and the stage's id decide it.",
		"Two runs with other test examples cannot be compared.")
	PRD002 = prevented("PRD002", "new volumes of another spacing or orientation",
		"arrays have neither. Bring new volumes to the spacing of those for training before they are saved; another shape is refused.",
		"A structure of 10 voxels in training is one of 3 at three times the spacing.")
	PRD005 = prevented("PRD005", "prepared volumes older than their settings",
		"prepared volumes are not kept from one run to the next: every run prepares them from the files.",
		"Values of last week's settings would be trained on.")
)
