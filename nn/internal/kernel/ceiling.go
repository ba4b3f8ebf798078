package kernel

// ceilingSums is how many sums the processor works on at a time to show what it can
// do: each waits for the one before it, the others do not.
const ceilingSums = 12

// Ceiling has each thread multiply and add in registers, so many steps, and gives the
// number of operations done: no other kernel can be faster, and how close it comes
// is the measure of it. In Go alone nothing is done, and 0 given.
func Ceiling(p *Pool, steps int) (operations float64) {
	if single.ceiling == nil {
		return 0
	}
	p.run(p.Threads(), each(func(int) { single.ceiling(steps) }))
	return 2 * float64(p.Threads()*steps*ceilingSums*single.lanes)
}
