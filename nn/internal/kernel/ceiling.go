package kernel

// ceilingKernel multiplies and adds so many vectors at each step, and does nothing
// else; it is empty in Go alone.
type ceilingKernel struct {
	compute func(steps int)
	vectors int
}

// Ceiling has each thread multiply and add in registers, so many steps, and gives the
// number of operations done: no other kernel can be faster, and how close it comes
// is the measure of it. In Go alone nothing is done, and 0 given.
func Ceiling(p *Pool, steps int) (operations float64) {
	k := single.ceiling
	if k.compute == nil {
		return 0
	}
	p.run(p.Threads(), each(func(int) { k.compute(steps) }))
	return 2 * float64(p.Threads()*steps*k.vectors*single.lanes)
}
