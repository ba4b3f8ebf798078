package kernel

// Where there is no pooling, every position is treated alike. Rows of a few
// channels would fill a part of a vector each; so several positions are taken as
// one of as many times the channels, whose numbers are repeated.

// flatWidth is the fewest channels that are worth a loop over them.
const flatWidth = 4 * codeAlign

// repeats is how many positions are taken as one: as few as fill whole vectors
// and are worth a loop.
func repeats(channels int) int {
	// The largest power of 2 that divides both.
	common := min(channels&-channels, codeAlign)
	whole := codeAlign / common
	return whole * max(1, flatWidth/(whole*channels))
}

// flat says that there is no pooling.
func (t *Tail) flat() bool { return t.KD == 1 && t.KH == 1 && t.KW == 1 && t.Windows() }

// repeated appends numbers so many times.
func repeated[T Float](into, numbers []T, times int) []T {
	for range times {
		into = append(into, numbers...)
	}
	return into
}

// widened is the normalisation of so many positions as one.
func (s *Scratch[T]) widened(norm *Norm[T], times int) *Norm[T] {
	channels := len(norm.Center)
	all := take(&s.wide, 5*times*channels)[:0]
	next := func(numbers []T) []T {
		first := len(all)
		all = repeated(all, numbers, times)
		return all[first:]
	}
	s.wideNorm = Norm[T]{next(norm.Center), next(norm.Factor), next(norm.Offset), next(norm.Pull), next(norm.Push)}
	return &s.wideNorm
}

// cut takes up to so many positions as one of their channels, as often as they
// are left, and gives how many positions that is.
func (q *panes[T]) cut(channels, times, left int) int {
	if left < times {
		q.count, q.channels, q.step = 1, left*channels, left*channels
		return left
	}
	q.count, q.channels, q.step = left/times, times*channels, times*channels
	return left / times * times
}

// flatSpan is how many positions a worker takes at a time.
func flatSpan(channels, times int) int { return max(1, stretch/(times*channels)) * times }

// flatForward is NormForward without pooling.
func flatForward[T Float](p *Pool, s *Scratch[T], t *Tail, norm *Norm[T], z, y, peak []T) {
	f := s.flatly(p, t, norm, z, y)
	f.peak = peak
	p.run(pieces(f.positions, f.span), flatValues[T]{f})
}

// flatWork is a task on the positions behind a tail without pooling, a span of them
// at a time.
type flatWork[T Float] struct {
	t                      *Tail
	wide                   *Norm[T]
	times, positions, span int
	panes                  []panes[T]
	z, y, peak, dy, dz     []T
}

// flatly readies such a task.
func (s *Scratch[T]) flatly(p *Pool, t *Tail, norm *Norm[T], z, y []T) *flatWork[T] {
	times := repeats(t.C)
	s.flatWork = flatWork[T]{
		t: t, wide: s.widened(norm, times), times: times, positions: t.N * t.D * t.H * t.W,
		span: flatSpan(t.C, times), panes: s.panes(p), z: z, y: y,
	}
	return &s.flatWork
}

// flatValues normalises a span.
type flatValues[T Float] struct{ *flatWork[T] }

func (f flatValues[T]) do(worker, chunk int) {
	work, q, t := passesOf[T](), &f.panes[worker], f.t
	q.norm(f.wide, t)
	q.taps = append(q.taps[:0], 0)
	last := min((chunk+1)*f.span, f.positions)
	for at := chunk * f.span; at < last; {
		n := q.cut(t.C, f.times, last-at)
		q.z, q.y = f.z[at*t.C:], f.y[at*t.C:]
		if f.peak != nil {
			q.peak = f.peak[at*t.C:]
		}
		work.crest(q)
		at += n
	}
}

// flatBackward is NormBackward without pooling.
func flatBackward[T Float](p *Pool, s *Scratch[T], t *Tail, norm *Norm[T], z, y, dy, dz []T) {
	f := s.flatly(p, t, norm, z, y)
	f.dy, f.dz = dy, dz
	p.run(pieces(f.positions, f.span), f)
}

// do finds the slopes of a span.
func (f *flatWork[T]) do(worker, chunk int) {
	from, to := chunk*f.span*f.t.C, min((chunk+1)*f.span, f.positions)*f.t.C
	flatSlopes(f.t, passesOf[T](), &f.panes[worker], f.wide, f.times, f.z[from:to], f.y[from:to], f.dy[from:to], f.dz[from:to])
}

// flatSlopes sets dz to the slopes of z behind a tail without pooling.
func flatSlopes[T Float](t *Tail, work *passes[T], q *panes[T], wide *Norm[T], times int, z, y, dy, dz []T) {
	q.norm(wide, t)
	q.taps = append(q.taps[:0], 0)
	for at, last := 0, len(z)/t.C; at < last; {
		n := q.cut(t.C, times, last-at)
		q.z, q.y, q.dy, q.slope = z[at*t.C:], y[at*t.C:], dy[at*t.C:], dz[at*t.C:]
		work.spread(q)
		at += n
	}
}

// fold adds the sums of positions taken as one up by channel, in double precision.
func (q *panes[T]) fold(channels int, first, second []float64) {
	for at := 0; at < q.channels; at += channels {
		for c := range channels {
			first[c] += float64(q.first[at+c])
			second[c] += float64(q.second[at+c])
		}
	}
}
