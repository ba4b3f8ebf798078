package stages

import (
	"math"
	"math/rand/v2"
)

// vector is a point or a direction: x to the right, y to the front, z upwards.
// The head fills the cube from -1 to 1.
type vector [3]float64

// ellipsoid adds its value to every point inside it.
type ellipsoid struct {
	value  float64
	axes   vector // half axes
	centre vector
	// turn has the directions of the half axes as its rows.
	turn [3]vector
}

// sheppLogan is the three-dimensional Shepp–Logan head phantom: value, half axes,
// centre, and the angles phi, theta, psi in degrees. The geometry is that of L. A.
// Shepp and B. F. Logan, "The Fourier reconstruction of a head section", IEEE
// Transactions on Nuclear Science 21 (1974), put into space by M. Schabel, "3D
// Shepp-Logan phantom", MATLAB Central File Exchange 9416 (2006); the values are
// the modified ones, of higher contrast, of P. Toft, "The Radon Transform", thesis,
// Technical University of Denmark (1996), page 199.
var sheppLogan = [...][10]float64{
	{1, .6900, .920, .810, 0, 0, 0, 0, 0, 0},
	{-.8, .6624, .874, .780, 0, -.0184, 0, 0, 0, 0},
	{-.2, .1100, .310, .220, .22, 0, 0, -18, 0, 10},
	{-.2, .1600, .410, .280, -.22, 0, 0, 18, 0, 10},
	{.1, .2100, .250, .410, 0, .35, -.15, 0, 0, 0},
	{.1, .0460, .046, .050, 0, .1, .25, 0, 0, 0},
	{.1, .0460, .046, .050, 0, -.1, .25, 0, 0, 0},
	{.1, .0460, .023, .050, -.08, -.605, 0, 0, 0, 0},
	{.1, .0230, .023, .020, 0, -.606, 0, 0, 0, 0},
	{.1, .0230, .046, .020, .06, -.605, 0, 0, 0, 0},
}

// rotation is the matrix of the Euler angles phi, theta, psi (about z, the new x,
// the new z), in radians. Its rows are the directions of the turned axes.
func rotation(phi, theta, psi float64) [3]vector {
	sp, cp := math.Sincos(phi)
	st, ct := math.Sincos(theta)
	ss, cs := math.Sincos(psi)
	return [3]vector{
		{cs*cp - ct*sp*ss, cs*sp + ct*cp*ss, ss * st},
		{-ss*cp - ct*sp*cs, -ss*sp + ct*cp*cs, cs * st},
		{st * sp, -st * cp, ct},
	}
}

// How far the heads differ: turned about the vertical axis and tilted about the
// one from ear to ear, in radians; moved and stretched, as shares of half the
// volume; darkened, and single structures brightened, as shares of the value.
const (
	mostTurned    = 0.25
	mostTilted    = 0.12
	mostMoved     = 0.04
	mostStretched = 0.05
	mostDarkened  = 0.2
	mostBrighter  = 0.1
)

// between draws evenly from -most to most.
func between(rng *rand.Rand, most float64) float64 { return most * (2*rng.Float64() - 1) }

// pose is how a head lies in its volume: first stretched, then turned, then
// moved.
type pose struct {
	stretch vector
	turn    [3]vector
	shift   vector
}

func randomPose(rng *rand.Rand) pose {
	p := pose{turn: rotation(between(rng, mostTurned), between(rng, mostTilted), 0)}
	for k := range p.shift {
		p.shift[k] = between(rng, mostMoved)
		p.stretch[k] = 1 + between(rng, mostStretched)
	}
	return p
}

// place puts an ellipsoid of the head into the volume.
func (p pose) place(e ellipsoid) ellipsoid {
	for k, by := range p.stretch {
		e.centre[k] *= by
		e.axes[k] *= by
	}
	e.centre = p.turned(e.centre)
	for k, shift := range p.shift {
		e.centre[k] += shift
		e.turn[k] = p.turned(e.turn[k])
	}
	return e
}

// turned is a direction of the head as it is in the volume: the rows of the turn
// are the head's axes.
func (p pose) turned(v vector) vector {
	var out vector
	for k := range out {
		out[k] = v[0]*p.turn[0][k] + v[1]*p.turn[1][k] + v[2]*p.turn[2][k]
	}
	return out
}

// randomHead is a head in a pose, of random brightness, of which no voxel is
// brighter than 1.
func randomHead(rng *rand.Rand, p pose) []ellipsoid {
	gain := 1 - mostDarkened*rng.Float64()
	head := make([]ellipsoid, len(sheppLogan))
	for i, row := range sheppLogan {
		const degree = math.Pi / 180
		value := row[0] * gain
		if i > brain {
			value *= 1 + between(rng, mostBrighter)
		}
		head[i] = p.place(ellipsoid{
			value:  value,
			axes:   vector{row[1], row[2], row[3]},
			centre: vector{row[4], row[5], row[6]},
			turn:   rotation(row[7]*degree, row[8]*degree, row[9]*degree),
		})
	}
	return head
}

// brain is the place of the brain in the table, after the skull and before the
// structures in it.
const brain = 1

// Where the lesions are: so far from the middle of the brain, to the side, to the
// front and upwards.
const (
	lesionSide   = 0.35
	lesionFront  = 0.45
	lesionUpmost = 0.2
	// Lesions of one class are found in this share of the directions that are theirs,
	// and no farther than this many radians from their middle.
	lesionSpread     = 0.5
	lesionMostSpread = 0.6
)

// lesion is a lesion of a class in a head.
func (s *Phantom) lesion(rng *rand.Rand, p pose, class int) ellipsoid {
	kinds := float64(s.Classes - 1)
	sector := 2 * math.Pi / kinds
	angle := sector*float64(class-1) + between(rng, min(lesionSpread*sector/2, lesionMostSpread))
	sin, cos := math.Sincos(angle)
	low, high := s.Lesion.Radius[0], s.Lesion.Radius[1]
	radius := low + (high-low)*rng.Float64()
	return p.place(ellipsoid{
		value:  s.Lesion.Contrast * float64(class) / kinds,
		axes:   vector{radius, radius, radius},
		centre: vector{lesionSide * cos, lesionFront * sin, between(rng, lesionUpmost)},
		turn:   rotation(0, 0, 0),
	})
}

// perAxis is how many lines through a voxel are drawn along depth, and along
// height. Along width the share of a voxel inside an ellipsoid is exact.
const perAxis = 2

// draw adds the ellipsoids up into a volume of [depth, height, width] voxels.
func draw(parts []ellipsoid, size [3]int, into []float32) {
	clear(into)
	depth, height, width := size[0], size[1], size[2]
	half := float64(width) / 2
	for i := range parts {
		e := &parts[i]
		value := float32(e.value / (perAxis * perAxis))
		firstLine, lastLine := e.lines(2, depth*perAxis)
		firstRow, lastRow := e.lines(1, height*perAxis)
		for line := firstLine; line < lastLine; line++ {
			z := lineAt(line, depth*perAxis)
			for row := firstRow; row < lastRow; row++ {
				from, to, ok := e.across(lineAt(row, height*perAxis), z)
				if !ok {
					continue
				}
				at := (line/perAxis*height + row/perAxis) * width
				fill(into[at:at+width], (from+1)*half, (to+1)*half, value)
			}
		}
	}
}

// lineAt is the place from -1 to 1 of one of so many lines.
func lineAt(line, lines int) float64 { return (2*float64(line)+1)/float64(lines) - 1 }

// lines are those of so many that the ellipsoid's box along an axis covers: from
// the first, up to the last without it.
func (e *ellipsoid) lines(axis, lines int) (first, last int) {
	var reach float64
	for k, half := range e.axes {
		reach += half * e.turn[k][axis] * half * e.turn[k][axis]
	}
	reach = math.Sqrt(reach)
	low, high := e.centre[axis]-reach, e.centre[axis]+reach
	scale := float64(lines) / 2
	return max(int((low+1)*scale), 0), min(int((high+1)*scale)+1, lines)
}

// across is where the line along x through (y, z) is inside the ellipsoid: the
// roots of |u|² = 1, u being the place in units of the half axes.
func (e *ellipsoid) across(y, z float64) (from, to float64, ok bool) {
	var a, b, c float64
	for k := range e.turn {
		axis := &e.turn[k]
		start := (axis[1]*(y-e.centre[1]) + axis[2]*(z-e.centre[2]) - axis[0]*e.centre[0]) / e.axes[k]
		step := axis[0] / e.axes[k]
		a += step * step
		b += step * start
		c += start * start
	}
	root := b*b - a*(c-1)
	if root <= 0 {
		return 0, 0, false
	}
	root = math.Sqrt(root)
	return (-b - root) / a, (-b + root) / a, true
}

// fill adds the value to the voxels of a row between two places, and its share to
// the voxels at the ends.
func fill(row []float32, from, to float64, value float32) {
	from, to = max(from, 0), min(to, float64(len(row)))
	if from >= to {
		return
	}
	first, last := int(from), min(int(to), len(row)-1)
	if first == last {
		row[first] += value * float32(to-from)
		return
	}
	row[first] += value * float32(float64(first+1)-from)
	for i := first + 1; i < last; i++ {
		row[i] += value
	}
	row[last] += value * float32(to-float64(last))
}
