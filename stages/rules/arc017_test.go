package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestARC017RemarksOnPoolingBehindEveryConvolution(t *testing.T) {
	const convolution = "{conv3d: {filters: 4, kernel_size: 3, padding: same}}, "
	config := func(blocks ...string) string {
		return pipe("phantom: {samples: 200, size: [32, 32, 32]}\n  - reshape: {expand_dims: -1}", layered(strings.Join(blocks, "")+"flatten, {dense: {units: 2, activation: softmax}}"),
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}")
	}
	pooled, alone := convolution+"batch_norm, relu, max_pool3d, ", convolution+"relu, "
	if d := flagged(t, rules.ARC017, config(pooled, pooled, pooled, pooled), "max_pool3d", "each of 4 convolutions"); d.Severity.String() != "info" {
		t.Errorf("it is an %s", d.Severity)
	}
	spotless(t, config(pooled, pooled, pooled))
	spotless(t, config(pooled, alone, pooled, pooled, pooled))
}
