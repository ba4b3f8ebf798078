package kernel

// Normalisation, with statistics of each example or of the batch (which is one
// example then), followed by an activation whose slope follows from its output:
// what lies between the two is never stored.

// Bend is an activation behind a normalisation; without a value it is none.
type Bend[T Float] struct {
	// Value sets y, which may be x, to the function of x.
	Value func(x, y []T)
	// Slope sets dx to dy times the derivative where the function is y. It is given y
	// for x, too, and must not care.
	Slope func(x, y, dy, dx []T)
}

// BendForward sets y, which may be z, to the activation of the normalised z.
func BendForward[T Float](p *Pool, s *Scratch[T], examples, channels int, norm *Norm[T], bend *Bend[T], z, y []T) {
	f := s.each(p, examples, channels, norm, z)
	f.bend, f.y = *bend, y
	p.run(examples*f.cuts, eachForward[T]{f})
}

// BendSums gives for each example and channel the sum of the slopes of the
// normalised z, and of those times z - center, given the slopes dy of y.
func BendSums[T Float](p *Pool, s *Scratch[T], examples, channels int, norm *Norm[T], bend *Bend[T], z, y, dy []T, sum, along []float64) {
	f := s.each(p, examples, channels, norm, z)
	f.bend, f.hands, f.y, f.dy = *bend, s.crew(p), y, dy
	f.addUp(p, s, examples, norm.Center, sum, along)
}

// BendBackward sets dz, which may be z, to the slope of z, given those of y.
func BendBackward[T Float](p *Pool, s *Scratch[T], examples, channels int, norm *Norm[T], bend *Bend[T], z, y, dy, dz []T) {
	f := s.each(p, examples, channels, norm, z)
	f.bend, f.hands, f.y, f.dy, f.dz = *bend, s.crew(p), y, dy, dz
	p.run(examples*f.cuts, eachBackward[T]{f})
}

// bentElements is about how many elements are taken at a time from one step to the
// next: so few that they and what belongs to them stay in the nearest cache, but
// enough to be worth the sums of positions taken as one.
const bentElements = 2048

// some is the end of the next few rows of [from, to).
func (f *eachWork[T]) some(from, to int) int {
	if f.bend.Value == nil {
		return to
	}
	rows := max(16, bentElements/(f.channels*f.times)) * f.times
	return min(from+rows*f.channels, to)
}

// upstream are the slopes of the normalised z for elements [from, to).
func (f *eachWork[T]) upstream(worker, from, to int) []T {
	dy := f.dy[from:to]
	if f.bend.Slope == nil {
		return dy
	}
	y, slopes := f.y[from:to], take(&f.hands[worker].rows, to-from)
	f.bend.Slope(y, y, dy, slopes)
	return slopes
}
