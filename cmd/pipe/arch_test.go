package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/voxelpipe/pipe/"

// floors is the order of the packages: each imports only from floors below its
// own. It is policy: a build that breaks it is mended in the code, not here.
var floors = [][]string{
	{"pipeline/diag", "pipeline/store", "nn/shape", "nn/kind", "nn/internal/kernel", "nn/onnx/wire", "nn/onnx/onnxtest"},
	{"nn/tensor", "pipeline/spec", "nn/data/npy", "nn/data/table", "pipeline/epochlog"},
	{"nn", "nn/data"},
	{"nn/data/scan", "nn/initial", "nn/penalty", "nn/loss", "nn/optim", "nn/weights", "nn/nntest"},
	{"nn/metric", "nn/layers"},
	{"nn/train", "nn/onnx"},
	{"pipeline", "nn/probe", "nn/peerbench", "examples/library"},
	{"stages/rules", "pipeline/pipetest"},
	{"stages"},
	{"cmd/pipe"},
}

// touching may use the file system: the store, what reads a user's config or
// data, the two programs, and the kits for tests. Everything else is given readers and
// writers, and may ask the operating system for its environment at most.
var touching = []string{"pipeline/store", "pipeline/spec", "pipeline/pipetest", "stages", "cmd/pipe", "nn/peerbench", "nn/onnx/onnxtest", "examples/library"}

// soleImporters are packages of others that only one package may know.
var soleImporters = map[string]string{
	"gopkg.in/yaml.v3":                       "pipeline/spec",
	"github.com/go-playground/validator/v10": "pipeline/spec",
	"github.com/spf13/cobra":                 "cmd/pipe",
	"github.com/schollz/progressbar/v3":      "cmd/pipe",
	"github.com/sbinet/npyio/npy":            "nn/data/npy",
	"github.com/sbinet/npyio/npz":            "nn/data/npy",
	"github.com/sbinet/npyio":                "nn/data/npy",
	"github.com/klauspost/compress/flate":    "nn/data/npy",
	"gonum.org/v1/gonum/blas/blas32":         "nn/peerbench",
	"golang.org/x/sys/cpu":                   "nn/internal/kernel",
}

func floorOf(pkg string) int {
	return slices.IndexFunc(floors, func(floor []string) bool { return slices.Contains(floor, pkg) })
}

// source is a package of the module: its files, tests left out.
type source []*ast.File

// imports lists the packages that a package imports.
func (s source) imports(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range s {
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
	}
	return names
}

// packages reads the module. Modules inside it and programs that are run by hand
// (//go:build ignore) are no part of it.
func packages(t *testing.T) map[string]source {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string]source{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"testdata", "runs"}, entry.Name()) || isModule(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(text), "//go:build ignore\n") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		found[filepath.ToSlash(folder)] = append(found[filepath.ToSlash(folder)], file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func isModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

func TestImportsGoDown(t *testing.T) {
	for pkg, source := range packages(t) {
		floor := floorOf(pkg)
		if floor < 0 {
			t.Errorf("%s stands on no floor", pkg)
			continue
		}
		for _, name := range source.imports(t) {
			below, ours := strings.CutPrefix(name, module)
			if !ours {
				continue
			}
			if floorOf(below) >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", pkg, floor, below, floorOf(below))
			}
		}
	}
}

func TestNetworksKnowNoPipelines(t *testing.T) {
	for pkg, source := range packages(t) {
		if pkg != "nn" && !strings.HasPrefix(pkg, "nn/") {
			continue
		}
		for _, name := range source.imports(t) {
			if strings.HasPrefix(name, module+"pipeline") || strings.HasPrefix(name, module+"stages") {
				t.Errorf("%s imports %s", pkg, name)
			}
		}
	}
}

func TestSoleImporters(t *testing.T) {
	for pkg, source := range packages(t) {
		for _, name := range source.imports(t) {
			if sole, ok := soleImporters[name]; ok && sole != pkg {
				t.Errorf("%s imports %s, which only %s may", pkg, name, sole)
			}
		}
	}
}

func TestFewTouchTheFileSystem(t *testing.T) {
	for pkg, source := range packages(t) {
		if slices.Contains(touching, pkg) {
			continue
		}
		for _, file := range source {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				of, ok := call.X.(*ast.Ident)
				if ok && of.Name == "os" && call.Sel.Name != "Getenv" && call.Sel.Name != "LookupEnv" {
					t.Errorf("%s uses os.%s", pkg, call.Sel.Name)
				}
				return true
			})
		}
	}
}

// The folders at the top are those that the project has agreed on.
func TestTopFolders(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	agreed := []string{"cmd", "pipeline", "stages", "nn", "configs", "examples", "runs"} // runs is left by running
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") && !slices.Contains(agreed, entry.Name()) {
			t.Errorf("a folder %s at the top", entry.Name())
		}
	}
}
