package spec

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// longestText bounds a text that variables were put into.
const longestText = 1 << 20

// substitute puts variables and the environment into every text of a config,
// except for its keys. A text that is a variable and nothing else becomes the
// variable's value, with its type; anywhere else the value is put in as text.
func substitute(root *Node, env func(string) (string, bool), problems *diag.List) *Node {
	s := &substitution{env: env, problems: problems, variables: map[string]*variable{}}
	if vars, written := root.Get("vars"); written && vars.Type != Unknown && !vars.IsNull() {
		s.vars = vars
	}
	if s.vars != nil && s.vars.Form != Map {
		problems.Add(locate(diag.New(YML005, diag.Span{}, fmt.Sprintf("want names and their values, got %s", s.vars.Describe())), s.vars).
			Suggest("write each variable as `name: value`, indented below vars"))
		s.vars = nil
	}
	n := *root
	n.Entries = make([]Entry, 0, len(root.Entries))
	for _, entry := range root.Entries {
		if entry.Key != "vars" && entry.Key != "extends" && !strings.HasPrefix(entry.Key, "x-") {
			entry.Value = s.node(entry.Value)
			n.Entries = append(n.Entries, entry)
		}
	}
	if s.vars != nil {
		// Variables that nobody uses are looked at too, so that their problems show.
		for _, entry := range s.vars.Entries {
			s.value(s.variable(entry.Key, entry.Value))
		}
	}
	return &n
}

// substitution is the work on one config.
type substitution struct {
	env      func(string) (string, bool)
	problems *diag.List
	// vars is the map of variables; nil without any.
	vars *Node
	// variables are those met so far, by their full names: `a.b` names the entry b
	// of the variable a. It is nil where no variable can be used yet.
	variables map[string]*variable
	// open are the variables whose values are being worked out.
	open []*variable
	// size counts the values that variables add to those written; full says that
	// they are too many, which has been reported.
	size int
	full bool
}

// variable is one value that `vars` defines.
type variable struct {
	written *Node
	value   *Node // once worked out
	size    int
	open    bool
	// uses is where the value uses the variable that is worked out for it.
	uses diag.Span
}

func (s *substitution) variable(name string, written *Node) *variable {
	v, known := s.variables[name]
	if !known {
		v = &variable{written: written}
		s.variables[name] = v
	}
	return v
}

// node puts values into a part. What nothing was put into stays the same node.
func (s *substitution) node(n *Node) *Node {
	switch {
	case n.Form == Scalar && n.Type == Text && strings.Contains(n.Text, "${"):
		return s.text(n)
	case n.Form == List:
		return s.items(n)
	case n.Form == Map:
		return s.entries(n)
	}
	return n
}

func (s *substitution) items(n *Node) *Node {
	changed := *n
	for i, item := range n.Items {
		now := s.node(item)
		if now == item {
			continue
		}
		if &changed.Items[0] == &n.Items[0] {
			changed.Items = append([]*Node{}, n.Items...)
		}
		changed.Items[i] = now
	}
	if len(n.Items) == 0 || &changed.Items[0] == &n.Items[0] {
		return n
	}
	return &changed
}

func (s *substitution) entries(n *Node) *Node {
	changed := *n
	for i, entry := range n.Entries {
		now := s.node(entry.Value)
		if now == entry.Value {
			continue
		}
		if &changed.Entries[0] == &n.Entries[0] {
			changed.Entries = append([]Entry{}, n.Entries...)
		}
		changed.Entries[i].Value = now
	}
	if len(n.Entries) == 0 || &changed.Entries[0] == &n.Entries[0] {
		return n
	}
	return &changed
}

// text puts values into a text.
func (s *substitution) text(n *Node) *Node {
	unknown := &Node{Type: Unknown, Span: n.Span, Used: n.Used}
	if s.full {
		return unknown
	}
	if inner, whole := wholeReference(n.Text); whole && strings.HasPrefix(inner, "vars.") {
		value := s.lookup(n, strings.TrimPrefix(inner, "vars."))
		if value == nil {
			return unknown
		}
		used := *value
		used.Used = n.at()
		return &used
	}
	text, ok := s.expand(n, n.Text)
	if !ok {
		return unknown
	}
	now := *n
	now.Text = text
	now.Environment = strings.Contains(n.Text, "${env:")
	return &now
}

// wholeReference says whether the text is one ${…} and nothing else, and gives
// what is in it.
func wholeReference(text string) (string, bool) {
	if !strings.HasPrefix(text, "${") {
		return "", false
	}
	end := referenceEnd(text, 0)
	if end != len(text) {
		return "", false
	}
	return text[len("${") : end-1], true
}

// referenceEnd is where the ${ at the offset ends, behind its bracket; -1 if it
// is not closed. References may stand in the default of another.
func referenceEnd(text string, offset int) int {
	depth := 0
	for at := offset; at < len(text); at++ {
		switch {
		case strings.HasPrefix(text[at:], "${"):
			depth++
			at++
		case text[at] == '}':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return -1
}

// expand replaces every ${…} in a text of the node; false if one of them cannot
// be, which has been reported. $${ is a ${ that is left alone.
func (s *substitution) expand(n *Node, text string) (string, bool) {
	var out strings.Builder
	whole := true
	for {
		at := strings.Index(text, "${")
		if at < 0 {
			break
		}
		if at > 0 && text[at-1] == '$' {
			out.WriteString(text[:at-1] + "${")
			text = text[at+len("${"):]
			continue
		}
		out.WriteString(text[:at])
		end := referenceEnd(text, at)
		if end < 0 {
			s.problems.Add(locate(diag.New(YML012, diag.Span{}, "a ${ without its }"), n).
				Suggest("close it with }, or write $${ for the two signs themselves"))
			return "", false
		}
		value, ok := s.reference(n, text[at+len("${"):end-1])
		whole = whole && ok
		out.WriteString(value)
		if out.Len() > longestText {
			s.problems.Add(locate(diag.New(YML011, diag.Span{}, fmt.Sprintf("the text gets longer than %d characters", longestText)), n).
				Suggest("use fewer variables in each other"))
			return "", false
		}
		text = text[end:]
	}
	out.WriteString(text)
	return out.String(), whole
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reference gives the text for what stands between ${ and }.
func (s *substitution) reference(n *Node, inner string) (string, bool) {
	if name, isVariable := strings.CutPrefix(inner, "vars."); isVariable {
		value := s.lookup(n, name)
		switch {
		case value == nil:
			return "", false
		case value.Form != Scalar || value.Type == Null:
			s.problems.Add(locate(diag.New(YML011, diag.Span{}, fmt.Sprintf("%s cannot be put into a text", value.Describe())), n).
				And(value.Span, "the variable").
				Suggest("use a variable that is text, a number, true or false"))
			return "", false
		}
		return value.Text, true
	}
	name, isEnv := strings.CutPrefix(inner, "env:")
	name, instead, hasDefault := strings.Cut(name, ":-")
	if !isEnv || !variableName.MatchString(name) {
		s.problems.Add(locate(diag.New(YML012, diag.Span{}, fmt.Sprintf("%q is neither a variable nor of the environment", shorten("${"+inner+"}"))), n).
			Suggest("write ${vars.name}, ${env:NAME} or ${env:NAME:-default}; $${ stands for the two signs themselves"))
		return "", false
	}
	if value, set := s.env(name); set && (value != "" || !hasDefault) {
		return value, true
	}
	if hasDefault {
		return s.expand(n, instead)
	}
	s.problems.Add(locate(diag.New(YML013, diag.Span{}, fmt.Sprintf("%s is not set in the environment", name)), n).
		Suggest(fmt.Sprintf("set it: export %s=…", name)).
		Suggest(fmt.Sprintf("or give a default: ${env:%s:-…}", name)))
	return "", false
}

// lookup gives the value of a variable that the node uses; nil if there is none,
// which has been reported.
func (s *substitution) lookup(n *Node, name string) *Node {
	if s.variables == nil {
		s.problems.Add(locate(diag.New(YML011, diag.Span{}, "extends is read before any variable is known"), n).
			Suggest("write the path itself, or take it from the environment: ${env:NAME}"))
		return nil
	}
	v, rest, known := s.find(name)
	if v == nil {
		s.problems.Add(suggestName(locate(diag.New(YML011, diag.Span{}, fmt.Sprintf("no variable is named %s", shorten(name))), n),
			name, known, "variables", "define it below vars: its name, a colon and its value"))
		return nil
	}
	if v.open {
		d := locate(diag.New(YML011, diag.Span{}, fmt.Sprintf("%s is defined by itself", shorten(name))), n)
		for _, between := range s.open[:len(s.open)-1] {
			d = d.And(between.uses, "on the way here")
		}
		s.problems.Add(d.Suggest("write one of the values out"))
		return nil
	}
	if len(s.open) > 0 {
		s.open[len(s.open)-1].uses = n.at()
	}
	value := s.value(v)
	for _, key := range rest {
		inner, ok := value.Get(key)
		if !ok {
			if value.Type != Unknown {
				s.problems.Add(suggestName(locate(diag.New(YML011, diag.Span{}, fmt.Sprintf("the variable has no part named %s", shorten(key))), n).And(value.Span, "the variable"),
					key, value.Keys(), "parts", "name a part that it has"))
			}
			return nil
		}
		value = inner
	}
	if value.Type == Unknown {
		return nil
	}
	if s.full {
		return nil
	}
	s.size += v.size
	if s.size > copied {
		s.full = true
		s.problems.Add(locate(diag.New(YML011, diag.Span{}, "the repetition gets too large here"), n).
			Note("written out, the variables so far would add more than %d values to the file", copied).
			Suggest("use fewer variables in each other"))
		return nil
	}
	return value
}

// find goes as far along a name as the maps of `vars` are written out. It gives
// the variable there with the rest of the name, or nil with the names known
// where the way ends.
func (s *substitution) find(name string) (v *variable, rest, known []string) {
	at := s.vars
	keys := strings.Split(name, ".")
	for i, key := range keys {
		inner, ok := at.Get(key)
		if !ok {
			return nil, nil, at.Keys()
		}
		at = inner
		if at.Form != Map || i == len(keys)-1 {
			return s.variable(strings.Join(keys[:i+1], "."), at), keys[i+1:], nil
		}
	}
	return nil, nil, nil
}

// value works a variable out, once.
func (s *substitution) value(v *variable) *Node {
	if v.value == nil {
		v.open = true
		s.open = append(s.open, v)
		before := s.size
		v.value = s.node(v.written)
		v.size = count(v.written) + s.size - before
		s.open = s.open[:len(s.open)-1]
		v.open = false
	}
	return v.value
}

// count counts the values in a part as written.
func count(n *Node) int {
	size := 1
	for _, item := range n.Items {
		size += count(item)
	}
	for _, entry := range n.Entries {
		size += count(entry.Value)
	}
	return size
}
