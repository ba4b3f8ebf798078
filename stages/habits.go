package stages

import "github.com/voxelpipe/pipe/pipeline/spec"

// habits are settings of other programs that have none of their name here, and what
// does the same.
func habits() []spec.Habit {
	const (
		sizes = "leave it out: the first layer takes what the dataset gives, and every other one what stands in front of it"
		parts = "the split stage shares the examples out: split: {train: 0.7, validation: 0.15, test: 0.15, stratify: true}"
		rate  = "it belongs to the optimizer: optimizer: {adam: {learning_rate: 1e-3}}"
	)
	train, split := []string{"train"}, []string{"split"}
	return []spec.Habit{
		{Key: "data_format", Instead: "leave it out: every layer takes the channels last; volumes in another order are moved above the model: transpose: {order: [depth, height, width, channel]}"},
		{Key: "input_shape", Instead: sizes}, {Key: "batch_input_shape", Instead: sizes}, {Key: "input_dim", Instead: sizes},
		{Key: "in_channels", Instead: sizes}, {Key: "in_features", Instead: sizes},
		{Key: "name", Instead: "write id beside the kind: it names the layer, and its weights"},
		{Key: "validation_split", Of: train, Instead: parts}, {Key: "validation_data", Of: train, Instead: parts},
		{Key: "steps_per_epoch", Of: train, Instead: "leave it out: an epoch goes through all training examples once; drop_last leaves out the last batch if it is not full"},
		{Key: "learning_rate", Of: train, Instead: rate}, {Key: "lr", Of: train, Instead: rate},
		{Key: "random_state", Of: split, Instead: "write seed at the top of the file: it decides every choice that is made at random"},
		{Key: "verbose", Of: train, Instead: "leave it out: what a run says is for the command line, see pipe run --help"},
	}
}
