package loss

// addRegions adds what each class has at some positions to the sums of their
// examples, given the weights of the positions.
func (b *Batch[T]) addRegions(s *Stretch[T], chunk, from int) {
	p := s.P
	if !b.Scores {
		p = s.Y
	}
	ids := b.Loss.Target() == ClassID
	for first := 0; first < len(s.Weights); {
		// The positions up to last are those of one example.
		example := (from + first) / b.each
		last := min((example+1)*b.each-from, len(s.Weights))
		place := (example*b.parts + chunk%b.parts) * b.outputs
		sums := b.sums[place : place+b.outputs]
		clear(sums)
		for i := first; i < last; i++ {
			weight, row := s.Weights[i], at(p, i, b.outputs)
			if ids {
				class := classOf(s.Targets[i], b.outputs)
				sums[class].Both += weight * float64(row[class])
				sums[class].True += weight
				for k, v := range row {
					sums[k].Predicted += weight * float64(v)
				}
				continue
			}
			t := at(s.Targets, i, b.outputs)
			for k, v := range row {
				sum, each := &sums[k], weight*float64(t[k])
				sum.Both += each * float64(v)
				sum.Predicted += weight * float64(v)
				sum.True += each
			}
		}
		first = last
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
		weight := weightOf(b.weights.Examples, example) * b.regionScale
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
	from, to := b.positionsOf(chunk)
	if b.point == nil {
		clear(b.dy.Data[from*b.outputs : to*b.outputs])
	}
	for from < to {
		example := from / b.each
		last := min((example+1)*b.each, to)
		slopes := b.slopes[example*b.outputs : (example+1)*b.outputs]
		switch {
		case b.Scores && b.Loss.Head() == Softmax && b.Loss.Target() == ClassID:
			b.slopeOfClasses(slopes, from, last)
		case b.Scores && b.Loss.Head() == Softmax:
			b.slopeOfShares(slopes, from, last)
		default:
			b.slopeOfEach(slopes, b.rooms[chunk].row, from, last)
		}
		from = last
	}
}

// slopeOfClasses and slopeOfShares go through softmax: with d the derivative by
// the probabilities p, that by score k is pₖ·(dₖ - Σ p·d).
func (b *Batch[T]) slopeOfClasses(slopes []Overlap, from, to int) {
	for i := from; i < to; i++ {
		weight, class := weightOf(b.weights.Positions, i), int(b.t.Data[i])
		p, dy := at(b.probabilities, i, len(slopes)), at(b.dy.Data, i, len(slopes))
		more := slopes[class].Both
		mean := float64(p[class]) * more
		for k, v := range p {
			mean += float64(v) * slopes[k].Predicted
		}
		ofClass := dy[class] + T(weight*float64(p[class])*(slopes[class].Predicted+more-mean))
		for k, v := range p {
			dy[k] += T(weight * float64(v) * (slopes[k].Predicted - mean))
		}
		dy[class] = ofClass
	}
}

func (b *Batch[T]) slopeOfShares(slopes []Overlap, from, to int) {
	for i := from; i < to; i++ {
		weight := weightOf(b.weights.Positions, i)
		p, t, dy := at(b.probabilities, i, len(slopes)), at(b.t.Data, i, len(slopes)), at(b.dy.Data, i, len(slopes))
		var mean float64
		for k, s := range slopes {
			mean += float64(p[k]) * (s.Both*float64(t[k]) + s.Predicted)
		}
		for k, s := range slopes {
			dy[k] += T(weight * float64(p[k]) * (s.Both*float64(t[k]) + s.Predicted - mean))
		}
	}
}

// slopeOfEach is for all other forms; dp is room for one position.
func (b *Batch[T]) slopeOfEach(slopes []Overlap, dp []float64, from, to int) {
	ids := b.Loss.Target() == ClassID
	for i := from; i < to; i++ {
		weight := weightOf(b.weights.Positions, i)
		if ids {
			for k, s := range slopes {
				dp[k] = weight * s.Predicted
			}
			class := int(b.t.Data[i])
			dp[class] += weight * slopes[class].Both
		} else {
			t := at(b.t.Data, i, b.outputs)
			for k, s := range slopes {
				dp[k] = weight * (s.Both*float64(t[k]) + s.Predicted)
			}
		}
		if b.Scores { // through a sigmoid
			for k, v := range at(b.probabilities, i, b.outputs) {
				dp[k] *= float64(v) * (1 - float64(v))
			}
		}
		dy := at(b.dy.Data, i, b.outputs)
		for k, slope := range dp {
			dy[k] += T(slope)
		}
	}
}
