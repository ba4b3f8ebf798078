package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func optimized(optimizer string) string {
	return pipe(volume, layered(conv+", max_pool3d, "+head), "train: {epochs: 9, batch_size: 8, "+sparse+", optimizer: "+optimizer+"}")
}

func TestTRN001(t *testing.T) {
	if d := flagged(t, rules.TRN001, optimized("{adam: {learning_rate: 0.02}}"), "0.02", "2 times as far"); d.Severity.String() != "warning" {
		t.Error("no warning")
	}
	if d := flagged(t, rules.TRN001, optimized("{sgd: {learning_rate: 1}}"), "1", "2 times as far"); d.Severity.String() != "error" {
		t.Error("no error")
	}
	flagged(t, rules.TRN001, optimized("{sgd: {learning_rate: 0.2, momentum: 0.9}}"), "0.2", "2 times as far")
	spotless(t, optimized("{adam: {learning_rate: 0.01}}"))
	spotless(t, optimized("{sgd: {learning_rate: 0.5}}"))
}

func TestTRN002(t *testing.T) {
	flagged(t, rules.TRN002, optimized("{adam: {learning_rate: 1e-7}}"), "1e-7", "a 1e+04th of the usual way")
	spotless(t, optimized("{adam: {learning_rate: 1e-6}}"))
}

func TestTRN005(t *testing.T) {
	left := func(samples, batch, more string) string {
		return pipe("phantom: {samples: "+samples+", size: [16, 16, 16]}"+channel, layered(plain+", "+more+"relu, max_pool3d, "+head), training(sparse+", batch_size: "+batch))
	}
	flagged(t, rules.TRN005, left("41", "8", "batch_norm, "), "8", "the last batch of each epoch has 1 example")
	spotless(t, left("42", "8", "batch_norm, "))
	spotless(t, left("41", "8", ""))
}

func TestTRN008(t *testing.T) {
	sum := func(reduction string) string {
		return pipe(volume, layered(conv+", max_pool3d, "+head), training("batch_size: 8, loss: {sparse_categorical_crossentropy: {reduction: "+reduction+"}}"))
	}
	flagged(t, rules.TRN008, sum("sum"), "sum", "8 times that of a mean")
	spotless(t, sum("sum_over_batch_size"))
}

func TestTRN011(t *testing.T) {
	flagged(t, rules.TRN011, optimized("{sgd: {momentum: 0.99}}"), "0.99", "about 100 steps more")
	flagged(t, rules.TRN011, optimized("{adamw: {weight_decay: 0.5}}"), "0.5", "0.05 % off every weight")
	spotless(t, optimized("{adamw: {weight_decay: 0.1}}"))
	spotless(t, optimized("{sgd: {momentum: 0.95}}"))
}

func TestTRN011OnMeansOfGradients(t *testing.T) {
	flagged(t, rules.TRN011, optimized("{adam: {beta_1: 0.99}}"), "0.99", "about 100 steps more")
	flagged(t, rules.TRN011, optimized("{adamw: {beta_1: 0.9999}}"), "0.9999", "about 10000 steps more")
	flagged(t, rules.TRN011, optimized("{nadam: {beta_1: 0.9, beta_2: 0.8}}"), "0.8", "forgets a gradient before")
	spotless(t, optimized("{adam: {beta_1: 0.98}}"))
	spotless(t, optimized("{adam: {beta_1: 0.9, beta_2: 0.82}}"))
	spotless(t, optimized("{adam: {beta_1: 0.5, beta_2: 0.9}}"))
}

// 40 examples in batches of 8 are 5 steps an epoch: 0.998^345 = 0.501, 0.998^350 = 0.496.
func TestTRN011OnMovingStatistics(t *testing.T) {
	moving := func(momentum, epochs string) string {
		return pipe(volume, layered(plain+", {batch_norm: {momentum: "+momentum+"}}, relu, max_pool3d, "+head),
			"train: {optimizer: adam, "+sparse+", batch_size: 8, epochs: "+epochs+"}")
	}
	flagged(t, rules.TRN011, moving("0.998", "69"), "0.998", "50 % of the moving statistics")
	flagged(t, rules.TRN011, moving("1.0", "5000"), "1.0", "100 % of the moving statistics")
	flagged(t, rules.TRN011, moving("0.9999", "60"), "0.9999", "97 % of the moving statistics")
	spotless(t, moving("0.998", "70"))
	spotless(t, moving("0.99", "5")) // the default: a short training, not a wrong setting
	spotless(t, pipe(volume, layered(plain+", {batch_norm: {momentum: 0.9999, trainable: false}}, relu, max_pool3d, "+head), training(sparse+", batch_size: 8")))
}

func TestTRN012(t *testing.T) {
	steps := func(epochs string) string {
		return pipe(volume, layered(conv+", max_pool3d, "+head), "train: {optimizer: adam, "+sparse+", epochs: "+epochs+"}")
	}
	flagged(t, rules.TRN012, steps("2"), "2", "2 epochs of 2 batches are 4 steps")
	spotless(t, steps("3"))
	cases := func(epochs string) string {
		return pipe("load: {volumes: v.npy, labels: l.npy, shape: [40, 16, 16, 16, 1], dtype: float32, label_kind: class_id}", layered(conv+", max_pool3d, "+head),
			"train: {optimizer: adam, "+sparse+", batch_size: 8, epochs: "+epochs+"}")
	}
	flagged(t, rules.TRN012, cases("1"), "1", "1 epoch of 5 batches are 5 steps")
	spotless(t, cases("2"))
}

func TestTRN013(t *testing.T) {
	clipped := func(clip string) string {
		return pipe(volume, layered(conv+", max_pool3d, "+head), training(sparse+", batch_size: 8, gradient_clip: "+clip))
	}
	flagged(t, rules.TRN013, clipped("{norm: 1e-6}"), "1e-6", "cut down to 1e-06")
	// What other programs take for no threshold is told by the same rule, wherever it stands.
	for _, setting := range []string{"norm", "norm_each", "value"} {
		flagged(t, rules.TRN013, clipped("{"+setting+": 0.0}"), "0.0", "cut down to 0")
	}
	spotless(t, clipped("{value: 0.5}"))
}

func TestTRN014(t *testing.T) {
	patient := func(settings string) string {
		return pipe(volume, layered(conv+", max_pool3d, "+head), training(sparse+", batch_size: 8, callbacks: [early_stopping: {monitor: loss"+settings+"}]"))
	}
	flagged(t, rules.TRN014, patient(", patience: 1"), "1", "after 1 epoch without")
	flagged(t, rules.TRN014, patient(""), "{monitor: loss}", "after 1 epoch without")
	spotless(t, patient(", patience: 5"))
}

func TestTRN014FindsImprovementsThatCannotBeMade(t *testing.T) {
	better := func(monitor, delta string) string {
		return pipe(volume, layered(conv+", max_pool3d, "+head), training(sparse+", metrics: [accuracy], batch_size: 8, callbacks: [early_stopping: {monitor: "+monitor+", patience: 5, min_delta: "+delta+"}]"))
	}
	flagged(t, rules.TRN014, better("accuracy", "0.5"), "0.5", "cannot get better by 0.5 again")
	spotless(t, better("accuracy", "0.4"))
	spotless(t, better("loss", "0.5"))
}

func TestTRN015(t *testing.T) {
	weighted := func(weights string) string {
		return pipe(volume, "label_encode: {classes: 2, form: class_id}", layered(conv+", max_pool3d, "+head), training(sparse+", batch_size: 8, class_weight: "+weights))
	}
	flagged(t, rules.TRN015, weighted("{0: 1, 1: 5000}"), "{0: 1, 1: 5000}", "5000 times as much")
	spotless(t, weighted("{0: 1, 1: 20}"))
}

func TestTRN016(t *testing.T) {
	large := func(batch string) string {
		return pipe("load: {volumes: v.npy, labels: l.npy, shape: [40, 256, 256, 256, 1], dtype: float32, label_kind: class_id}", layered(conv+", {conv3d: {filters: 32, kernel_size: 3, padding: same, activation: relu}}, {max_pool3d: {pool_size: 16}}, {conv3d: {filters: 32, kernel_size: 5, padding: same, activation: relu}}, "+head), training(sparse+", batch_size: "+batch))
	}
	flagged(t, rules.TRN016, large("32"), "32", "a step needs about")
	spotless(t, large("2"))
}
