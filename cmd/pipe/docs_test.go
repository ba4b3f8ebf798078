package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the top folder of the project as seen from this package's tests.
const root = "../.."

// say runs a command line in this process and gives its exit code and what it
// wrote to standard output and standard error.
func say(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = invoke(args, strings.NewReader(""), &out, &err)
	return code, out.String(), err.String()
}

// TestConfigs holds that every ready config passes its check without its data.
func TestConfigs(t *testing.T) {
	configs, err := filepath.Glob(filepath.Join(root, "configs", "*.yaml"))
	if err != nil || len(configs) == 0 {
		t.Fatalf("no configs: %v", err)
	}
	for _, config := range configs {
		if code, _, stderr := say("check", config); code != 0 || stderr != "" {
			t.Errorf("pipe check %s: exit %d\n%s", config, code, stderr)
		}
	}
}

// TestExamples executes every example: its pipeline passes the check; where its
// data are there it runs; and what its README shows of the command's words is
// what the command says.
func TestExamples(t *testing.T) {
	examples, err := filepath.Glob(filepath.Join(root, "examples", "*"))
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, folder := range examples {
		if exists(filepath.Join(folder, "main_test.go")) {
			continue // a program of the library, which has a test of its own
		}
		t.Run(filepath.Base(folder), func(t *testing.T) {
			pipeline := filepath.Join(folder, "pipeline.yaml")
			if code, _, stderr := say("check", pipeline); code != 0 || stderr != "" {
				t.Fatalf("pipe check: exit %d\n%s", code, stderr)
			}
			if _, err := os.Stat(filepath.Join(folder, "README.md")); err != nil {
				t.Errorf("it has no README.md: %v", err)
			}
			if faulty := filepath.Join(folder, "faulty.yaml"); exists(faulty) {
				code, _, stderr := say("check", faulty)
				if code != 1 {
					t.Errorf("pipe check faulty.yaml: exit %d, want 1", code)
				}
				compare(t, filepath.Join(folder, "faulty.txt"), strings.ReplaceAll(stderr, folder+string(filepath.Separator), ""))
				return
			}
			_, plan, _ := say("plan", pipeline)
			compare(t, filepath.Join(folder, "plan.txt"), plan)
			if code, _, stderr := say("run", "--run-dir", filepath.Join(t.TempDir(), "record"), pipeline); code != 0 {
				t.Errorf("pipe run: exit %d\n%s", code, stderr)
			}
		})
	}
}

// TestReadmeMessages makes the mistakes that the README shows, and holds that it
// shows what the command says of them.
func TestReadmeMessages(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(root, "configs", "mri.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, mistake := range map[string]*strings.Replacer{
		"a typo":  strings.NewReplacer("filters: 16", "filter: 16"),
		"a shape": strings.NewReplacer("size: [16, 32, 32]", "size: [4, 32, 32]", "padding: same, ", ""),
		"classes": strings.NewReplacer("units: 2,", "units: 3,"),
	} {
		faulty := filepath.Join(t.TempDir(), "mri.yaml")
		if err := os.WriteFile(faulty, []byte(mistake.Replace(string(config))), 0o644); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := say("check", faulty)
		message, _, _ := strings.Cut(strings.ReplaceAll(stderr, faulty, "configs/mri.yaml"), "\n\n1 error")
		if code != 1 || !strings.Contains(string(readme), message) {
			t.Errorf("%s: exit %d, and the README does not show\n%s", name, code, message)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// compare holds a text against a file, which UPDATE=1 writes.
func compare(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s says:\n%s\nthe command says:\n%s", filepath.Base(path), want, got)
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestMarkdown holds that every whole config that a document shows passes its
// check, and that every local link leads somewhere. The pages of the codes are
// held by the tests of the codes.
func TestMarkdown(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" || entry.Name() == "REFERENCE.md" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, target := range link.FindAllSubmatch(text, -1) {
			if !exists(filepath.Join(filepath.Dir(path), string(target[1]))) {
				t.Errorf("%s: the link to %s leads nowhere", path, target[1])
			}
		}
		for i, block := range yamlBlock.FindAllSubmatch(text, -1) {
			if !bytes.HasPrefix(block[1], []byte("version:")) {
				continue
			}
			file := filepath.Join(t.TempDir(), "block.yaml")
			if err := os.WriteFile(file, block[1], 0o644); err != nil {
				return err
			}
			if code, _, stderr := say("check", file); code != 0 || stderr != "" {
				t.Errorf("%s: YAML block %d: exit %d\n%s", path, i+1, code, stderr)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
