package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// cube is the convolution that is measured by itself: a kernel of 3³ at stride 1
// that keeps the sizes.
type cube struct{ batch, size, in, out int }

// ourCube is from 64 to 128 channels at 14³, the third layer of D.
var ourCube = cube{batch: 32, size: 14, in: 64, out: 128}

func (c cube) String() string {
	return fmt.Sprintf("conv3d 3³ %d→%d at %d³, batch %d", c.in, c.out, c.size, c.batch)
}

// operations counts multiplications and additions, those with the zeros of the
// border included.
func (c cube) operations() float64 {
	return 2 * 27 * float64(c.batch*c.size*c.size*c.size) * float64(c.in*c.out)
}

// passes are the three computations of a convolution in training.
var passes = []string{"forward", "input gradient", "weight gradient"}

// work is one of the passes on random numbers, here.
func (c cube) work(pass string, pool *nn.Pool) func() {
	g := &kernel.Conv{
		N: c.batch, D: c.size, H: c.size, W: c.size, C: c.in,
		OD: c.size, OH: c.size, OW: c.size, K: c.out,
		KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
	}
	voxels := c.batch * c.size * c.size * c.size
	x, w, y := normal(voxels*c.in), normal(27*c.in*c.out), normal(voxels*c.out)
	scratch := new(kernel.Scratch[float32])
	switch pass {
	case "forward":
		return func() { kernel.ConvForward(pool, scratch, g, x, w, nil, y) }
	case "input gradient":
		return func() { kernel.ConvInputGrad(pool, scratch, g, y, w, x) }
	case "weight gradient":
		return func() { kernel.ConvWeightGrad(pool, scratch, g, x, y, w) }
	}
	panic("peerbench: a convolution has no pass " + pass)
}

func (c cube) request(pass string) request {
	return request{Do: "conv3d", Pass: pass, Batch: c.batch, Size: c.size, In: c.in, Out: c.out}
}

// productSize is the rows and columns of the matrices that are multiplied.
const productSize = 1024

func ourProduct(pool *nn.Pool) func() {
	const n = productSize
	a, b, c := normal(n*n), normal(n*n), make([]float32, n*n)
	scratch := new(kernel.Scratch[float32])
	return func() { kernel.MatMul(pool, scratch, n, n, n, a, b, c, false, false, false) }
}

func gonumProduct() func() {
	const n = productSize
	matrix := func() blas32.General { return blas32.General{Rows: n, Cols: n, Stride: n, Data: normal(n * n)} }
	a, b, c := matrix(), matrix(), matrix()
	return func() { blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c) }
}

func normal(n int) []float32 {
	random := rand.New(rand.NewPCG(1, 1))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	return values
}

// kernels measures the convolution of a layer and the product of two matrices.
func (s *comparison) kernels() error {
	const warm, count = 1, 3
	t := &table{head: s.heads("kernel")}
	for _, pass := range passes {
		fmt.Fprintf(s.log, "%v: %s\n", ourCube, pass)
		work := ourCube.work(pass, s.pool)
		ours := &side{name: "pipe", turn: func() ([]float64, error) { return timed(warm, count, work), nil }}
		theirs := s.torchSides(ourCube.request(pass), warm, count)
		if err := s.compare(ours, theirs); err != nil {
			return err
		}
		speed := func(v spread) string { return rate(ourCube.operations(), v) }
		t.row(append([]string{fmt.Sprintf("%v: %s", ourCube, pass)}, versus(ours, theirs, speed)...)...)
	}
	fmt.Fprintf(s.report, "### Kernels\n\nOperations are those of the definition, products with the border's zeros included.\n\n")
	t.write(s.report)

	fmt.Fprintf(s.log, "matrix product\n")
	multiply, gonum := ourProduct(s.pool), gonumProduct()
	sides := []*side{
		{name: "pipe", turn: func() ([]float64, error) { return timed(warm, count, multiply), nil }},
		{name: "gonum", turn: func() ([]float64, error) { return timed(warm, count, gonum), nil }},
	}
	product := request{Do: "product", Size: productSize, Warm: warm, Count: count}
	if len(s.torch) > 0 {
		sides = append(sides, &side{name: "PyTorch", turn: s.torch[0].turn(product)})
	}
	if s.goPeer != nil {
		sides = append(sides, &side{name: "GoMLX", turn: s.goPeer.turn(product)})
	}
	if err := alternate(s.rounds, sides...); err != nil {
		return err
	}
	t = &table{head: []string{"kernel", "side", "speed", "ratio"}}
	for _, each := range sides {
		t.row(fmt.Sprintf("matrix product %d³", productSize), each.name, rate(2*math.Pow(productSize, 3), each.seconds()), ratio(times(sides[0], each)))
	}
	if s.goPeer != nil {
		if err := s.oneExample(t); err != nil {
			return err
		}
	}
	t.write(s.report)
	return nil
}

// oneExample measures GoMLX's convolution beside ours, on one example: a batch
// would take it minutes.
func (s *comparison) oneExample(t *table) error {
	fmt.Fprintf(s.log, "convolution in GoMLX\n")
	one := ourCube
	one.batch = 1
	work, asked := one.work("forward", s.pool), one.request("forward")
	asked.Count = 1
	sides := []*side{
		{name: "pipe", turn: func() ([]float64, error) { return timed(3, 5, work), nil }},
		{name: "GoMLX", turn: s.goPeer.turn(asked)},
	}
	if err := alternate(s.rounds, sides...); err != nil {
		return err
	}
	for _, each := range sides {
		t.row(fmt.Sprintf("%v: forward", one), each.name, rate(one.operations(), each.seconds()), ratio(times(sides[0], each)))
	}
	return nil
}
