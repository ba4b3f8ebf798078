package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

//go:embed torch_peer.py
var torchPeer string

// peer is another program that does the same work when asked. It reads a request
// as a line of JSON and answers with one.
type peer struct {
	name     string
	requests *json.Encoder
	answers  *json.Decoder
	// end closes its input, which ends the program, and waits for it.
	end func() error
	// complaint is what it has written for people.
	complaint func() string
}

// request asks a peer to do something. Do decides which of the others count.
type request struct {
	// Do is hello, build, epochs, infer, conv3d, product or footprint.
	Do      string `json:"do"`
	Threads int    `json:"threads,omitempty"`

	// A network and its examples, for build. Floats are in base64.
	Nodes   []node   `json:"nodes,omitempty"`
	Input   []int    `json:"input,omitempty"`
	Label   []int    `json:"label"`
	X       string   `json:"x,omitempty"`
	Y       string   `json:"y,omitempty"`
	Layouts []string `json:"layouts,omitempty"`

	// What to measure, in which of its layouts, and how often after so many times
	// that do not count.
	Layout string `json:"layout,omitempty"`
	Warm   int    `json:"warm"`
	Count  int    `json:"count"`

	// A kernel: its pass and sizes.
	Pass  string `json:"pass,omitempty"`
	Batch int    `json:"batch,omitempty"`
	Size  int    `json:"size,omitempty"`
	In    int    `json:"in,omitempty"`
	Out   int    `json:"out,omitempty"`
}

// answer is what a peer says.
type answer struct {
	Error string `json:"error"`
	// Version, Threads and Library are its answer to hello; Library is the one for
	// matrix products.
	Version string `json:"version"`
	Threads int    `json:"threads"`
	Library string `json:"library"`
	// Weights and Loss are those of a network that it has built: the number of
	// weights that are trained, and the loss of the first batch.
	Weights int     `json:"weights"`
	Loss    float64 `json:"loss"`
	// Seconds are those of each time that counted.
	Seconds []float64 `json:"seconds"`
	// Bytes is the peak of memory.
	Bytes int64 `json:"bytes"`
}

// start runs a program that answers requests, with settings added to its
// environment, and greets it.
func start(ctx context.Context, name string, threads int, settings []string, program string, args ...string) (*peer, answer, error) {
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(environment(os.Environ(), threads), settings...)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	in, err := command.StdinPipe()
	if err != nil {
		return nil, answer{}, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, answer{}, err
	}
	if err := command.Start(); err != nil {
		return nil, answer{}, err
	}
	p := newPeer(name, in, out)
	p.end = func() error {
		in.Close()
		return command.Wait()
	}
	p.complaint = complaint.String
	hello, err := p.ask(request{Do: "hello", Threads: threads})
	if err != nil {
		return nil, answer{}, errors.Join(err, p.end())
	}
	return p, hello, nil
}

func newPeer(name string, in io.Writer, out io.Reader) *peer {
	return &peer{name: name, requests: json.NewEncoder(in), answers: json.NewDecoder(out), complaint: func() string { return "" }}
}

// environment is the one that a peer runs in: its libraries must use as many
// threads as we do, and must choose the processor's best instructions themselves.
func environment(ours []string, threads int) []string {
	env := slices.DeleteFunc(slices.Clone(ours), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		return slices.Contains([]string{"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}, name)
	})
	n := strconv.Itoa(threads)
	return append(env, "OMP_NUM_THREADS="+n, "OPENBLAS_NUM_THREADS="+n, "MKL_NUM_THREADS="+n)
}

// ask sends a request and waits for the answer.
func (p *peer) ask(r request) (answer, error) {
	var a answer
	err := p.requests.Encode(r)
	if err == nil {
		err = p.answers.Decode(&a)
	}
	if err != nil {
		return a, fmt.Errorf("%s does not answer to %s: %w%s", p.name, r.Do, err, lastLine(p.complaint()))
	}
	if a.Error != "" {
		return a, fmt.Errorf("%s: %s: %s", p.name, r.Do, a.Error)
	}
	return a, nil
}

// lastLine is what a program complained about in the end, in brackets.
func lastLine(complaint string) string {
	lines := strings.Split(strings.TrimSpace(complaint), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return " (" + last + ")"
	}
	return ""
}

// turn makes a side's turn of a request.
func (p *peer) turn(r request) func() ([]float64, error) {
	return func() ([]float64, error) {
		a, err := p.ask(r)
		return a.Seconds, err
	}
}

// layouts are PyTorch's memory layouts of volumes. In channels_last_3d the bytes
// lie as ours do.
var layouts = []string{"contiguous", "channels_last_3d"}

// allocations are the ways in which PyTorch is run. By default the C library gives
// large arrays back to the system when they are freed, so that each step gets, and
// clears, new pages. Told to keep them, it does what the allocators do that
// PyTorch's manual tells to preload.
var allocations = []struct {
	name     string
	settings []string
}{
	{name: "PyTorch"},
	{name: "PyTorch keeping memory", settings: []string{"MALLOC_MMAP_MAX_=0", "MALLOC_TRIM_THRESHOLD_=1000000000000"}},
}

// startTorch runs PyTorch in one way, in the first Python that has it, and names
// that.
func startTorch(ctx context.Context, pythons []string, threads, way int) (*peer, string, answer, error) {
	failure := errors.New("it was left out")
	for i, python := range pythons {
		p, hello, err := start(ctx, allocations[way].name, threads, allocations[way].settings, python, "-c", torchPeer)
		if err == nil {
			return p, python, hello, nil
		}
		if i == 0 {
			failure = err
		}
	}
	return nil, "", answer{}, failure
}
