package kernel

import "unsafe"

// Parting takes channels out of values in which they lie side by side.
type Parting struct {
	channels int
	// index says of each channel where its values are among the first vector and the
	// second, and then among those taken so far and each further vector.
	index []uint32
}

// partLanes is the values of a vector.
const partLanes = 16

// mostParted is the number of channels up to which a vector of one of them is put
// together of all vectors that it lies in.
const mostParted = 16

// NewParting is one of so many channels.
func NewParting(channels int) *Parting {
	p := &Parting{channels: channels}
	if channels > mostParted {
		return p
	}
	for c := range channels {
		for vector := 1; vector < channels; vector++ {
			for lane := range partLanes {
				at, index := lane*channels+c-vector*partLanes, lane
				switch {
				case at >= 0 && at < partLanes:
					index = partLanes + at
				case vector == 1 && at < 0:
					index = partLanes + at // in the first vector as it is
				}
				p.index = append(p.index, uint32(index))
			}
		}
	}
	return p
}

// part is the values of one channel that are taken, whole vectors of them. The
// assembly knows the fields by their places.
type part struct {
	from, into *float32
	vectors    int
	channels   int
	index      *uint32
}

// Take gives the values of a channel: as many as into holds.
func (p *Parting) Take(values []float32, channel int, into []float32) {
	if channel < 0 || channel >= p.channels || len(values) < len(into)*p.channels {
		panic("kernel: fewer values than are to be taken")
	}
	done := 0
	if p.channels > 1 && p.channels <= mostParted && len(into) >= partLanes {
		whole := part{unsafe.SliceData(values), unsafe.SliceData(into), len(into) / partLanes, p.channels, &p.index[channel*(p.channels-1)*partLanes]}
		if partWhole(single.name, &whole) {
			done = whole.vectors * partLanes
		}
	}
	plainPart(values[done*p.channels:], p.channels, channel, into[done:])
}

func plainPart(values []float32, channels, channel int, into []float32) {
	for i, at := 0, channel; i < len(into) && at < len(values); i, at = i+1, at+channels {
		into[i] = values[at]
	}
}
