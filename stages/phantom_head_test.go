package stages

import (
	"math"
	"testing"
)

// upright is the head as the table has it.
func upright() []ellipsoid {
	parts := make([]ellipsoid, len(sheppLogan))
	for i, row := range sheppLogan {
		parts[i] = ellipsoid{
			value: row[0], axes: vector{row[1], row[2], row[3]}, centre: vector{row[4], row[5], row[6]},
			turn: rotation(row[7]*math.Pi/180, row[8]*math.Pi/180, row[9]*math.Pi/180),
		}
	}
	return parts
}

// The values of the modified phantom at places that its table decides, in a
// volume that is fine enough for their voxels to lie inside one structure.
func TestHeadHasTheValuesOfItsTable(t *testing.T) {
	const n = 64
	volume := make([]float32, n*n*n)
	draw(upright(), [3]int{n, n, n}, volume)
	at := func(x, y, z float64) float32 {
		voxel := func(v float64) int { return int((v + 1) / 2 * n) }
		return volume[(voxel(z)*n+voxel(y))*n+voxel(x)]
	}
	for _, c := range []struct {
		what    string
		x, y, z float64
		want    float32
	}{
		{"air", 0.95, 0.95, 0.95, 0},
		{"air beside the head", 0.8, 0, 0, 0},
		{"skull", 0, 0.89, 0, 1},
		{"brain", 0.45, 0.3, 0, 0.2},
		{"right ventricle", 0.22, 0.05, 0, 0},
		{"left ventricle", -0.22, 0.05, 0, 0},
		{"mass in the front", 0, 0.45, -0.15, 0.3},
	} {
		if got := at(c.x, c.y, c.z); math.Abs(float64(got-c.want)) > 1e-6 {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

// A turned ellipsoid has its volume, wherever it is: 4/3 π a b c.
func TestDrawKeepsTheVolume(t *testing.T) {
	size := [3]int{24, 32, 40}
	volume := make([]float32, size[0]*size[1]*size[2])
	draw([]ellipsoid{{value: 2, axes: vector{0.5, 0.3, 0.4}, centre: vector{0.1, -0.2, 0.15}, turn: rotation(0.7, 0.4, -0.3)}}, size, volume)
	var sum float64
	for _, v := range volume {
		sum += float64(v)
	}
	got := sum * 8 / float64(len(volume)) // the cube from -1 to 1 has the volume 8
	want := 2 * 4 / 3. * math.Pi * 0.5 * 0.3 * 0.4
	if math.Abs(got/want-1) > 0.005 { // lines are 1/48 apart along depth
		t.Errorf("%v, want %v", got, want)
	}
}

// What reaches out of the volume is cut off.
func TestDrawAtTheBorder(t *testing.T) {
	volume := make([]float32, 4*4*4)
	draw([]ellipsoid{{value: 1, axes: vector{9, 9, 9}, turn: rotation(0, 0, 0)}}, [3]int{4, 4, 4}, volume)
	for i, v := range volume {
		if v != 1 {
			t.Fatalf("voxel %d is %v", i, v)
		}
	}
	draw([]ellipsoid{{value: 1, axes: vector{.2, .2, .2}, centre: vector{5, -5, 5}, turn: rotation(0, 0, 0)}}, [3]int{4, 4, 4}, volume)
	for i, v := range volume {
		if v != 0 {
			t.Fatalf("voxel %d is %v", i, v)
		}
	}
}

func TestRotationIsOne(t *testing.T) {
	m := rotation(0.3, -0.8, 1.9)
	for i, a := range m {
		for j, b := range m {
			want := 0.
			if i == j {
				want = 1
			}
			if got := a[0]*b[0] + a[1]*b[1] + a[2]*b[2]; math.Abs(got-want) > 1e-12 {
				t.Errorf("row %d · row %d = %v", i, j, got)
			}
		}
	}
}

func BenchmarkPhantom(b *testing.B) {
	s := phantomDefaults
	p := &phantoms{Phantom: s, seed: 3, classes: s.assign(3)}
	volume := make([]float32, s.Size[0]*s.Size[1]*s.Size[2])
	for i := range b.N {
		if err := p.Read(i%s.Samples, volume); err != nil {
			b.Fatal(err)
		}
	}
}
