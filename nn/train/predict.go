package train

import (
	"context"
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
)

// Predict gives the network's output, after its last activation, for the given
// examples in their order, one after the other. A batch of 0 means
// DefaultBatchSize; it does not change the result.
func Predict(ctx context.Context, net *nn.Network[float32], x data.Source, examples []int, batchSize int, pool *nn.Pool) ([]float32, error) {
	if input := net.Graph.Input.MustSizes(); !slices.Equal(x.Shape(), input) {
		return nil, fmt.Errorf("the examples have shape %v, the model takes %v", x.Shape(), input)
	}
	if batchSize < 1 {
		batchSize = DefaultBatchSize
	}
	pass := &nn.Pass[float32]{Pool: pool}
	outputs := make([]float32, 0, len(examples)*data.Elements(net.Graph.Output().MustSizes()))
	f := newFeed(net, Set{X: x, Examples: examples}, batchSize, loss.OneHot, nil, pool)
	err := f.each(ctx, examples, func(_ int, b *batch) error {
		pass.Arena.Reset()
		outputs = append(outputs, net.Forward(pass, b.x, net.Len()).Data...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return outputs, nil
}
