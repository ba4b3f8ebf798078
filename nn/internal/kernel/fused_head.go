package kernel

// Head is a dense layer that takes the outputs of a tail as its features. What comes
// back to a feature is
//
//	the sum over the units of the unit's slope · the feature's weight
//
// which is made where it is needed: of a few units that takes less time than to fetch
// it from memory, and the memory is spared.
type Head[T Float] struct {
	Units int
	// Turned are the weights by units, [Units, features]; Slopes are [N, Units].
	Turned, Slopes []T
}

// mostHeadUnits is the most units for which it is made anew.
const mostHeadUnits = 16

// HeadWeightGrads says that ConvHeadWeightGrad can work a convolution with a tail and a
// dense layer of so many units.
func HeadWeightGrads[T Float](g *Conv, t *Tail, units int) bool {
	return units <= mostHeadUnits && TailWeightGrads[T](g) && sparse[T](g, t)
}

// ConvHeadWeightGrad is ConvTailWeightGrad for a tail without normalisation in front of
// a head. See HeadWeightGrads for what it takes.
func ConvHeadWeightGrad[T Float](p *Pool, s *Scratch[T], g *Conv, t *Tail, head *Head[T], x, y []T, codes []uint8, dw, db []T) {
	f := &s.tailGrad
	*f = tailGrad[T]{t: t, work: passesOf[T](), y: y, dy: head.Turned, codes: codes, picks: true, head: head, factors: head.Slopes}
	f.weightGrad = weightGrad[T]{Conv: g, engine: engineOf[T](), x: x, hands: s.crew(p)}
	f.fan = f.engine.fanKernel(g)
	f.run(p, s, dw, db)
}

// TurnHead gives the weights of a dense layer by its units, [units, features], which were
// [features, units]. They are there until it is called again.
func TurnHead[T Float](p *Pool, s *Scratch[T], w []T, units int) []T {
	s.turning = turning[T]{from: w, into: take(&s.turned, len(w)), rows: len(w) / units, columns: units}
	p.run(pieces(s.turning.rows, turnSpan), &s.turning)
	return s.turning.into
}

// HeadWorkspace is what TurnHead takes for so many features and units.
func HeadWorkspace(features, units int) Workspace { return Workspace{Turned: features * units} }

// turning makes rows of columns, a span of their elements at a time.
type turning[T Float] struct {
	from, into    []T
	rows, columns int
}

// turnSpan is how many rows of a matrix with few columns a worker turns at a time.
const turnSpan = 2048

func (t *turning[T]) do(_, chunk int) {
	first, last := chunk*turnSpan, min((chunk+1)*turnSpan, t.rows)
	turn(t.from[first*t.columns:last*t.columns], t.columns, func(column int) []T { return t.into[column*t.rows+first:] })
}

// turn copies each column of rows to a place of its own.
func turn[T Float](rows []T, columns int, place func(column int) []T) {
	count := len(rows) / columns
	for j := range columns {
		into, column := place(j)[:count], rows[j:]
		for i := range into {
			into[i] = column[i*columns]
		}
	}
}
