package shape

import "fmt"

// Fault is the kind of a mismatch. The layer names the fault; who reports it
// decides how it is called and shown.
type Fault string

// The faults a shape rule can find.
const (
	// MissingChannel: a volume [D, H, W] where [D, H, W, C] is needed.
	MissingChannel Fault = "missing channel"
	// WrongRank: another number of axes than the layer takes.
	WrongRank Fault = "wrong rank"
	// TooSmall: an axis would be left with no element.
	TooSmall Fault = "too small"
	// Unflattened: a dense layer that would work along the last axis of a volume.
	Unflattened Fault = "unflattened"
	// ElementCount: a reshape to another number of elements.
	ElementCount Fault = "element count"
	// Disagree: inputs to be merged have different shapes.
	Disagree Fault = "inputs disagree"
	// Indivisible: a size that must be a multiple of another is not.
	Indivisible Fault = "indivisible"
	// Halving: a size that cannot be halved as often as it is without a rest.
	Halving Fault = "halving"
	// Namesake: another layer has the same full name.
	Namesake Fault = "namesake"
	// Setting: settings that exclude one another or do not fit the input's rank.
	Setting Fault = "setting"
)

// Mismatch is a shape rule's refusal of its input: what collided, in numbers,
// and the way out.
type Mismatch struct {
	Fault Fault
	// Settings name the settings that collided, the likeliest to be changed
	// first; none means the layer as a whole.
	Settings []string
	// Input is the shape that was refused, Axis the axis in question or -1.
	Input Shape
	Axis  int
	// Problem is a short text on this layer: "the kernel is longer than the axis".
	Problem string
	// Arithmetic shows the numbers: "floor((3 - 5) / 1) + 1 = -1".
	Arithmetic string
	// Remedy is a verb phrase: "use padding: same".
	Remedy string
}

// Error gives the mismatch in one line, for users of the library.
func (m *Mismatch) Error() string {
	text := fmt.Sprintf("%s: input %s", m.Problem, m.Input.Batch())
	if m.Arithmetic != "" {
		text += ": " + m.Arithmetic
	}
	if m.Remedy != "" {
		text += "; " + m.Remedy
	}
	return text
}

// AxisName names an axis of one example as the field does: depth, height,
// width, channel for a volume; else by its number.
func AxisName(rank, axis int) string {
	if rank == 4 && axis >= 0 && axis < 4 {
		return [...]string{"depth", "height", "width", "channel"}[axis]
	}
	return fmt.Sprintf("axis %d", axis+1)
}
