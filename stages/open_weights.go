package stages

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/weights"
)

// weightsSource is a file of weights, of which the header has been read.
type weightsSource struct {
	io.ReaderAt
	header weights.Header
	close  func() error
}

// openWeights opens a safetensors file, or an ONNX file as the network of a graph
// would have its weights. The sizes of the graph's input must be known.
func openWeights(path string, g *nn.Graph) (*weightsSource, error) {
	file, size, err := openFile(path)
	if err != nil {
		return nil, unreadable(err)
	}
	source := &weightsSource{ReaderAt: file, close: file.Close}
	if isONNX(path) {
		err = source.asONNX(size, g.Input.MustSizes())
	} else {
		source.header, err = weights.ReadHeader(file, size)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return source, nil
}

// asONNX reads an ONNX file's header as that of a safetensors file with the same
// weights. An array is read from its operators when it is asked for.
func (s *weightsSource) asONNX(size int64, sizes []int) error {
	f, err := onnx.Open(s.ReaderAt, size)
	if err != nil {
		return err
	}
	made, err := f.Layers(sizes)
	if err != nil {
		return err
	}
	bytesOf := &arrayBytes{}
	for i := range made.Weights {
		w := &made.Weights[i]
		bytes := 4 * int64(tensor.Elements(w.Shape))
		s.header.Tensors = append(s.header.Tensors, weights.Tensor{Name: w.Name, DType: "F32", Shape: w.Shape, Offset: bytesOf.size, Bytes: bytes})
		bytesOf.list = append(bytesOf.list, w)
		bytesOf.starts = append(bytesOf.starts, bytesOf.size)
		bytesOf.size += bytes
	}
	s.ReaderAt = bytesOf
	return nil
}

// arrayBytes are the weights of an ONNX file one behind the other, as float32.
type arrayBytes struct {
	list   []*onnx.Weight
	starts []int64
	size   int64
	// read are the elements of the array that was read last, held its place.
	read []byte
	held int
}

// ReadAt reads from one array; no caller reads across two.
func (a *arrayBytes) ReadAt(b []byte, at int64) (int, error) {
	i, found := slices.BinarySearchFunc(a.starts, at, cmp.Compare[int64])
	if !found {
		i--
	}
	for i+1 < len(a.starts) && a.starts[i+1] == at { // arrays without elements
		i++
	}
	if a.read == nil || a.held != i {
		values, err := a.list[i].Read()
		if err != nil {
			return 0, err
		}
		a.read, a.held = make([]byte, 0, 4*len(values)), i
		for _, v := range values {
			a.read = binary.LittleEndian.AppendUint32(a.read, math.Float32bits(v))
		}
	}
	return bytes.NewReader(a.read).ReadAt(b, at-a.starts[i])
}
