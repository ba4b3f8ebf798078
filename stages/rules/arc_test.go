package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// layered writes a model with the given layers, in flow style.
func layered(layers string) string { return "model: {layers: [" + layers + "]}" }

const (
	conv   = "{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}"
	plain  = "{conv3d: {filters: 4, kernel_size: 3, padding: same}}"
	head   = "global_average_pool3d, {dense: {units: 2, activation: softmax}}"
	sparse = "loss: sparse_categorical_crossentropy"
	volume = "phantom: {samples: 40, size: [16, 16, 16]}" + channel
)

func trained(layers string) string {
	return pipe(volume, layered(layers), training(sparse+", batch_size: 8"))
}

func TestARC001(t *testing.T) {
	whole := flagged(t, rules.ARC001, trained(plain+", flatten, {dense: {units: 2, activation: softmax}}"), "conv3d", "conv3d and the 1 layers with kernels")
	if whole.Severity.String() != "error" {
		t.Error("a linear network is no error")
	}
	part := flagged(t, rules.ARC001, trained(conv+", "+plain+", "+plain+", relu, "+head), "conv3d", "before conv3d conv3d_2 takes it")
	if part.Severity.String() != "warning" {
		t.Error("a linear pair is no warning")
	}
	pools := plain + ", batch_norm, max_pool3d, "
	weak := flagged(t, rules.ARC001, trained(pools+pools+head), "conv3d", "have no activation")
	if weak.Severity.String() != "warning" {
		t.Error("a network that only max pooling bends is no warning")
	}
	flagged(t, rules.ARC001, trained(pools+"{residual: {layers: ["+plain+", batch_norm]}}, "+head), "conv3d", "have no activation")
	spotless(t, trained(pools+conv+", "+head))
	spotless(t, trained(plain+", batch_norm, relu, "+head))
	spotless(t, trained(plain+", max_pool3d, "+head))                                                                 // a maximum bends
	spotless(t, trained("{depthwise_conv3d: {kernel_size: 3}}, {conv3d: {filters: 4, kernel_size: 1}}, relu, "+head)) // one convolution in two parts
	spotless(t, trained(conv+", {residual: {layers: ["+conv+", "+plain+"]}}, relu, "+head))                           // bent behind the sum
}

func TestARC002(t *testing.T) {
	flagged(t, rules.ARC002, trained("{conv3d: {filters: 4, kernel_size: 3, activation: softmax}}, max_pool3d, "+conv+", "+head), "softmax", "conv3d_1 learns from shares")
	spotless(t, trained(conv+", "+head))
}

func TestARC003(t *testing.T) {
	chain := func(times, kind, more string) string {
		return trained("{repeat: {times: " + times + ", layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same}}" + more + ", " + kind + "]}}, max_pool3d, " + head)
	}
	flagged(t, rules.ARC003, chain("5", "tanh", ""), "tanh", "4th sigmoid or tanh")
	spotless(t, chain("3", "tanh", ""))
	spotless(t, chain("5", "tanh", ", batch_norm"))
}

func TestARC004(t *testing.T) {
	if d := flagged(t, rules.ARC004, trained(conv+", {dropout: {rate: 0.95}}, "+head), "0.95", "5 % of the values"); d.Severity.String() != "error" {
		t.Error("no error")
	}
	if d := flagged(t, rules.ARC004, trained(conv+", {dropout: {rate: 0.6}}, "+head), "0.6", "40 % of the values"); d.Severity.String() != "warning" {
		t.Error("no warning")
	}
	spotless(t, trained(conv+", {dropout: {rate: 0.5}}, "+head))
}

func TestARC005(t *testing.T) {
	flagged(t, rules.ARC005, trained(plain+", {dropout: {rate: 0.2}}, batch_norm, relu, "+head), "dropout", "in training only")
	spotless(t, trained(plain+", batch_norm, relu, {dropout: {rate: 0.2}}, "+head))
	// In front of a pooling it is a matter of taste.
	if d := flagged(t, rules.ARC005, trained(conv+", {dropout: {rate: 0.2}}, max_pool3d, "+head), "dropout", "often not the largest"); d.Severity != diag.Info {
		t.Errorf("it is an %s", d.Severity)
	}
	spotless(t, trained(conv+", max_pool3d, {dropout: {rate: 0.2}}, "+head))
}

func TestARC006(t *testing.T) {
	small := func(batch string) string {
		return pipe(volume, layered(conv+", global_average_pool3d, batch_norm, {dense: {units: 2, activation: softmax}}"), training(sparse+", batch_size: "+batch))
	}
	if d := flagged(t, rules.ARC006, small("1"), "batch_norm", "1 value: 1 × 1"); d.Severity.String() != "error" {
		t.Error("no error")
	}
	flagged(t, rules.ARC006, small("2"), "batch_norm", "2 values: 2 × 1")
	spotless(t, small("4"))
	flagged(t, rules.ARC006, pipe(volume, layered(plain+", batch_norm, relu, "+head), training(sparse+", batch_size: 1")), "batch_norm", "4096 values: 1 × 4096")
	// Two volumes have voxels enough.
	spotless(t, pipe(volume, layered(plain+", batch_norm, relu, "+head), training(sparse+", batch_size: 2")))
}

func TestARC007(t *testing.T) {
	bare := "{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu, use_bias: false}}"
	flagged(t, rules.ARC007, trained(bare+", global_average_pool3d, {dense: {units: 2, activation: softmax, use_bias: false}}"), "false", "none of the 2 layers")
	spotless(t, trained(bare+", "+head))
	spotless(t, trained(bare+", batch_norm, global_average_pool3d, {dense: {units: 2, activation: softmax, use_bias: false}}"))
}

func TestARC008(t *testing.T) {
	with := func(init string) string {
		return trained("{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu, kernel_initializer: " + init + "}}, max_pool3d, " + head)
	}
	flagged(t, rules.ARC008, with("zeros"), "zeros", "every weight starts at 0")
	flagged(t, rules.ARC008, with("{constant: {value: 0.5}}"), "{constant: {value: 0.5}}", "every weight starts at 0.5")
	flagged(t, rules.ARC008, with("{random_normal: {stddev: 3}}"), "{random_normal: {stddev: 3}}", "16 times as large")
	flagged(t, rules.ARC008, with("{random_normal: {stddev: 0}}"), "{random_normal: {stddev: 0}}", "every weight starts at 0")
	flagged(t, rules.ARC008, with("{random_uniform: {minval: 0.1, maxval: 0.1}}"), "{random_uniform: {minval: 0.1, maxval: 0.1}}", "every weight starts at 0.1")
	spotless(t, with("{random_normal: {stddev: 1}}"))
	deep := func(times int, deviation, behind string) string {
		wide := "{conv3d: {filters: 16, kernel_size: 3, padding: same, activation: relu, kernel_initializer: {random_normal: {stddev: " + deviation + "}}}}, " + behind
		return trained(strings.Repeat(wide, times) + "max_pool3d, " + head)
	}
	// 0.3 × √27 × (0.3 × √432 / √2)ᵗ, and each of them below ten.
	d := flagged(t, rules.ARC008, deep(4, "0.3", ""), "{random_normal: {stddev: 0.3}}", "this and 2 such layers behind it make values about 134 times as large")
	if d.Severity != diag.Warning {
		t.Errorf("several layers together are %s", d.Severity)
	}
	spotless(t, deep(3, "0.3", ""))
	spotless(t, deep(4, "0.3", "batch_norm, "))
	spotless(t, deep(4, "0.05", ""))
	// The last layer may start from zeros: its units get different gradients.
	spotless(t, trained(conv+", global_average_pool3d, {dense: {units: 2, activation: softmax, kernel_initializer: zeros}}"))
}

func TestARC009(t *testing.T) {
	flagged(t, rules.ARC009, trained("{conv3d: {filters: 2, kernel_size: 16, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}"), "16", "16 of 16 voxels")
	spotless(t, trained("{conv3d: {filters: 2, kernel_size: 7, padding: same, activation: relu}}, max_pool3d, "+head))
}

func TestARC010(t *testing.T) {
	large := "phantom: {samples: 40, size: [32, 32, 32]}" + channel
	flagged(t, rules.ARC010, pipe(large, layered(conv+", "+conv+", "+head), training(sparse+", batch_size: 8")), "global_average_pool3d", "5 of 32 voxels along depth")
	spotless(t, pipe(large, layered(conv+", max_pool3d, "+conv+", max_pool3d, "+head), training(sparse+", batch_size: 8")))
	// 5 of 16 are enough.
	spotless(t, pipe(volume, layered(conv+", "+conv+", "+head), training(sparse+", batch_size: 8")))
}

func TestARC011(t *testing.T) {
	flat := func(samples, size string) string {
		return pipe("phantom: {samples: "+samples+", size: "+size+"}"+channel, layered(conv+", max_pool3d, flatten, {dense: {units: 128, activation: relu}}, {dropout: {rate: 0.3}}, {dense: {units: 2, activation: softmax}}"), training(sparse+", batch_size: 4"))
	}
	flagged(t, rules.ARC011, flat("8", "[32, 32, 32]"), "dense", "2 097")
	spotless(t, flat("40", "[16, 32, 32]"))
}

func TestARC012(t *testing.T) {
	flagged(t, rules.ARC012, trained(conv+", "+conv+", {conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}}, flatten, {dropout: {rate: 0.3}}, {dense: {units: 2, activation: softmax}}"), "flatten", "32 768 values")
	spotless(t, trained(conv+", max_pool3d, "+conv+", {conv3d: {filters: 64, kernel_size: 3, padding: same, activation: relu}}, flatten, {dropout: {rate: 0.3}}, {dense: {units: 2, activation: softmax}}"))
}

func TestARC014(t *testing.T) {
	narrow := func(units string) string {
		return pipe("phantom: {samples: 40, size: [16, 16, 16], classes: 4}"+channel, layered(conv+", max_pool3d, global_average_pool3d, {dense: {units: "+units+", activation: relu}}, {dense: {units: 4, activation: softmax}}"), training(sparse+", batch_size: 8"))
	}
	flagged(t, rules.ARC014, narrow("1"), "1", "goes through 1 number")
	spotless(t, narrow("4"))
	// One map is one number where its mean alone goes on, and many where its places do.
	oneMap := func(behind string) string {
		return pipe("phantom: {samples: 40, size: [16, 16, 16], classes: 4}"+channel, layered(conv+", max_pool3d, {conv3d: {filters: 1, kernel_size: 1, activation: relu}}, "+behind+", {dense: {units: 4, activation: softmax}}"), training(sparse+", batch_size: 8"))
	}
	flagged(t, rules.ARC014, oneMap("global_average_pool3d"), "1", "goes through 1 number")
	spotless(t, oneMap("flatten"))
}

func TestARC015(t *testing.T) {
	flagged(t, rules.ARC015, trained(conv+", relu, max_pool3d, "+head), "relu", "relu has been applied already")
	spotless(t, trained(conv+", max_pool3d, relu, "+head))
}

func TestARC018(t *testing.T) {
	frozen := "{conv3d: {filters: 4, kernel_size: 3, activation: relu, trainable: false}}, global_average_pool3d, {dense: {units: 2, activation: softmax, trainable: "
	flagged(t, rules.ARC018, trained(frozen+"false}}"), "false", "the last of the layers with weights")
	spotless(t, trained(frozen+"true}}"))
}

func TestARC019(t *testing.T) {
	bare := func(samples, more string) string {
		return pipe("phantom: {samples: "+samples+", size: [16, 32, 32]}"+channel, layered(conv+", max_pool3d, flatten, {dense: {units: 64, activation: relu}}, "+more+"{dense: {units: 2, activation: softmax}}"), training(sparse+", batch_size: 8"))
	}
	flagged(t, rules.ARC019, bare("40", ""), "dense", "13 114 for each example")
	spotless(t, bare("40", "{dropout: {rate: 0.3}}, "))
	spotless(t, bare("80", ""))
}

func TestARC020(t *testing.T) {
	held := func(factor string) string {
		return pipe(volume, "label_encode: {classes: 2, form: class_id}", layered("{conv3d: {filters: 8, kernel_size: 3, activation: relu, kernel_initializer: he_normal, kernel_regularizer: {l2: {l2: "+factor+"}}}}, max_pool3d, "+head), training(sparse+", batch_size: 8"))
	}
	flagged(t, rules.ARC020, held("0.1"), "{l2: {l2: 0.1}}", "adds about 1.6")
	spotless(t, held("0.01"))
	// The sum of magnitudes is larger by far than that of squares.
	lasso := func(factor string) string {
		return pipe(volume, layered("{conv3d: {filters: 8, kernel_size: 3, activation: relu, kernel_regularizer: {l1: {l1: "+factor+"}}}}, max_pool3d, "+head), training(sparse+", batch_size: 8"))
	}
	flagged(t, rules.ARC020, lasso("0.1"), "{l1: {l1: 0.1}}", "adds about 4.1")
	spotless(t, lasso("0.001"))
}
