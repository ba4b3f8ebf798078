// Package onnxtest runs ONNX files in onnxruntime and compares what they give
// with what they should.
package onnxtest

import (
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// runtimeVersion is the onnxruntime that written files are proved with.
const runtimeVersion = "1.20.1"

// installed is the folder in which onnxruntime is kept between tests.
func installed(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("there is no folder for caches: ", err)
	}
	folder := filepath.Join(cache, "pipe-tests", "onnxruntime-"+runtimeVersion)
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "onnxruntime-node", "package.json")); err == nil {
		return folder
	}
	if os.Getenv("PIPE_ONNXRUNTIME") == "" {
		t.Skip("onnxruntime is not installed; PIPE_ONNXRUNTIME=1 installs it from npm")
	}
	install := exec.Command("npm", "install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "onnxruntime-node@"+runtimeVersion)
	if said, err := install.CombinedOutput(); err != nil {
		t.Skipf("onnxruntime cannot be installed: %v\n%s", err, said)
	}
	return folder
}

// Job is a file with an input, and what it has to give for it. Sizes begin with
// the batch.
type Job struct {
	Name     string
	File     []byte
	InSizes  []int
	In       []float32
	OutSizes []int
	Out      []float32
}

//go:embed run.js
var script []byte

// Run runs all files, each in a session of its own, and compares their outputs to
// 1e-5 of the largest value. Where onnxruntime is not installed the test is
// skipped, or with PIPE_ONNXRUNTIME=1 it is installed from npm first.
func Run(t *testing.T, jobs []Job) {
	t.Helper()
	runtime, folder := installed(t), t.TempDir()
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	asJSON := func(v any) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var names []string
	for i, j := range jobs {
		name := fmt.Sprint(i)
		names = append(names, name)
		var in []byte
		for _, v := range j.In {
			in = binary.LittleEndian.AppendUint32(in, math.Float32bits(v))
		}
		write(name+".onnx", j.File)
		write(name+".json", asJSON(j.InSizes))
		write(name+".in", in)
	}
	write("jobs.json", asJSON(names))
	write("run.js", script)
	if said, err := exec.Command("node", filepath.Join(folder, "run.js"), folder, runtime).CombinedOutput(); err != nil {
		t.Fatalf("node: %v\n%s", err, said)
	}
	for i, j := range jobs {
		read := func(ending string) []byte {
			b, _ := os.ReadFile(filepath.Join(folder, names[i]+ending))
			return b
		}
		if problem := read(".problem"); problem != nil {
			t.Errorf("%s: onnxruntime says: %s", j.Name, problem)
			continue
		}
		var sizes []int
		if err := json.Unmarshal(read(".sizes"), &sizes); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(sizes, j.OutSizes) {
			t.Errorf("%s: onnxruntime gives %v, we give %v", j.Name, sizes, j.OutSizes)
			continue
		}
		var y []float32
		for out := read(".out"); len(out) > 0; out = out[4:] {
			y = append(y, math.Float32frombits(binary.LittleEndian.Uint32(out)))
		}
		Compare(t, j.Name, y, j.Out)
	}
}

// Compare holds values against those that are wanted, to 1e-5 of the largest.
func Compare(t *testing.T, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d values, want %d", name, len(got), len(want))
		return
	}
	largest := 0.0
	for _, v := range want {
		if size := math.Abs(float64(v)); !math.IsInf(size, 0) {
			largest = max(largest, size)
		}
	}
	for i := range want {
		if got[i] == want[i] {
			continue // infinities have no difference
		}
		if d := math.Abs(float64(got[i]) - float64(want[i])); !(d <= 1e-5*largest) {
			t.Errorf("%s: value %d is %v, want %v", name, i, got[i], want[i])
			return
		}
	}
}
