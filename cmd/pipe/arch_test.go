package main

import (
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
	{"pipeline/diag", "pipeline/store", "nn/shape", "nn/kind", "nn/internal/kernel"},
	{"nn/tensor", "pipeline/spec", "nn/data/npy", "nn/data/table"},
	{"nn", "nn/data"},
	{"nn/initial", "nn/penalty", "nn/loss", "nn/optim", "nn/weights", "nn/nntest"},
	{"nn/metric", "nn/layers"},
	{"nn/train"},
	{"pipeline"},
	{"stages/rules", "pipeline/pipetest"},
	{"stages"},
	{"cmd/pipe"},
}

// touching may use the file system: the store, what reads a user's config or
// data, and the commands. Everything else is given readers and writers.
var touching = []string{"pipeline/store", "pipeline/spec", "stages", "cmd/pipe"}

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
	"gonum.org/v1/gonum/blas/blas32":         "nn/internal/kernel",
	"golang.org/x/sys/cpu":                   "nn/internal/kernel",
}

func floorOf(pkg string) int {
	return slices.IndexFunc(floors, func(floor []string) bool { return slices.Contains(floor, pkg) })
}

// imported lists what each package of the module imports, tests left out.
func imported(t *testing.T) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	imports := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "runs") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		if ignored(path) {
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(folder)
		imports[pkg] = append(imports[pkg], []string{}...)
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports[pkg] = append(imports[pkg], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

// ignored says whether a file is a program of its own, such as a generator.
func ignored(path string) bool {
	text, err := os.ReadFile(path)
	return err == nil && strings.Contains(string(text[:min(len(text), 2000)]), "//go:build ignore")
}

func TestImportsGoDown(t *testing.T) {
	for pkg, names := range imported(t) {
		floor := floorOf(pkg)
		if floor < 0 {
			t.Errorf("%s stands on no floor", pkg)
			continue
		}
		for _, name := range names {
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
	for pkg, names := range imported(t) {
		if pkg != "nn" && !strings.HasPrefix(pkg, "nn/") {
			continue
		}
		for _, name := range names {
			if strings.HasPrefix(name, module+"pipeline") || strings.HasPrefix(name, module+"stages") {
				t.Errorf("%s imports %s", pkg, name)
			}
		}
	}
}

func TestSoleImporters(t *testing.T) {
	for pkg, names := range imported(t) {
		for _, name := range names {
			if sole, ok := soleImporters[name]; ok && sole != pkg {
				t.Errorf("%s imports %s, which only %s may", pkg, name, sole)
			}
		}
	}
}

func TestFewTouchTheFileSystem(t *testing.T) {
	for pkg, names := range imported(t) {
		if slices.Contains(touching, pkg) {
			continue
		}
		for _, name := range []string{"os", "io/ioutil", "path/filepath"} {
			if slices.Contains(names, name) {
				t.Errorf("%s imports %s", pkg, name)
			}
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
