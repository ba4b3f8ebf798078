package stages_test

import (
	"fmt"
	"github.com/voxelpipe/pipe/pipeline"
	"slices"
)

// head ends the network as the labels ask, and gives a loss and metrics that fit.
func (n *network) head() (loss string, metrics []string) {
	d := n.data
	labels, classes := d.labels, d.classes
	if n.slips() {
		labels, classes = pick(n.author, pipeline.ClassID, pipeline.OneHot, pipeline.MultiHot, pipeline.Real), n.between(1, 4)
	}
	many := []string{"accuracy", "balanced_accuracy", "auc", "precision", "{recall: {average: micro}}", "{f1: {average: weighted}}", "confusion_matrix", "iou", "{top_k_accuracy: {k: 1}}"}
	one := []string{"accuracy", "auc", "precision", "recall", "f1", "iou"}
	reduction := n.maybe(8, "reduction: sum")
	smoothing := n.maybe(4, "label_smoothing: 0.1")
	logits := n.chance(3)
	written := func(name string, entries ...string) string {
		if logits {
			entries = append(entries, "from_logits: true")
		}
		return fmt.Sprintf("{%s: %s}", name, settings(append(entries, reduction)...))
	}
	masks := labels == pipeline.Mask
	if masks {
		many, one = append(many, "dice", "{dice: {include_background: false}}"), append(one, "dice", "{iou: {include_background: false}}")
	}
	// A cross-entropy, or the loss that takes its place where classes are rare.
	ofClasses := func(name string, entries ...string) string {
		if n.chance(5) {
			return written("focal", n.maybe(2, "gamma: %d", n.between(0, 3)), n.maybe(3, "label_smoothing: 0.1"))
		}
		return written(name, entries...)
	}
	switch {
	case masks && n.chance(2):
		units, activation := classes, "softmax"
		if classes == 2 && !d.rows && n.chance(2) {
			units, activation, many = 1, "sigmoid", one
		}
		n.units(units, logits, activation)
		return written(pick(n.author, "dice", "dice_crossentropy", "tversky", "focal")), many
	case masks && d.rows:
		n.units(classes, logits, "softmax")
		return ofClasses("categorical_crossentropy", smoothing), many
	case masks && classes == 2 && n.chance(2):
		n.units(1, logits, "sigmoid")
		return ofClasses("binary_crossentropy", smoothing), one
	case masks, labels == pipeline.ClassID && (classes > 2 || n.chance(2)), labels == pipeline.ClassNames, labels == pipeline.NoLabels:
		n.units(classes, logits, "softmax")
		return ofClasses("sparse_categorical_crossentropy"), many
	case labels == pipeline.ClassID:
		n.units(1, logits, "sigmoid")
		return ofClasses("binary_crossentropy", smoothing), one
	case labels == pipeline.OneHot && n.chance(6):
		logits = false
		n.units(classes, false, "softmax")
		return pick(n.author, "mean_squared_error", "mean_absolute_error"), []string{"accuracy"}
	case labels == pipeline.OneHot:
		n.units(classes, logits, "softmax")
		return ofClasses("categorical_crossentropy", smoothing), many
	case labels == pipeline.MultiHot:
		n.units(classes, logits, "sigmoid")
		return ofClasses("binary_crossentropy", smoothing), []string{"accuracy", "auc", "precision", "recall", "f1"}
	}
	n.units(classes, true, "")
	logits = false
	return pick(n.author, "mean_squared_error", written("mean_absolute_error"), written("huber", n.maybe(2, "delta: 0.5"))), []string{"mean_absolute_error", "mean_squared_error", "r2"}
}

// units ends the network in so many values, for each voxel where labels are
// masks.
func (n *network) units(count int, linear bool, activation string) {
	then := ""
	own := n.chance(3)
	if !linear && !own {
		then = ", activation: " + activation
	}
	switch {
	case n.kept:
		n.add("conv3d: {filters: %d, kernel_size: 1%s}", count, then)
	case len(n.sizes) == 4 && n.chance(4):
		n.add("conv3d: {filters: %d, kernel_size: 1}", count)
		n.add("%s", pick(n.author, "global_average_pool3d", "global_max_pool3d"))
		own = true
	default:
		if len(n.sizes) == 4 && n.chance(2) {
			n.add("global_average_pool3d")
		} else if len(n.sizes) > 1 && !n.slips() {
			n.add("flatten")
		}
		n.add("dense: {units: %d%s}", count, then)
	}
	if !linear && own {
		n.add("%s", activation)
	}
	if n.slips() {
		n.elementwise()
	}
}

// some is a few of the values, in random order.
func (a *author) some(values []string) []string {
	values = slices.Clone(values)
	a.Shuffle(len(values), func(i, k int) { values[i], values[k] = values[k], values[i] })
	return values[:a.between(1, len(values))]
}

// anyPart is a part of the dataset that can be asked for.
func (a *author) anyPart() string {
	parts := []string{pipeline.All}
	for _, name := range []string{pipeline.Train, pipeline.Validation, pipeline.Test} {
		if a.data.partitions[name] > 0 || a.slips() {
			parts = append(parts, name)
		}
	}
	return pick(a, parts...)
}

// train writes the train stage.
func (a *author) train(loss string, metrics []string) {
	d := &a.data
	watched := "loss"
	if d.partitions[pipeline.Validation] > 0 && a.chance(2) || a.slips() {
		watched = "val_loss"
	}
	examples := d.examples
	if d.partitions != nil {
		examples = max(d.partitions[pipeline.Train], 1)
	}
	schedule := a.maybe(3, "schedule: %s", pick(a, "cosine", "one_cycle", "{cosine: {warmup: 0.5, alpha: 0.1}}", "{step: {boundaries: [1]}}",
		"{step: {step_size: 0.5}}", "{exponential: {decay_rate: 0.5, staircase: true}}", "{polynomial: {decay_epochs: 0.5, cycle: true}}", "{constant: {warmup: 1}}"))
	callbacks := []string{
		a.maybe(3, "early_stopping: {monitor: %s, patience: %d, restore_best_weights: %t}", watched, a.IntN(2), a.chance(2)),
		a.maybe(3, "checkpoint: {monitor: %s, save_best_only: %t}", watched, a.chance(2)),
		a.maybe(6, "csv_log: {filename: epochs.csv, separator: ;}"),
		a.maybe(6, "tensorboard: {update_freq: batch}"),
		a.maybe(6, "time_limit: {hours: 1}"),
		a.maybe(12, "swap_ema_weights: {swap_on_epoch: %t}", a.chance(2)),
	}
	if schedule == "" || a.slips() {
		callbacks = append(callbacks, a.maybe(4, "reduce_lr_on_plateau: {monitor: %s, patience: %d}", watched, a.IntN(2)))
	}
	callbacks = slices.DeleteFunc(callbacks, func(c string) bool { return c == "" })
	if len(callbacks) == 0 && a.chance(3) {
		callbacks = []string{"terminate_on_nan"}
	}
	weights := ""
	if d.labels == pipeline.ClassID || d.labels == pipeline.OneHot || d.labels == pipeline.Mask && d.encoded || a.slips() {
		weights = a.maybe(4, "class_weight: balanced")
	}
	written := ""
	if len(callbacks) > 0 {
		written = "callbacks: " + yamlList(callbacks)
	}
	measured := ""
	if a.chance(2) {
		measured = "metrics: " + yamlList(a.some(metrics))
	}
	clip := "gradient_clip: " + pick(a, "{norm: 1.0}", "{value: 0.1}")
	if a.chance(8) {
		clip, a.strange = "", true
	}
	batch := a.between(1, examples)
	if a.slips() {
		batch = a.between(1, 2*examples)
	}
	a.stage("train: %s", settings(
		"optimizer: "+pick(a, "adam", "sgd", "{adam: {amsgrad: true, learning_rate: 1e-2}}", "{sgd: {momentum: 0.9, nesterov: true}}", "{sgd: {momentum: 0.5}}",
			"adamw", "{rmsprop: {centered: true, momentum: 0.5}}", "adagrad", "nadam", "{lion: {weight_decay: 0.1, use_ema: true}}",
			"{adamw: {gradient_accumulation_steps: 2, use_ema: true, ema_overwrite_frequency: 2, exclude_from_weight_decay: [bias]}}"),
		"loss: "+loss, measured, fmt.Sprintf("epochs: %d", a.between(1, 2)), fmt.Sprintf("batch_size: %d", batch),
		a.maybe(4, "drop_last: true"), a.maybe(4, "shuffle: false"), weights, written, schedule,
		clip,
	))
}
