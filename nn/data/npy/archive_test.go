package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// member is a file to be put into an archive.
type member struct {
	name    string
	deflate bool
	content []byte
}

func pack(t testing.TB, members ...member) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, m := range members {
		method := zip.Store
		if m.deflate {
			method = zip.Deflate
		}
		part, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: method})
		if err == nil {
			_, err = part.Write(m.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestArchiveMembers(t *testing.T) {
	x := write("<i4", false, []int{2}, []byte{1, 0, 0, 0, 2, 0, 0, 0})
	y := write("|u1", false, []int{3}, []byte{7, 8, 9})
	file := pack(t, member{"x.npy", true, x}, member{"notes.txt", false, []byte("hello")}, member{"y.npy", false, y})
	a, err := OpenArchive(bytes.NewReader(file), int64(len(file)), "a.npz")
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Members(); !slices.Equal(got, []string{"x", "y"}) {
		t.Errorf("members %q", got)
	}
	for name, want := range map[string][]int64{"x": {1, 2}, "y": {7, 8, 9}, "y.npy": {7, 8, 9}} {
		array, err := a.Member(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := array.Ints(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if array.Name() != "a.npz#"+name {
			t.Errorf("%s is called %s", name, array.Name())
		}
	}
	_, err = a.Member("z")
	if err == nil || err.Error() != `a.npz: it has no member "z" (name one of its members: x, y)` {
		t.Errorf("got %v", err)
	}
}

// altered changes the bytes of a file that follow a mark.
func altered(file []byte, mark string, at int, change ...byte) []byte {
	file = slices.Clone(file)
	copy(file[strings.LastIndex(string(file), mark)+at:], change)
	return file
}

func TestArchiveRefuses(t *testing.T) {
	x := write("|u1", false, []int{900}, make([]byte, 900))
	stored := pack(t, member{"x.npy", false, x})
	deflated := pack(t, member{"x.npy", true, x})
	const entry, local = "PK\x01\x02", "PK\x03\x04" // headers of a member in the directory, and in front of it
	lie := binary.LittleEndian.AppendUint32(nil, 1<<31)
	for want, file := range map[string][]byte{
		"it is empty: 0 bytes": {},
		"its table of contents, at the end of its 1126 bytes, is missing or damaged": stored[:1126],
		"it is not an .npz archive but looks like a single array (.npy)":             x,
		"it is not an .npz archive but looks like text":                              []byte("image,label\n"),
		"it has two members of the name \"x\"":                                       pack(t, member{"x.npy", false, x}, member{"x.npy", false, x}),
		"none of its 1 members is an array":                                          pack(t, member{"x.txt", false, x}),
		"its place in the archive is damaged":                                        altered(stored, local, 0, 'Q'),
		"it is encrypted":                                                            altered(stored, entry, 8, 1),
		"it is packed by method 12":                                                  altered(stored, entry, 10, 12),
		"it claims to be 2147483648 bytes long":                                      altered(deflated, entry, 24, lie...),
		"bytes from byte":                                                            altered(stored, entry, 20, slices.Concat(lie, lie)...),
		"its packed bytes are damaged at byte":                                       altered(deflated, local, 30+len("x.npy"), 0xff, 0xff),
		"its checksum is":                                                            altered(deflated, entry, 16, 1, 2, 3, 4),
		"it is not a .npy file":                                                      pack(t, member{"x.npy", true, []byte("hello there, this is text")}),
		"it is shorter than its header says":                                         pack(t, member{"x.npy", true, x[:len(x)-1]}),
	} {
		a, err := OpenArchive(bytes.NewReader(file), int64(len(file)), "a.npz")
		var array *Array
		if err == nil {
			array, err = a.Member(a.Members()[0])
		}
		if err == nil {
			_, err = array.Ints()
		}
		var problem *Error
		if !errors.As(err, &problem) {
			t.Errorf("%s: got %v", want, err)
			continue
		}
		if !strings.Contains(problem.Problem, want) || problem.Remedy == "" || !strings.HasPrefix(problem.Name, "a.npz") {
			t.Errorf("got  %v\nwant %s", problem, want)
		}
	}
}

// A deflated member whose stream ends before the array.
func TestArchiveOfAStreamThatEnds(t *testing.T) {
	payload := make([]byte, 4096)
	for i := range payload {
		payload[i] = byte(i * i >> 3)
	}
	file := pack(t, member{"x.npy", true, write("|u1", false, []int{4096}, payload)})
	const entry = "PK\x01\x02"
	at := strings.LastIndex(string(file), entry) + 20
	packed := binary.LittleEndian.Uint32(file[at:])
	file = altered(file, entry, 20, binary.LittleEndian.AppendUint32(nil, packed-100)...)
	a, err := OpenArchive(bytes.NewReader(file), int64(len(file)), "a.npz")
	if err != nil {
		t.Fatal(err)
	}
	array, err := a.Member("x")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the failure is kept as well
		if _, err = array.Ints(); err == nil || !strings.Contains(err.Error(), "its packed bytes end before the array does") {
			t.Errorf("got %v", err)
		}
	}
}

func FuzzOpenArchive(f *testing.F) {
	x := write("<f4", true, []int{2, 3}, make([]byte, 24))
	y := write("<U2", false, []int{1}, []byte("a\x00\x00\x00b\x00\x00\x00"))
	f.Add(pack(f, member{"x.npy", true, x}, member{"y.npy", false, y}))
	f.Add(pack(f, member{"../x.npy", false, x}, member{"notes", true, y}))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := OpenArchive(bytes.NewReader(file), int64(len(file)), "a.npz")
		if err != nil {
			exercise(t, nil, err, len(file))
			return
		}
		for _, name := range a.Members() {
			array, err := a.Member(name)
			exercise(t, array, err, len(file))
		}
	})
}

// The real data that development is measured on: what NumPy says of it is in the
// README beside it.
func TestRealArchive(t *testing.T) {
	folder := os.Getenv("PIPE_DATA")
	if folder == "" {
		folder = "../../../../shared/data"
	}
	path := folder + "/adrenal/adrenalmnist3d.npz"
	file, err := os.Open(path)
	if err != nil {
		t.Skipf("no real data: %v; PIPE_DATA names its folder", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	a, err := OpenArchive(file, info.Size(), path)
	if err != nil {
		t.Fatal(err)
	}
	images, err := a.Member("train_images")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(images.Shape, []int{1188, 28, 28, 28}) || images.DType.String() != "uint8" {
		t.Errorf("%s %v", images.DType, images.Shape)
	}
	volume := make([]float32, 28*28*28)
	if err := images.Rows(1187, 1, volume); err != nil {
		t.Fatal(err)
	}
	labels, err := a.Member("train_labels")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := labels.Ints()
	if err != nil {
		t.Fatal(err)
	}
	var counts [2]int
	for _, id := range ids {
		counts[id]++
	}
	if counts != [2]int{929, 259} {
		t.Errorf("labels %v", counts)
	}
}

// BenchmarkInflate times reading a deflated member of 16 MB as float32, once each
// from the beginning. Bytes are those of the array.
func BenchmarkInflate(b *testing.B) {
	const elements = 4 << 20
	content := make([]byte, 0, 4*elements)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range elements { // whole numbers with some noise, as in a scan
		content = binary.LittleEndian.AppendUint32(content, math.Float32bits(float32(i/500%300+random.IntN(16))))
	}
	file := pack(b, member{"x.npy", true, write("<f4", false, []int{elements}, content)})
	into := make([]float32, elements)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		archive, err := OpenArchive(bytes.NewReader(file), int64(len(file)), "a.npz")
		if err != nil {
			b.Fatal(err)
		}
		array, err := archive.Member("x")
		if err != nil {
			b.Fatal(err)
		}
		if err := array.Rows(0, elements, into); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(content))/float64(len(file)), "packed")
}
