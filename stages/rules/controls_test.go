package rules_test

import "testing"

// Healthy pipelines that over-eager checkers flag; nothing may be said of them.
func TestHealthyPipelinesAreLeftAlone(t *testing.T) {
	const (
		ids    = "load: {volumes: heads.npy, labels: labels.npy, shape: [120, 16, 16, 16, 1], dtype: float32, label_kind: class_id}"
		blocks = "{conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}}, max_pool3d, {conv3d: {filters: 16, kernel_size: 3, padding: same, activation: relu}}, max_pool3d, "
	)
	layers := func(head string) string { return "model: {layers: [" + blocks + head + "]}" }
	for name, stages := range map[string][]string{
		"two softmax units and ids": {ids, layers("global_average_pool3d, {dense: {units: 2, activation: softmax}}"),
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 5, batch_size: 16}"},
		"one sigmoid unit and ids": {ids, layers("flatten, {dense: {units: 1, activation: sigmoid}}"),
			"train: {optimizer: adam, loss: binary_crossentropy, metrics: [accuracy, auc], epochs: 5, batch_size: 16}"},
		"scores, and the loss knows": {ids, layers("flatten, {dense: {units: 3, activation: linear}}"),
			"train: {optimizer: adam, loss: {sparse_categorical_crossentropy: {from_logits: true}}, metrics: [accuracy], epochs: 5, batch_size: 16}"},
		"a number": {"load: {volumes: heads.npy, labels: sizes.npy, shape: [120, 16, 16, 16, 1], dtype: float32, label_kind: real}", layers("flatten, {dense: {units: 1}}"),
			"train: {optimizer: adam, loss: mean_squared_error, metrics: [mean_absolute_error], epochs: 5, batch_size: 16}"},
		"standardised values beyond 1": {ids, "normalize: {method: z_score, over: example}", layers("global_average_pool3d, {dense: {units: 3, activation: softmax}}"),
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 5, batch_size: 16}"},
		"dropout in front of the head": {ids, layers("flatten, {dense: {units: 32, activation: relu}}, {dropout: {rate: 0.5}}, {dense: {units: 3, activation: softmax}}"),
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 5, batch_size: 16}"},
		"softmax as a layer of its own": {ids, layers("global_average_pool3d, {dense: {units: 3}}, {activation: softmax}"),
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 5, batch_size: 16}"},
		"many tags": {"load: {volumes: heads.npy, labels: tags.npy, shape: [120, 16, 16, 16, 1], dtype: float32, label_kind: multi_hot}", layers("flatten, {dense: {units: 6, activation: sigmoid}}"),
			"train: {optimizer: adam, loss: binary_crossentropy, metrics: [auc], epochs: 5, batch_size: 16}"},
		"a sum of branches": {ids, "model: {layers: [{residual: {layers: [{conv3d: {filters: 1, kernel_size: 3, padding: same}}, batch_norm]}}, flatten, {dense: {units: 2}, id: a}, {dense: {units: 2}, id: b}, {add: {}, from: [a, b]}]}",
			"train: {optimizer: adam, loss: {sparse_categorical_crossentropy: {from_logits: true}}, metrics: [accuracy], epochs: 5, batch_size: 16}"},
	} {
		t.Run(name, func(t *testing.T) { spotless(t, pipe(stages...)) })
	}
}
