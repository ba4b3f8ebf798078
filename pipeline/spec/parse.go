package spec

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Bounds on what a config may hold. They are far beyond what anybody writes, and
// small enough that a hostile file costs neither time nor memory worth naming.
const (
	deepest = 100     // maps and lists in each other
	copied  = 100_000 // values that aliases and variables add to those written
)

// byteOrderMark may start a file that an editor on Windows saved.
const byteOrderMark = "\ufeff"

// Parse reads one YAML document into a tree that remembers where every part
// stands. Everything wrong with it is reported. What can be left out, like a key
// that is written twice, does not stop the rest from being read; nil is given
// where there is nothing to go on with.
func Parse(file, source string, problems *diag.List) *Node {
	source = strings.TrimPrefix(source, byteOrderMark)
	p := &parser{locator: newLocator(file, source), problems: problems, anchors: map[*yaml.Node]anchored{}}
	if !p.readable() {
		return nil
	}
	documents := yaml.NewDecoder(strings.NewReader(source))
	document, err := next(documents)
	switch {
	case errors.Is(err, io.EOF):
		problems.Add(diag.New(FIL004, diag.Span{File: file}, "it holds nothing but blank lines and comments, if anything").
			Suggest("write a pipeline into it: `version: 1`, and `stages:` with a list below it"))
		return nil
	case err != nil:
		p.syntax(err)
		return nil
	}
	switch second, err := next(documents); {
	case err == nil:
		p.several(second)
		return nil
	case !errors.Is(err, io.EOF):
		p.syntax(err)
		return nil
	}
	root := p.node(document.Content[0], 0)
	if p.stopped {
		return nil
	}
	return root
}

// next reads a document. The library is not trusted to refuse every text
// without a panic.
func next(documents *yaml.Decoder) (document *yaml.Node, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("yaml: %v", problem)
		}
	}()
	document = &yaml.Node{}
	err = documents.Decode(document)
	return document, err
}

// several reports a second document.
func (p *parser) several(second *yaml.Node) {
	offset := p.offset(second.Line, second.Column)
	if dashes := strings.LastIndex(p.source[:offset], "\n---"); dashes >= 0 && !strings.HasPrefix(p.source[offset:], "---") {
		offset = dashes + 1
	}
	_, end := p.line(offset)
	p.problems.Add(diag.New(YML014, p.span(offset, min(end, offset+len("---"))), "a second document begins here").
		Suggest("keep one pipeline in a file: move the rest to a file of its own"))
}

// parser turns the library's nodes into a tree.
type parser struct {
	*locator
	problems *diag.List
	// anchors are the parts that aliases can name, once they are read.
	anchors map[*yaml.Node]anchored
	// written counts the values of the text itself, copies those that aliases
	// add to it: each alias as many as its anchor holds.
	written, copies int
	// end is where the part that was read last ends.
	end int
	// stopped says that the text is deeper or larger than can be meant, which has
	// been reported, and that the rest is not read.
	stopped bool
}

type anchored struct {
	node *Node
	size int
}

// node converts a part. What cannot be used has been reported and is Unknown.
//
// Places are worked out in the order of the text, which keeps a file in one long
// line from being searched again for each of them.
func (p *parser) node(y *yaml.Node, depth int) *Node {
	start := p.offset(y.Line, y.Column)
	if depth > deepest && !p.stopped {
		p.stopped = true
		p.problems.Add(diag.New(YML001, p.span(start, start), fmt.Sprintf("this is more than %d levels deep", deepest)).
			Suggest("write it flatter"))
	}
	if p.stopped {
		return p.unknown(start)
	}
	if y.Kind == yaml.AliasNode {
		return p.alias(y, start)
	}
	written, copies := p.written, p.copies
	p.written++
	n := &Node{}
	empty := y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&^yaml.TaggedStyle == 0
	content := p.properties(start, empty)
	if y.Style&yaml.TaggedStyle != 0 {
		p.tag(start, content)
	}
	switch y.Kind {
	case yaml.ScalarNode:
		p.scalar(n, y, content)
	case yaml.SequenceNode:
		p.items(n, y, content, depth)
	case yaml.MappingNode:
		p.entries(n, y, content, depth)
	}
	if y.Anchor != "" {
		p.anchors[y] = anchored{n, p.written - written + p.copies - copies}
	}
	return n
}

func (p *parser) unknown(offset int) *Node { return &Node{Type: Unknown, Span: p.span(offset, offset)} }

func (p *parser) tag(start, content int) {
	tag := start + strings.IndexByte(p.source[start:content], '!')
	p.problems.Add(diag.New(YML001, p.span(tag, wordEnd(p.source, tag)), "a tag").
		Note("what a value is follows from how it is written: text in quotes is text").
		Suggest("remove the tag, and put text in quotes"))
}

// alias gives the part that an alias names, with the place where it is put to
// use.
func (p *parser) alias(y *yaml.Node, start int) *Node {
	p.end = wordEnd(p.source, start)
	used := p.span(start, p.end)
	part, read := p.anchors[y.Alias]
	if !read {
		p.problems.Add(diag.New(YML010, used, "this stands inside of what it names").
			Suggest("name an anchor whose value ends above"))
		return &Node{Type: Unknown, Span: used}
	}
	p.copies += part.size
	if p.copies > copied {
		p.stopped = true
		p.problems.Add(diag.New(YML010, used, "the repetition gets too large here").
			Note("written out, the aliases so far would add more than %d values to the file", copied).
			Suggest("use fewer aliases inside of what other aliases repeat"))
	}
	n := *part.node
	n.Used = used
	return &n
}

// scalar reads a scalar whose text starts at the offset.
func (p *parser) scalar(n *Node, y *yaml.Node, start int) {
	n.Form, n.Text = Scalar, y.Value
	from := p.position(start)
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.Quoted, p.end = true, quoteEnd(p.source, start, '\\')
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.Quoted, p.end = true, quoteEnd(p.source, start, '\'')
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		_, header := p.line(start)
		n.Quoted, p.end = true, max(header, wordsEnd(p.source, header, y.Value))
	default:
		n.Type = resolve(y.Value)
		p.end = wordsEnd(p.source, start, y.Value)
	}
	n.Span = diag.Span{File: p.file, Start: from, End: p.position(p.end)}
}

// items reads a list.
func (p *parser) items(n *Node, y *yaml.Node, start, depth int) {
	n.Form = List
	from := p.position(start)
	p.end = start
	for _, item := range y.Content {
		n.Items = append(n.Items, p.node(item, depth+1))
	}
	p.close(y, start, ']')
	n.Span = diag.Span{File: p.file, Start: from, End: p.position(p.end)}
}

// entries reads a map.
func (p *parser) entries(n *Node, y *yaml.Node, start, depth int) {
	n.Form = Map
	from := p.position(start)
	p.end = start
	places := make(map[string]int, len(y.Content)/2)
	merge := -1
	for i := 0; i+1 < len(y.Content); i += 2 {
		entry, usable := p.key(y.Content[i], depth)
		entry.Value = p.node(y.Content[i+1], depth+1)
		if !usable {
			continue
		}
		if before, twice := places[entry.Key]; twice {
			p.problems.Add(diag.New(YML003, entry.KeySpan, "the second one").And(n.Entries[before].KeySpan, "the first one").
				Suggest("keep one of the two"))
			continue
		}
		places[entry.Key] = len(n.Entries)
		n.Entries = append(n.Entries, entry)
		if y.Content[i].Tag == "!!merge" {
			merge = len(n.Entries) - 1
		}
	}
	p.close(y, start, '}')
	n.Span = diag.Span{File: p.file, Start: from, End: p.position(p.end)}
	if merge >= 0 && !p.stopped {
		p.merge(n, merge)
	}
}

// key reads a key; false if it cannot be one.
func (p *parser) key(y *yaml.Node, depth int) (Entry, bool) {
	n := p.node(y, depth+1)
	switch {
	case n.Type == Unknown:
		return Entry{}, false
	case n.Form != Scalar || n.isUsed():
		p.problems.Add(diag.New(YML001, n.at(), "this cannot be a key").Suggest("write the key as plain text"))
		return Entry{}, false
	case n.Text == "":
		p.problems.Add(diag.New(YML001, n.Span, "a key is missing here").Suggest("write the key before the colon"))
		return Entry{}, false
	}
	return Entry{Key: n.Text, KeySpan: n.Span}, true
}

// merge puts the entries of other maps in the place of a `<<` key. What the map
// says itself wins, then what is named first.
func (p *parser) merge(n *Node, at int) {
	sources := []*Node{n.Entries[at].Value}
	if sources[0].Form == List {
		sources = sources[0].Items
	}
	said := make(map[string]bool, len(n.Entries))
	for _, entry := range n.Entries {
		said[entry.Key] = true
	}
	var merged []Entry
	for _, source := range sources {
		if source.Form != Map {
			if source.Type != Unknown {
				p.problems.Add(diag.New(YML010, source.at(), "this is not a map").
					Note("<< takes in the entries of a map, or of each map in a list").
					Suggest("name the anchor of a map"))
			}
			continue
		}
		for _, entry := range source.Entries {
			if said[entry.Key] {
				continue
			}
			said[entry.Key] = true
			value := *entry.Value
			value.Used = source.at()
			merged = append(merged, Entry{Key: entry.Key, KeySpan: entry.KeySpan, Value: &value})
		}
	}
	entries := append([]Entry{}, n.Entries[:at]...)
	entries = append(entries, merged...)
	n.Entries = append(entries, n.Entries[at+1:]...)
}
