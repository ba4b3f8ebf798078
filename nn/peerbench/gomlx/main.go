// Command gomlx is the side of GoMLX's pure Go backend in the comparison. It
// answers the requests for kernels that nn/peerbench makes: one JSON object on a
// line of standard input, one on a line of standard output.
//
// It is a module of its own, so that nothing else needs GoMLX.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/gomlx/gomlx/backends"
	"github.com/gomlx/gomlx/backends/simplego"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
)

type request struct {
	Do      string `json:"do"`
	Threads int    `json:"threads"`
	Warm    int    `json:"warm"`
	Count   int    `json:"count"`
	Batch   int    `json:"batch"`
	Size    int    `json:"size"`
	In      int    `json:"in"`
	Out     int    `json:"out"`
}

type answer struct {
	Error   string    `json:"error,omitempty"`
	Version string    `json:"version,omitempty"`
	Seconds []float64 `json:"seconds,omitempty"`
}

func main() {
	requests := json.NewDecoder(bufio.NewReader(os.Stdin))
	answers := json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr // where GoMLX may print what it likes
	for {
		var r request
		if err := requests.Decode(&r); err != nil {
			return
		}
		a, err := r.obey()
		if err != nil {
			a = answer{Error: err.Error()}
		}
		if err := answers.Encode(a); err != nil {
			return
		}
	}
}

func (r *request) obey() (answer, error) {
	switch r.Do {
	case "hello":
		runtime.GOMAXPROCS(r.Threads)
		return answer{Version: version()}, nil
	case "conv3d":
		return r.time(convolution, []int{r.Batch, r.Size, r.Size, r.Size, r.In}, []int{3, 3, 3, r.In, r.Out})
	case "product":
		return r.time(graph.Dot, []int{r.Size, r.Size}, []int{r.Size, r.Size})
	}
	return answer{}, fmt.Errorf("GoMLX is not asked to %s", r.Do)
}

// convolution has its channels last, stride 1 and padding "same".
func convolution(x, w *graph.Node) *graph.Node {
	return graph.Convolve(x, w).Strides(1).PadSame().Done()
}

// time runs an operation on two arrays of random numbers.
func (r *request) time(operation func(x, w *graph.Node) *graph.Node, left, right []int) (answer, error) {
	backend, err := simplego.New("")
	if err != nil {
		return answer{}, err
	}
	run, err := graph.NewExec(backends.Backend(backend), operation)
	if err != nil {
		return answer{}, err
	}
	x, w := normal(left), normal(right)
	var a answer
	for turn := range r.Warm + r.Count {
		began := time.Now()
		results, err := run.Exec(x, w)
		if err != nil {
			return answer{}, err
		}
		took := time.Since(began)
		for _, y := range results {
			y.FinalizeAll()
		}
		if turn >= r.Warm {
			a.Seconds = append(a.Seconds, took.Seconds())
		}
	}
	return a, nil
}

func normal(shape []int) *tensors.Tensor {
	n := 1
	for _, size := range shape {
		n *= size
	}
	random := rand.New(rand.NewPCG(1, 1))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, shape...)
}

// version is that of GoMLX in this build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/gomlx/gomlx" {
			return m.Version
		}
	}
	return ""
}
