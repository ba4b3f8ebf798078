package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT011FindsAChoiceOfOne(t *testing.T) {
	const ids = "load: {volumes: heads.npy, labels: ids.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: class_id}"
	logits := "loss: {sparse_categorical_crossentropy: {from_logits: true}}"
	flagged(t, rules.OUT011, pipe(ids, model("{dense: {units: 1}}"), training(logits)), "{sparse_categorical_crossentropy: {from_logits: true}}", "shares of all classes")
	healthy(t, pipe(ids, model("{dense: {units: 2}}"), training(logits)))
	healthy(t, pipe(ids, model("{dense: {units: 1}}"), training("loss: {binary_crossentropy: {from_logits: true}}")))
	// Where the classes are known, what is wrong is their number.
	flagged(t, rules.OUT001, pipe(twoVolumes, model("{dense: {units: 1}}"), training(logits)), "1", "1 value")
}
