package loss

import "math"

// Regions is the settings of losses that compare regions.
type Regions struct {
	// IncludeBackground says whether the first of several outputs counts, too. The
	// background is most of a volume and easy to tell; left out, the loss is about
	// the other classes alone. A model with a single output has no background.
	IncludeBackground bool `yaml:"include_background"`
	// Smooth is added to both sides of the fraction, in voxels. It says what a class
	// costs that an example does not have: nothing if none of it is predicted either.
	Smooth float64 `yaml:"smooth" validate:"gte=0"`
}

// overlap is the mean over the classes of 1 - (B + s)/(B + α·(P-B) + β·(T-B) + s),
// where B, P and T are the sums of a class. P-B is what is predicted wrongly, T-B
// what is missed. A class for which both sides of the fraction are 0 costs nothing.
func (r *Regions) overlap(alpha, beta, smooth float64, sums, slopes []Overlap) float64 {
	first := 0
	if !r.IncludeBackground && len(sums) > 1 {
		first = 1
	}
	clear(slopes[:first])
	if first > 0 && math.IsNaN(sums[0].Predicted) {
		return math.NaN() // it is broken, whether it counts or not
	}
	n := float64(len(sums) - first)
	var sum float64
	for k := first; k < len(sums); k++ {
		o := sums[k]
		above := o.Both + smooth
		below := (1-alpha-beta)*o.Both + alpha*o.Predicted + beta*o.True + smooth
		if below == 0 {
			slopes[k] = Overlap{}
			continue
		}
		sum += 1 - above/below
		slopes[k] = Overlap{
			Both:      ((1-alpha-beta)*above - below) / (below * below) / n,
			Predicted: alpha * above / (below * below) / n,
		}
	}
	return sum / n
}
