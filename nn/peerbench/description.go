package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// node is a layer as a peer is told about it. Sizes and so on are those along
// depth, height and width.
type node struct {
	// Op is the layer's name in a config.
	Op string `json:"op"`
	// Inputs are indexes of nodes; -1 is the network's input.
	Inputs   []int `json:"inputs"`
	Size     []int `json:"size,omitempty"`
	Strides  []int `json:"strides,omitempty"`
	Dilation []int `json:"dilation,omitempty"`
	// Pad is the zeros in front, and as many behind.
	Pad []int `json:"pad,omitempty"`
	// Behind is the zeros behind, where they are not those in front.
	Behind []int `json:"behind,omitempty"`
	Groups int   `json:"groups,omitempty"`
	// Epsilon and Momentum are those of a normalisation, Slope that of an activation.
	Epsilon  float64 `json:"epsilon,omitempty"`
	Momentum float64 `json:"momentum,omitempty"`
	Slope    float64 `json:"slope,omitempty"`
	// InPlace says that an activation may overwrite its input.
	InPlace bool `json:"in_place"`
	// Volume is the shape [D, H, W, C] that was flattened in front of a dense
	// layer: its order decides the order of the features.
	Volume  []int            `json:"volume,omitempty"`
	Weights map[string]array `json:"weights,omitempty"`
}

// array is a weight in Keras' layout.
type array struct {
	Shape  []int  `json:"shape"`
	Values string `json:"values"`
}

// describe tells a peer about a network: the very graph that runs here, with its
// weights as they are.
func describe(net *nn.Network[float32]) ([]node, error) {
	graph := net.Graph
	weights := map[string]map[string]array{}
	for _, p := range net.Params() {
		cut := strings.LastIndex(p.Name, "/")
		id, name := p.Name[:cut], p.Name[cut+1:]
		if weights[id] == nil {
			weights[id] = map[string]array{}
		}
		weights[id][name] = array{Shape: p.Shape, Values: encoded(p.Value)}
	}
	var nodes []node
	for i := range graph.Nodes {
		at := &graph.Nodes[i]
		n := node{Inputs: at.Inputs, InPlace: overwrites(graph, i)}
		if !at.Attached {
			n.Weights = weights[at.ID]
		}
		in, out := graph.InputsOf(at)[0].MustSizes(), at.Output.MustSizes()
		ok := true
		switch spec := at.Spec.(type) {
		case *layers.Conv3D:
			n.Op, n.Groups = "conv3d", spec.Groups
			// With strides along all axes the peer pads both ends alike, for as much work; a
			// step of 1 would give it another size.
			ok = n.slide(spec.KernelSize, spec.Strides, spec.DilationRate, spec.Padding, in, out) || !slices.Contains(n.Strides, 1)
		case *layers.Conv3DTranspose:
			n.Op, n.Size, n.Strides = "conv3d_transpose", spec.KernelSize[:], spec.Strides[:]
			ok = spec.KernelSize == spec.Strides && spec.DilationRate == [3]int{1, 1, 1} && spec.OutputPadding == nil
		case *layers.MaxPool3D:
			n.Op = "max_pool3d"
			ok = n.slide(spec.PoolSize, stridesOf(spec.Pool3D), [3]int{1, 1, 1}, spec.Padding, in, out) || slices.Max(n.Pad) == 0
		case *layers.AveragePool3D:
			n.Op = "average_pool3d"
			ok = n.slide(spec.PoolSize, stridesOf(spec.Pool3D), [3]int{1, 1, 1}, spec.Padding, in, out) || slices.Max(n.Pad) == 0
		case *layers.BatchNorm:
			n.Op, n.Epsilon, n.Momentum = "batch_norm", spec.Epsilon, spec.Momentum
		case *layers.InstanceNorm:
			n.Op, n.Epsilon = "instance_norm", spec.Epsilon
			ok = spec.Axis == -1
		case *layers.Dense:
			n.Op = "dense"
			if from := at.Inputs[0]; from >= 0 {
				if _, flattened := graph.Nodes[from].Spec.(*layers.Flatten); flattened {
					n.Volume = graph.InputsOf(&graph.Nodes[from])[0].MustSizes()
				}
			}
		case *layers.LeakyReLU:
			n.Op, n.Slope = "leaky_relu", spec.NegativeSlope
		case *layers.Elu:
			n.Op, n.Slope = "elu", spec.Alpha
		case *layers.ReLU:
			n.Op = "relu"
		case *layers.Silu:
			n.Op = "silu"
		case *layers.Tanh:
			n.Op = "tanh"
		case *layers.GlobalAveragePool3D:
			n.Op = "global_average_pool3d"
		case *layers.Flatten:
			n.Op = "flatten"
		case *layers.Add:
			n.Op = "add"
		case *layers.Concatenate:
			n.Op = "concatenate"
		default:
			return nil, fmt.Errorf("layer %s: no peer knows a %T", at.ID, spec)
		}
		if !ok {
			return nil, fmt.Errorf("layer %s pads unevenly or has settings that PyTorch can only follow by copying", at.ID)
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// slide notes a window that moves over a volume, with the zeros that it reaches
// on both sides; false if those behind are not those in front.
func (n *node) slide(size, strides, dilation [3]int, padding string, in, out []int) bool {
	n.Size, n.Strides, n.Dilation, n.Pad = size[:], strides[:], dilation[:], make([]int, 3)
	if padding != "same" {
		return true
	}
	behind := make([]int, 3)
	for axis := range n.Pad {
		span := (size[axis]-1)*dilation[axis] + 1
		both := max(0, (out[axis]-1)*strides[axis]+span-in[axis])
		n.Pad[axis], behind[axis] = both/2, both-both/2
	}
	if !slices.Equal(n.Pad, behind) {
		n.Behind = behind
	}
	return n.Behind == nil
}

func stridesOf(p layers.Pool3D) [3]int {
	if p.Strides == ([3]int{}) {
		return p.PoolSize
	}
	return p.Strides
}

// overwrites says whether a node is an activation that may write over its input:
// its own gradient follows from the output, nobody else reads the input, and the
// layer that made that does not need it.
func overwrites(graph *nn.Graph, at int) bool {
	from := graph.Nodes[at].Inputs[0]
	switch graph.Nodes[at].Spec.(type) {
	case *layers.ReLU, *layers.LeakyReLU, *layers.Elu:
	default:
		return false
	}
	if from == nn.FromInput {
		return false
	}
	readers := 0
	for i := range graph.Nodes {
		if slices.Contains(graph.Nodes[i].Inputs, from) {
			readers++
		}
	}
	switch graph.Nodes[from].Spec.(type) {
	case *layers.Conv3D, *layers.Dense, *layers.BatchNorm, *layers.InstanceNorm, *layers.Conv3DTranspose, *layers.Add, *layers.Concatenate:
		return readers == 1
	}
	return false
}
