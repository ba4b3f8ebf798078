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
	// Behind a softmax over one channel only Dice is left of a sum with it.
	masks := "load: {volumes: v.npy, labels: m.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: mask}"
	network := func(activation string) string {
		return layered("{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, {conv3d: {filters: 1, kernel_size: 1, activation: " + activation + "}}")
	}
	flagged(t, rules.OUT011, pipe(masks, network("softmax"), training("loss: dice_crossentropy")), "softmax", "nothing but Dice is left")
	flagged(t, rules.OUT002, pipe(masks, network("softmax"), training("loss: dice")), "softmax", "always 1")
	healthy(t, pipe(masks, network("sigmoid"), training("loss: dice_crossentropy")))
}
