package loss

// addRegion adds what position i has to the sums of each class. The row p is room
// for its probabilities.
func (b *Batch[T]) addRegion(sums []Overlap, y, t, p []float64, weight float64, i int) {
	copy(p, y)
	if b.Scores {
		Apply(b.Loss.Head(), b.outputs, p)
		if b.dy != nil {
			for k, v := range p {
				b.probabilities[i*b.outputs+k] = T(v)
			}
		}
	}
	if b.Loss.Target() == ClassID {
		class := truthOf(ClassID, t, b.outputs, 0).class
		sums[class].Both += weight * p[class]
		sums[class].True += weight
		for k, v := range p {
			sums[k].Predicted += weight * v
		}
		return
	}
	for k, v := range p {
		sums[k].Both += weight * v * t[k]
		sums[k].Predicted += weight * v
		sums[k].True += weight * t[k]
	}
}

// regions adds up the sums of each example and gives the loss of all of them. It
// leaves the derivative by each sum in slopes.
func (b *Batch[T]) regions() float64 {
	var total float64
	for example := range b.y.Batch() {
		sums := b.sums[example*b.parts*b.outputs:][:b.parts*b.outputs]
		whole := sums[:b.outputs]
		for part := 1; part < b.parts; part++ {
			for k, s := range sums[part*b.outputs : (part+1)*b.outputs] {
				whole[k].Both += s.Both
				whole[k].Predicted += s.Predicted
				whole[k].True += s.True
			}
		}
		slopes := b.slopes[example*b.outputs : (example+1)*b.outputs]
		weight := b.weightOf(b.weights.Examples, example) * b.regionScale
		total += weight * b.region.Region(whole, slopes)
		for k := range slopes {
			slopes[k].Both *= weight
			slopes[k].Predicted *= weight
		}
	}
	return total
}

// slopeChunk adds the derivative by the sums to that of each position.
func (b *Batch[T]) slopeChunk(chunk int) {
	size := 3*b.outputs + b.width
	rows := b.rows[chunk*size : (chunk+1)*size]
	p, dp, t := rows[:b.outputs], rows[b.outputs:2*b.outputs], rows[3*b.outputs:]
	ids := b.Loss.Target() == ClassID
	b.walk(chunk, func(example, from, to int) {
		slopes := b.slopes[example*b.outputs : (example+1)*b.outputs]
		for i := from; i < to; i++ {
			widen(t, b.t.Data[i*b.width:])
			weight := b.weightOf(b.weights.Positions, i)
			for k, s := range slopes {
				switch {
				case !ids:
					dp[k] = weight * (s.Both*t[k] + s.Predicted)
				case int(t[0]) == k:
					dp[k] = weight * (s.Both + s.Predicted)
				default:
					dp[k] = weight * s.Predicted
				}
			}
			if b.Scores {
				widen(p, b.probabilities[i*b.outputs:])
				throughHead(b.Loss.Head(), p, dp)
			}
			dy := b.dy.Data[i*b.outputs : (i+1)*b.outputs]
			for k, slope := range dp {
				if b.point == nil {
					dy[k] = T(slope)
				} else {
					dy[k] += T(slope)
				}
			}
		}
	})
}

// throughHead makes of the derivative by probabilities p the one by scores.
func throughHead(h Head, p, dp []float64) {
	switch h {
	case Sigmoid:
		for k, v := range p {
			dp[k] *= v * (1 - v)
		}
	case Softmax:
		var mean float64
		for k, v := range p {
			mean += v * dp[k]
		}
		for k, v := range p {
			dp[k] = v * (dp[k] - mean)
		}
	}
}
