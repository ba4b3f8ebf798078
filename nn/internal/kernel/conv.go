package kernel

// Conv is the geometry of a 3-D convolution. x is [N, D, H, W, C], y is
// [N, OD, OH, OW, K], w is [KD, KH, KW, C/Groups, K]: output channel k reads the
// C/Groups input channels of its group, k / (K/Groups).
//
// y[n,d,h,w,k] = bias[k] + the sum over a, b, c of
// x[n, d·SD+a·ED−PD, h·SH+b·EH−PH, w·SW+c·EW−PW, …] · w[a, b, c, …, k],
// x being 0 outside its sizes.
type Conv struct {
	N, D, H, W, C int
	OD, OH, OW, K int
	// KD, KH, KW are the kernel's sizes, SD, SH, SW the strides, ED, EH, EW the
	// dilations (1 for none), PD, PH, PW the zeros in front of each axis.
	KD, KH, KW int
	SD, SH, SW int
	ED, EH, EW int
	PD, PH, PW int
	Groups     int
}

// ConvForward computes y, whatever it held before. A nil bias adds nothing.
func ConvForward[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T) {
	wide := g.gathered(&s.wideConv)
	w, g = gather(s, g, wide, w), wide
	if Choose(g) == Winograd {
		winogradForward(p, s, g, x, w, bias, y)
		return
	}
	directForward(p, s, g, x, w, bias, y)
}

func directForward[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T) {
	forwardSweep(p, s, g.flat(&s.flat), x, w, bias, y, true).run(p, s)
}

// forwardSweep readies the sweep of a convolution, joint or not where that is
// better.
func forwardSweep[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T, mayJoin bool) *sweep[T] {
	v := &s.sweep
	v.source, v.result, v.bias, v.examples = x, y, bias, g.N
	v.in, v.out = [3]int{g.D, g.H, g.W}, [3]int{g.OD, g.OH, g.OW}
	v.sourceChannels, v.resultChannels, v.groups = g.C, g.K, g.Groups
	v.kernel = [3]int{g.KD, g.KH, g.KW}
	v.axes[0] = forwardAxis(v.axes[0], g.OD, g.KD, g.SD, g.ED, g.PD)
	v.axes[1] = forwardAxis(v.axes[1], g.OH, g.KH, g.SH, g.EH, g.PH)
	v.axes[2] = forwardAxis(v.axes[2], g.OW, g.KW, g.SW, g.EW, g.PW)
	v.depthwise = g.depthwise()
	v.plan(engineOf[T](), mayJoin)
	if v.depthwise {
		v.packed = w
		return v
	}
	v.given, v.conv, v.backward = w, *g, false
	v.pack(p, take(&s.weights, v.weights()))
	return v
}

// ConvInputGrad computes the gradient by x from that by y, overwriting dx. It
// is a convolution too: each input position gathers the outputs that read it.
func ConvInputGrad[T Float](p *Pool, s *Scratch[T], g *Conv, dy, w, dx []T) {
	ConvTranspose(p, s, g, dy, w, nil, dx)
}

// ConvTranspose computes the transposed convolution, from y to x, whatever x held
// before: the gradient by the input of the convolution whose output's gradient
// is y. The bias is one of x's channels; nil adds nothing.
func ConvTranspose[T Float](p *Pool, s *Scratch[T], g *Conv, y, w, bias, x []T) {
	wide := g.gathered(&s.wideConv)
	w, g = gather(s, g, wide, w), wide
	if Choose(g) == Winograd {
		winogradTranspose(p, s, g, y, w, bias, x)
		return
	}
	directTranspose(p, s, g, y, w, bias, x)
}

func directTranspose[T Float](p *Pool, s *Scratch[T], g *Conv, y, w, bias, x []T) {
	transposeSweep(p, s, g, y, w, bias, x).run(p, s)
}

// transposeSweep readies the sweep of a transposed convolution.
func transposeSweep[T Float](p *Pool, s *Scratch[T], g *Conv, y, w, bias, x []T) *sweep[T] {
	g = g.flat(&s.flat)
	v := &s.sweep
	v.source, v.result, v.bias, v.examples = y, x, bias, g.N
	v.in, v.out = [3]int{g.OD, g.OH, g.OW}, [3]int{g.D, g.H, g.W}
	v.sourceChannels, v.resultChannels, v.groups = g.K, g.C, g.Groups
	v.kernel = [3]int{g.KD, g.KH, g.KW}
	v.axes[0] = backwardAxis(v.axes[0], g.D, g.KD, g.SD, g.ED, g.PD)
	v.axes[1] = backwardAxis(v.axes[1], g.H, g.KH, g.SH, g.EH, g.PH)
	v.axes[2] = backwardAxis(v.axes[2], g.W, g.KW, g.SW, g.EW, g.PW)
	v.depthwise = g.depthwise()
	v.plan(engineOf[T](), true)
	if v.depthwise {
		v.packed = w
		return v
	}
	v.given, v.conv, v.backward = w, *g, true
	v.pack(p, take(&s.weights, v.weights()))
	return v
}

// flat gives a geometry that is the same convolution with longer rows, if there
// is one: where a kernel has one element and leaves no position out, the last
// two axes are as good as one. What it gives may lie in f.
func (g *Conv) flat(f *Conv) *Conv {
	if g.KH != 1 || g.KW != 1 || g.SH != 1 || g.SW != 1 || g.OH != g.H || g.OW != g.W {
		return g
	}
	*f = *g
	f.H, f.OH, f.W, f.OW = 1, 1, g.H*g.W, g.OH*g.OW
	return f
}

// weight is the place of the first weight of an element of the kernel.
func (g *Conv) weight(kd, kh, kw int) int {
	return ((kd*g.KH+kh)*g.KW + kw) * (g.C / g.Groups) * g.K
}
