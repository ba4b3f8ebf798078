package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

// TestLossesThatAdapt: focal and the losses of regions go with every end of a
// model that asks for classes, and with every form of the labels that answers it.
func TestLossesThatAdapt(t *testing.T) {
	const (
		rows   = "label_encode: {classes: 3}"
		three  = "{conv3d: {filters: 3, kernel_size: 1, activation: softmax}}"
		single = "{conv3d: {filters: 1, kernel_size: 1, activation: sigmoid}}"
	)
	for _, loss := range []string{"focal", "dice", "dice_crossentropy", "tversky"} {
		plain, scores := training("metrics: [accuracy], loss: "+loss), training("loss: {"+loss+": {from_logits: true}}")
		healthy(t, pipe(masks, segmenter(three), plain))
		healthy(t, pipe(masks, segmenter(single), plain))
		healthy(t, pipe(masks, segmenter("{conv3d: {filters: 3, kernel_size: 1}}"), scores))
		healthy(t, pipe(masks, segmenter("{conv3d: {filters: 1, kernel_size: 1}}"), scores))
		flagged(t, rules.OUT008, pipe(masks, segmenter("{conv3d: {filters: 3, kernel_size: 1}}"), plain), "conv3d", "the model ends here")
		flagged(t, rules.OUT007, pipe(masks, segmenter(three), scores), "true", "the loss applies softmax")
		flagged(t, rules.OUT007, pipe(masks, segmenter(single), scores), "true", "the loss applies sigmoid")
		flagged(t, rules.OUT006, pipe(masks, segmenter("{conv3d: {filters: 3, kernel_size: 1, activation: sigmoid}}"), plain), loss, "a row of values for each voxel")
		flagged(t, rules.OUT009, pipe(masks, segmenter("{conv3d: {filters: 3, kernel_size: 1, activation: relu}}"), plain), "relu", "relu cuts")
	}
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"), training("loss: focal")))
	healthy(t, pipe(threeVolumes, rows, model("{dense: {units: 3, activation: softmax}}"), training("loss: focal")))
	healthy(t, pipe(threeVolumes, rows, model("{dense: {units: 3, activation: sigmoid}}"), training("loss: focal")))
	healthy(t, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: focal")))
	flagged(t, rules.OUT001, pipe(threeVolumes, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: focal")), "1", "1 value")
	flagged(t, rules.OUT001, pipe(threeVolumes, model("{dense: {units: 5, activation: softmax}}"), training("loss: focal")), "5", "5 values")
}
