package rules_test

import (
	"fmt"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestARC013RemarksOnWidthsAgainstTheOrder(t *testing.T) {
	config := func(layers string) string {
		return pipe("phantom: {samples: 200, size: [16, 16, 16]}"+channel, "model: {layers: ["+layers+"flatten, {dense: {units: 2, activation: softmax}}]}",
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}")
	}
	conv := func(filters, kernel int) string {
		return fmt.Sprintf("{conv3d: {filters: %d, kernel_size: %d, padding: same, activation: relu}}, max_pool3d, ", filters, kernel)
	}
	dense := func(units int) string { return fmt.Sprintf("{dense: {units: %d, activation: relu}}, ", units) }
	flagged(t, rules.ARC013, config(conv(16, 3)+conv(8, 3)), "8", "8 filters behind 16")
	flagged(t, rules.ARC013, config("flatten, "+dense(4)+dense(8)), "8", "8 units behind 4")
	spotless(t, config(conv(8, 3)+conv(16, 3)))
	spotless(t, config(conv(8, 3)+conv(8, 3)))
	spotless(t, config(conv(16, 3)+conv(8, 1)+conv(16, 3)))
	spotless(t, config("flatten, "+dense(16)+dense(8)))
	// A U-Net becomes narrower on its way up; the last layer is as wide as it has to be.
	spotless(t, pipe(masks, "model: {layers: [{unet3d: {filters: 4, depth: 2, classes: 2}}]}", "train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"))
}
