package spec

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Options are what the surroundings add to a config.
type Options struct {
	// Set are settings that win over the file's, each "train.epochs=3".
	Set []string
	// Env gives the variables of the environment; nil means there are none.
	Env func(string) (string, bool)
	// Text is read in place of the file, as if it were its content; "" reads the
	// file.
	Text string
}

// Load reads a config: the file, those that it extends, its variables, the
// environment, and the settings of the command line. It reports everything that
// is wrong. It gives nil if there is no text; if the text cannot be understood,
// a File without Stages that knows the sources of what was reported.
func Load(path string, o Options, problems *diag.List) *File {
	l := &loader{options: o, problems: problems, file: &File{Path: path, texts: map[string]string{}}}
	if l.options.Env == nil {
		l.options.Env = func(string) (string, bool) { return "", false }
	}
	text := o.Text
	if text == "" {
		var ok bool
		if text, ok = readFile(path, diag.Span{}, problems); !ok {
			return nil
		}
	}
	l.file.Text = text
	settings := l.settings()
	root := l.read(path, text, nil)
	if root == nil {
		return l.file
	}
	root = l.set(root, settings, aboutVariables)
	root = substitute(root, l.options.Env, problems)
	root = l.set(root, settings, aboutTheRest)
	l.top(root)
	return l.file
}

// loader is the reading of one config.
type loader struct {
	options  Options
	problems *diag.List
	file     *File
}

// topKeys are the keys of a config, in the order in which a reader meets them.
var topKeys = []string{"version", "name", "seed", "extends", "vars", "runs", "stages"}

// read parses a file and merges it over those that it extends. From lists the
// places that named the files on the way here.
func (l *loader) read(path, text string, from []extension) *Node {
	name := shown(path)
	l.file.texts[name] = text
	root := Parse(name, text, l.problems)
	if root == nil {
		return nil
	}
	if root.Form != Map {
		l.problems.Add(diag.New(YML005, root.Span, fmt.Sprintf("want the keys of a pipeline, got %s", root.Describe())).
			Suggest("begin with `version: 1` and `stages:`"))
		return nil
	}
	for _, entry := range root.Entries {
		if !slices.Contains(topKeys, entry.Key) && !strings.HasPrefix(entry.Key, "x-") {
			l.problems.Add(unknownKey(entry, "key of a pipeline", topKeys, nowhere).
				Note("a key that begins with x- is left alone"))
		}
	}
	extends, extended := root.Entry("extends")
	if !extended {
		return root
	}
	base := l.base(path, extends.Value, from)
	if base == nil {
		return nil
	}
	return merged(base, root)
}

// extension is an `extends` on the way to a file.
type extension struct {
	file string // the one that it stands in, absolute
	at   diag.Span
}

// base reads the file that another one extends.
func (l *loader) base(path string, named *Node, from []extension) *Node {
	if named.Type == Unknown {
		return nil
	}
	if !named.IsText() || named.Text == "" {
		l.problems.Add(diag.New(YML005, named.at(), fmt.Sprintf("want the path of a config, got %s", named.Describe())).
			Suggest("name one file, relative to this one"))
		return nil
	}
	s := &substitution{env: l.options.Env, problems: l.problems}
	target := s.node(named)
	if target.Type == Unknown {
		return nil
	}
	folder := "."
	if path != standardInput {
		folder = filepath.Dir(path)
	}
	file := target.Text
	if !filepath.IsAbs(file) {
		file = filepath.Join(folder, file)
	}
	from = append(slices.Clone(from), extension{absolute(path), named.at()})
	if first := slices.IndexFunc(from, func(e extension) bool { return e.file == absolute(file) }); first >= 0 {
		d := diag.New(FIL005, named.at(), "this leads back to a file that is being read")
		if first < len(from)-1 {
			d = d.And(from[first].at, "it is extended from here on")
		}
		l.problems.Add(d.Suggest("remove one of the extends"))
		return nil
	}
	text, ok := readFile(file, named.at(), l.problems)
	if !ok {
		return nil
	}
	return l.read(file, text, from)
}

// absolute names a file the same way wherever it is named from.
func absolute(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// merged lays a map over another: maps are merged key by key, everything else is
// replaced as a whole.
func merged(under, over *Node) *Node {
	if under.Form != Map || over.Form != Map {
		return over
	}
	n := *over
	n.Entries = slices.Clone(under.Entries)
	places := make(map[string]int, len(n.Entries))
	for i, entry := range n.Entries {
		places[entry.Key] = i
	}
	for _, entry := range over.Entries {
		i, known := places[entry.Key]
		if !known {
			n.Entries = append(n.Entries, entry)
			continue
		}
		entry.Value = merged(n.Entries[i].Value, entry.Value)
		n.Entries[i] = entry
	}
	return &n
}

// folderName is what may name a folder on every system.
var folderName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)

// top reads the keys of the pipeline itself.
func (l *loader) top(root *Node) {
	f := l.file
	f.Name = defaultName(f.Path)
	f.Runs = "runs"
	var settings struct {
		Version int    `yaml:"version"`
		Name    string `yaml:"name"`
		Seed    uint64 `yaml:"seed"`
		Runs    string `yaml:"runs"`
	}
	known := &Node{Form: Map, Span: root.Span}
	for _, entry := range root.Entries {
		if slices.Contains([]string{"version", "name", "seed", "runs"}, entry.Key) {
			known.Entries = append(known.Entries, entry)
		}
	}
	var problems diag.List
	places := NewDecoder(nil).Decode(known, root.Span, &settings, &problems)
	wrong := make(map[diag.Span]bool)
	for _, d := range problems.All() {
		wrong[d.Primary.Span] = true
		l.problems.Add(d)
	}
	given := func(key string) bool {
		value := places.Node(key)
		return value != nil && value.Type != Unknown && !wrong[value.Span] && !wrong[value.at()]
	}
	if given("version") && settings.Version != 1 {
		l.problems.Add(locate(diag.New(YML015, diag.Span{}, fmt.Sprintf("this program knows version 1 of the language, not %d", settings.Version)), places.Node("version")).
			Suggest("write version: 1, or get the program that the file was written for"))
	}
	if given("name") {
		f.Name = settings.Name
		if !folderName.MatchString(f.Name) {
			l.problems.Add(locate(diag.New(YML006, diag.Span{}, "this cannot name a folder everywhere"), places.Node("name")).
				Note("the run's records are kept in a folder of this name").
				Suggest("use letters, digits, _, - and ., at most 100 of them, and begin with a letter, a digit or _"))
		}
	}
	if given("seed") {
		f.Seed = settings.Seed
	}
	if given("runs") {
		f.Runs = l.runs(settings.Runs, places.Node("runs"))
	}
	stages, written := root.Entry("stages")
	switch {
	case !written:
		l.problems.Add(diag.New(YML007, diag.Span{File: shown(f.Path), Start: diag.Position{Line: 1, Column: 1}, End: diag.Position{Line: 1, Column: 1}}, "the pipeline has no stages").
			Suggest("write `stages:` and a list below it"))
	case stages.Value.IsNull() || stages.Value.Form == List && len(stages.Value.Items) == 0:
		l.problems.Add(locate(diag.New(YML007, diag.Span{}, "the list of stages is empty"), stages.Value).
			Suggest("write the stages below it, each after a dash"))
	case stages.Value.Type != Unknown:
		f.Stages = stages.Value
	}
}

// runs is where the run records go: relative to the file that says so.
func (l *loader) runs(path string, written *Node) string {
	file := written.at().File
	if filepath.IsAbs(path) || isSetting(file) || file == shownInput {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// defaultName is the file's base name, as far as it can name a folder.
func defaultName(path string) string {
	if path == standardInput {
		return "pipeline"
	}
	base := filepath.Base(path)
	name := strings.TrimLeft(unfit.ReplaceAllString(strings.TrimSuffix(base, filepath.Ext(base)), "_"), ".-")
	if name == "" {
		return "pipeline"
	}
	return name[:min(len(name), 100)]
}
