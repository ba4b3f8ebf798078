package stages

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// project is a folder with data files and a config.
type project struct {
	*testing.T
	folder string
}

func newProject(t *testing.T) *project { return &project{t, t.TempDir()} }

func (p *project) path(name string) string { return filepath.Join(p.folder, name) }

// write makes a file.
func (p *project) write(name string, content []byte) {
	p.Helper()
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o700); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), content, 0o600); err != nil {
		p.Fatal(err)
	}
}

// saved is the text of a .npy file: values of |u1, <i8, <f4 or <U9.
func saved(descr string, shape []int, values ...any) []byte {
	words := make([]string, len(shape))
	elements := 1
	for i, size := range shape {
		words[i] = fmt.Sprint(size)
		elements *= size
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }", descr, strings.Join(words, ", "))
	if len(shape) != 1 {
		text = strings.Replace(text, ",), }", "), }", 1)
	}
	text += strings.Repeat(" ", 117-len(text)) + "\n"
	var file bytes.Buffer
	file.WriteString("\x93NUMPY\x01\x00v\x00" + text)
	for i := range elements {
		var value any = i % 7
		if len(values) > 0 {
			value = values[i%len(values)]
		}
		switch descr {
		case "|u1":
			file.WriteByte(byte(value.(int)))
		case "<i8":
			_ = binary.Write(&file, binary.LittleEndian, int64(value.(int)))
		case "<f4":
			number, isInt := value.(int)
			real, _ := value.(float64)
			if isInt {
				real = float64(number)
			}
			_ = binary.Write(&file, binary.LittleEndian, math.Float32bits(float32(real)))
		case "<U9":
			letters := [9]int32{}
			for k, letter := range value.(string) {
				letters[k] = letter
			}
			_ = binary.Write(&file, binary.LittleEndian, letters)
		}
	}
	return file.Bytes()
}

// archived is the text of a compressed .npz file.
func archived(p *project, members map[string][]byte) []byte {
	p.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for name, content := range members {
		part, err := w.Create(name + ".npy")
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			p.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		p.Fatal(err)
	}
	return file.Bytes()
}

// resolve checks a config of the stages, one to a line.
func (p *project) resolve(read bool, stages ...string) (*pipeline.Checked, *diag.List) {
	p.Helper()
	p.write("pipeline.yaml", []byte("version: 1\nstages:\n  - "+strings.Join(stages, "\n  - ")+"\n"))
	problems := &diag.List{}
	file := spec.Load(p.path("pipeline.yaml"), spec.Options{}, problems)
	if file == nil {
		p.Fatalf("%v cannot be read: %v", stages, problems.All())
	}
	return pipeline.Resolve(p.Context(), pipeline.Build(file, Language(), problems), read, problems), problems
}

// gives is the dataset that the first stage gives; no problem may be found.
func (p *project) gives(read bool, stages ...string) *pipeline.Dataset {
	p.Helper()
	c, problems := p.resolve(read, stages...)
	for _, d := range problems.All() {
		p.Errorf("%v: unexpected %s: %s: %s", stages, d.Code.ID, d.Summary, told(d))
	}
	d, _ := c.Types[0].(*pipeline.Dataset)
	if d == nil {
		p.Fatalf("%v give nothing", stages)
	}
	return d
}

// refuses wants exactly one problem, with the code, its text matching.
func (p *project) refuses(read bool, code, pattern string, stages ...string) {
	p.Helper()
	_, problems := p.resolve(read, stages...)
	all := problems.All()
	if len(all) != 1 || all[0].Code.ID != code || !regexp.MustCompile(pattern).MatchString(told(all[0])) {
		for _, d := range all {
			p.Errorf("got %s: %s", d.Code.ID, told(d))
		}
		p.Errorf("%v: want only %s matching %q", stages, code, pattern)
		return
	}
	if len(all[0].Help) == 0 || !all[0].Primary.Span.HasPlace() {
		p.Errorf("%v: %s has no way out or no place", stages, code)
	}
	if strings.Contains(told(all[0]), p.folder) && code != "FIL101" && code != "FIL102" && code != "FIL103" {
		p.Errorf("%v: a label shows the whole path: %s", stages, told(all[0]))
	}
}

// runs gives what the first stage gives when it is run; it must keep what was
// promised.
func (p *project) runs(stages ...string) *pipeline.Volumes {
	p.Helper()
	c, problems := p.resolve(true, stages...)
	if problems.Len() > 0 {
		p.Fatalf("%s: %s", stages, told(problems.All()[0]))
	}
	out := pipeline.Execute(context.Background(), c, pipeline.Execution{Jobs: 1, Watch: unseen{}}, problems)[len(stages)-1]
	if out.Value == nil {
		p.Fatalf("%s: %v %v", stages, out.Err, problems.All())
	}
	v := out.Value.(*pipeline.Volumes)
	if broken := pipeline.Broken(c.Types[len(stages)-1], v.Is); broken != "" {
		p.Errorf("%s: %s", stages, broken)
	}
	return v
}
