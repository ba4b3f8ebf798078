package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// operator makes one mistake; change is false where a config has no place for it.
type operator struct {
	name   string
	change func(m *mutant) bool
	// same says of a base why the result of a training is no other, of all bases
	// under "all"; what is not there is a fault.
	same map[string]string
}

// everywhere is a change that is none of the result's on any base.
func everywhere(reason string) map[string]string { return map[string]string{"all": reason} }

// swapped changes a config by swapping the first pair of which it holds the first text.
func swapped(pairs ...string) func(m *mutant) bool {
	return func(m *mutant) bool {
		for i := 0; i < len(pairs); i += 2 {
			if m.swap(pairs[i], pairs[i+1]) {
				return true
			}
		}
		return false
	}
}

// everyOne changes every place.
func everyOne(pairs ...string) func(m *mutant) bool {
	return func(m *mutant) bool {
		before := m.text
		m.text = strings.NewReplacer(pairs...).Replace(m.text)
		return m.text != before
	}
}

// gone takes a line out.
func gone(with string) func(m *mutant) bool { return func(m *mutant) bool { return m.without(with) } }

// added puts a line behind the one that holds a text.
func added(with, line string) func(m *mutant) bool {
	return func(m *mutant) bool { return m.behind(with, line) }
}

// trained adds keys to the recipe of what is trained on, where files are.
func trained(keys string) func(m *mutant) bool {
	return func(m *mutant) bool { return m.remake(m.training(), keys) }
}

// apart changes a base of which the partitions are files of their own.
func apart(change func(m *mutant) bool) func(m *mutant) bool {
	return func(m *mutant) bool { return len(m.recipes) > 1 && change(m) }
}

// afterwards changes the files themselves.
func afterwards(then func(t testing.TB, folder string)) func(m *mutant) bool {
	return func(m *mutant) bool {
		m.then = then
		return m.recipes != nil
	}
}

// rate sets the learning rate.
func rate(times string) func(m *mutant) bool {
	rates := map[string]string{
		"1000 adam": "adam: {learning_rate: 1}", "1000 2e-3": "learning_rate: 2", "1000 1e-3": "learning_rate: 1",
		"0.001 adam": "adam: {learning_rate: 1e-6}", "0.001 2e-3": "learning_rate: 2e-6", "0.001 1e-3": "learning_rate: 1e-6",
	}
	return func(m *mutant) bool {
		return m.swap("optimizer: adam\n", "optimizer: {"+rates[times+" adam"]+"}\n") ||
			m.swap("learning_rate: 2e-3", rates[times+" 2e-3"]) || m.swap("learning_rate: 1e-3", rates[times+" 1e-3"])
	}
}

// copied puts the files of one partition in the place of another's.
func copied(t testing.TB, folder, from, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(folder, from+"_"+name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, to+"_"+name+".npy"), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// head changes the last layer.
func head(units, activation string) func(m *mutant) bool {
	return func(m *mutant) bool {
		for _, own := range []string{"2", "3"} {
			n := map[string]string{"": own, "one": "1", "less": string(own[0] - 1), "more": string(own[0] + 1)}[units]
			if m.swap("dense: {units: "+own+", activation: softmax}", "dense: {units: "+n+activation+"}") {
				return true
			}
			unet := ", classifier_activation: " + strings.TrimPrefix(activation, ", activation: ")
			if activation == "" {
				unet = ", classifier_activation: linear"
			}
			if m.swap("            classes: "+own+"\n", "            classes: "+n+"\n            "+strings.TrimPrefix(unet, ", ")+"\n") {
				return true
			}
		}
		return false
	}
}

const scaleUndone = "the first convolution has a normalization behind it, which undoes any scale"

const softmax = ", activation: softmax"

// operators are the mistakes, by what they touch: axes, values, labels, partitions,
// the head, the layers, the training.
var operators = []operator{
	{"no channel axis", gone("expand_dims: -1"), nil},
	{"a channel axis twice", added("expand_dims: -1", "- reshape: {expand_dims: -1}"), nil},
	{"the channel axis in front", swapped("expand_dims: -1", "expand_dims: 0"), nil},
	{"axes swapped by a reshape", swapped("- reshape: {expand_dims: -1}               # (100, 10, 64, 64) -> (100, 10, 64, 64, 1)", "- reshape: {to: [12, 8, 12, 1]}"), nil},
	{"axes swapped by a transpose", added("expand_dims: -1", "- transpose: {order: [width, height, depth, channel]}"), everywhere("all volumes are turned alike, and a convolution has no direction of its own")},

	{"no scaling", gone("normalize:"), map[string]string{
		"keras_article":            "phantoms are between 0 and 1 as they are",
		"adrenal":                  scaleUndone,
		"hippocampus_patches":      scaleUndone,
		"hippocampus_segmentation": scaleUndone,
	}},
	{"scaled twice", added("normalize:", "- normalize: {method: rescale, scale: 0.00392156862745098}"), nil},
	{"scale learnt from all partitions", func(m *mutant) bool {
		line := m.line("normalize:")
		return !strings.Contains(line, "over: example") && m.without("normalize:") && m.behind("expand_dims: -1", strings.TrimSpace(line)) && m.line("- split:") != ""
	}, nil},
	{"another scale, as good", swapped("method: min_max", "method: z_score", "method: z_score", "method: min_max", "method: max", "method: min_max"), everywhere("both bring the values to a scale near 1")},
	{"clipped to nothing", added("expand_dims: -1", "- clip: {range: [1000, 2000]}"), nil},
	{"a window of CT on MRI", added("expand_dims: -1", "- clip: {range: [-175, 250]}"), map[string]string{
		"mri":           "all values are inside of the window",
		"keras_article": "all values are inside of the window",
		"adrenal":       "it is a CT, and nearly all values are inside of the window",
	}},
	{"NaN in two volumes", func(m *mutant) bool {
		return !strings.Contains(strings.Join(m.recipes, ""), "uint8") && m.remake(m.training(), "nan=3,11 nan_share=0.02")
	}, nil},
	{"most volumes constant", trained("flat=" + list(100)), nil},
	{"a few volumes constant", trained("flat=0,3,4"), nil},
	{"bright debris in every volume", func(m *mutant) bool {
		return strings.Contains(m.text, "method: min_max") && !strings.Contains(strings.Join(m.recipes, ""), "uint8") && m.remake(m.training(), "spots=1 spot=60000")
	}, nil},

	{"labels one too high", trained("values=1,2,3"), nil},
	{"labels of other volumes", trained("shuffled=1"), nil},
	{"labels stored as fractions", trained("values=0,0.00392,0.00784 label_dtype=float32"), nil},
	{"one-hot twice", func(m *mutant) bool { return m.behind("label_encode", strings.TrimSpace(m.line("label_encode"))) }, nil},
	{"class ids for a loss over rows", func(m *mutant) bool {
		return !strings.Contains(m.text, "dice_") && m.swap(m.line("label_encode"), "  - label_encode: {form: class_id}\n")
	}, nil},
	{"a class too many is declared", swapped("classes: [normal, hyperplasia]", "classes: [normal, hyperplasia, other]",
		"classes: [background, anterior, posterior]", "classes: [background, anterior, posterior, other]",
		"label_encode: {classes: 2", "label_encode: {classes: 3", "label_encode: {form: one_hot}", "label_encode: {classes: 3, form: one_hot}"), nil},
	{"a class is not declared", swapped("classes: [normal, hyperplasia]", "classes: [normal]",
		"classes: [background, anterior, posterior]", "classes: [background, anterior]",
		"label_encode: {classes: 2", "label_encode: {classes: 1"), nil},
	{"the names of the classes swapped", swapped("[normal, hyperplasia]", "[hyperplasia, normal]", "[background, anterior, posterior]", "[background, posterior, anterior]"), everywhere("names are only printed: no number of the training changes")},
	{"all labels alike", trained("values=0,0,0"), nil},

	{"sorted and cut by position", func(m *mutant) bool {
		return (m.swap("validation: 0.15, test: 0.15, stratify: true", "validation: 0.15, test: 0.15, shuffle: false")) && m.remake("", "order=sorted")
	}, nil},
	{"patients torn apart", swapped("by: groups", "shuffle: true"), everywhere("here every scan is a patient of its own")},
	{"a patient in two partitions", apart(func(m *mutant) bool {
		return strings.Contains(m.recipes[1], "patient=100") && m.remake("validation", "patient=0")
	}), nil},
	{"training copied into validation", apart(afterwards(func(t testing.TB, folder string) {
		copied(t, folder, "train", "validation", "volumes", "labels")
		if exists(filepath.Join(folder, "train_groups.npy")) {
			os.Remove(filepath.Join(folder, "validation_groups.npy"))
			copied(t, folder, "train", "validation", "groups")
		}
	})), nil},
	{"one class only to validate on", apart(func(m *mutant) bool { return m.remake("validation", "counts=30,0,0") }), nil},
	{"a class missing in training", apart(trained("counts=0,60,60")), nil},
	{"an empty validation", swapped("validation: 0.15, test: 0.15", "validation: 0.001, test: 0.299", "train: 0.8, validation: 0.2", "train: 0.999, validation: 0.001"), nil},

	{"softmax over one unit", head("one", softmax), nil},
	{"a unit too few", head("less", softmax), nil},
	{"a unit too many", head("more", softmax), nil},
	{"no last activation", head("", ""), nil},
	{"sigmoid for classes", head("", ", activation: sigmoid"), nil},
	{"relu at the end", head("", ", activation: relu"), nil},
	{"from_logits behind softmax", swapped("loss: categorical_crossentropy", "loss: {categorical_crossentropy: {from_logits: true}}"), nil},
	{"squared error for classes", swapped("loss: categorical_crossentropy", "loss: mean_squared_error", "loss: dice_crossentropy", "loss: mean_squared_error"), nil},
	{"binary cross-entropy for classes", swapped("loss: categorical_crossentropy", "loss: binary_crossentropy", "loss: dice_crossentropy", "loss: binary_crossentropy"), map[string]string{
		"keras_article": "of two softmax units and one-hot rows it is the cross-entropy itself",
	}},
	{"a loss over ids for rows", swapped("loss: categorical_crossentropy", "loss: sparse_categorical_crossentropy"), nil},
	{"Dice alone", swapped("loss: dice_crossentropy", "loss: dice"), everywhere("it is as good a loss for regions")},
	{"dropout behind the head", func(m *mutant) bool {
		return m.behind(", activation: softmax}", "- dropout: {rate: 0.5}")
	}, nil},

	{"no hidden activations", func(m *mutant) bool {
		return everyOne(", activation: relu}", "}", "        - relu\n", "", "activation: {leaky_relu: {negative_slope: 0.01}}", "activation: linear")(m)
	}, map[string]string{
		"keras_article": "the pooling bends what the one convolution gives",
	}},
	{"softmax in the hidden layers", everyOne(", activation: relu}", softmax+"}", "        - relu\n", "        - softmax\n", "activation: {leaky_relu: {negative_slope: 0.01}}", "activation: softmax"), nil},
	{"sigmoid in the hidden layers", everyOne(", activation: relu}", ", activation: sigmoid}", "        - relu\n", "        - sigmoid\n", "activation: {leaky_relu: {negative_slope: 0.01}}", "activation: sigmoid"), everywhere("four layers or fewer learn with it too, only slower")},
	{"dropout 0.95", everyOne("dropout: {rate: 0.3}", "dropout: {rate: 0.95}", "dropout: {rate: 0.5}", "dropout: {rate: 0.95}"), nil},
	{"all weights zero", everyOne("kernel_size: 3,", "kernel_size: 3, kernel_initializer: zeros,", "filters: 8\n", "filters: 8\n            kernel_initializer: zeros\n"), nil},
	{"kernels as large as the volume", everyOne("kernel_size: 3", "kernel_size: 8"), nil},
	{"a pooling of everything", swapped("- max_pool3d: {pool_size: 2}", "- max_pool3d: {pool_size: 16}", "- max_pool3d\n", "- max_pool3d: {pool_size: 16}\n", "depth: 2\n", "depth: 5\n"), nil},
	{"no flatten", gone("- flatten"), nil},
	{"a penalty of everything", everyOne("kernel_size: 3,", "kernel_size: 3, kernel_regularizer: {l2: {l2: 10}},", "filters: 8\n", "filters: 8\n            kernel_regularizer: {l2: {l2: 10}}\n"), nil},
	{"nothing is trained", func(m *mutant) bool {
		return everyOne("filters: 8,", "trainable: false, filters: 8,", "filters: 16,", "trainable: false, filters: 16,", "filters: 32,", "trainable: false, filters: 32,", "filters: 64,", "trainable: false, filters: 64,",
			"units: ", "trainable: false, units: ", "momentum: 0.9", "trainable: false, momentum: 0.9", "filters: 8\n", "filters: 8\n            trainable: false\n")(m)
	}, nil},

	{"learning rate × 1000", rate("1000"), nil},
	{"learning rate ÷ 1000", rate("0.001"), nil},
	{"a batch larger than the data, dropped", func(m *mutant) bool {
		return everyOne("batch_size: 16", "batch_size: 1024\n      drop_last: true", "batch_size: 32", "batch_size: 1024\n      drop_last: true", "batch_size: 2\n", "batch_size: 1024\n      drop_last: true\n")(m)
	}, nil},
	{"batches of one", everyOne("batch_size: 16", "batch_size: 1", "batch_size: 32", "batch_size: 1", "batch_size: 2\n", "batch_size: 1\n"), everywhere("the steps are smaller and more; where a batch normalization minds, it is a fault of its own")},
	{"one epoch", everyOne("epochs: 15", "epochs: 1", "epochs: 20", "epochs: 1", "epochs: 30", "epochs: 1", "epochs: 16", "epochs: 1"), nil},
	{"a monitor that is never measured", swapped("monitor: val_accuracy", "monitor: val_acc", "monitor: val_auc", "monitor: auc_val", "monitor: val_dice", "monitor: val_dice_score", "monitor: val_loss, patience", "monitor: validation_loss, patience"), nil},
	{"a monitor in the wrong mode", swapped("mode: max", "mode: min", "monitor: val_loss, patience: 5", "monitor: val_loss, mode: max, patience: 5"), nil},
	{"no patience", everyOne("patience: 5", "patience: 0", "patience: 6", "patience: 0", "patience: 8", "patience: 0", "patience: 10", "patience: 0"), nil},
	{"the loss summed over the batch", swapped("loss: categorical_crossentropy", "loss: {categorical_crossentropy: {reduction: sum}}", "loss: dice_crossentropy", "loss: {dice_crossentropy: {reduction: sum}}"), nil},
	{"gradients cut to nothing", added("      epochs:", "gradient_clip: {norm: 1e-9}"), nil},
	{"class weights of other classes", added("      epochs:", "class_weight: {1: 1, 2: 3}"), nil},
	{"a class weight of a million", func(m *mutant) bool {
		for _, name := range []string{"normal: 1, hyperplasia: 1e6", "background: 1, anterior: 1e6, posterior: 1"} {
			if first, _, _ := strings.Cut(name, ":"); strings.Contains(m.text, "["+first+",") {
				return m.behind("      epochs:", "class_weight: {"+name+"}")
			}
		}
		return m.behind("      epochs:", "class_weight: {0: 1, 1: 1e6}")
	}, nil},
	{"momentum of the averages too near 1", everyOne("batch_norm: {momentum: 0.9}", "batch_norm: {momentum: 0.9999}"), nil},
	{"the order of training not shuffled", added("      epochs:", "shuffle: false"), everywhere("the examples are in a mixed order already")},
}

// list is 0,1,2,… up to a number.
func list(n int) string {
	text := "0"
	for i := 1; i < n; i++ {
		text += "," + strconv.Itoa(i)
	}
	return text
}
