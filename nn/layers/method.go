package layers

import "github.com/voxelpipe/pipe/nn/shape"

// Method names the way in which this processor computes the convolution. All sizes
// must be known.
func (c *Conv3D) Method(in []shape.Shape, out shape.Shape) string {
	g := c.geometry(in[0].MustSizes(), out.MustSizes())
	return g.Method()
}

// Method names the way in which this processor computes the convolution backwards
// for batches of so many examples. All sizes must be known.
func (c *Conv3DTranspose) Method(in []shape.Shape, out shape.Shape, batch int) string {
	g := c.geometry(in[0].MustSizes(), out.MustSizes())
	g.N = batch
	return g.Method()
}

// Method names the way in which this processor computes the convolution for
// batches of so many examples. All sizes must be known.
func (c *DepthwiseConv3D) Method(in []shape.Shape, out shape.Shape, batch int) string {
	g := c.geometry(in[0].MustSizes(), out.MustSizes())
	g.N = batch
	return g.Method()
}
