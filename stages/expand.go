package stages

import (
	"regexp"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// Composites says whether the models of a pipeline have composites or presets
// among their layers, or take them from a file.
func Composites(c *pipeline.Checked) bool {
	return slices.ContainsFunc(c.Nodes, func(n *pipeline.Node) bool {
		m, is := n.Stage.(*Model)
		return is && (m.ONNX != "" || slices.ContainsFunc(m.Layers, composite))
	})
}

func composite(item nn.Item) bool {
	_, is := item.Unit.(nn.Composite)
	return is
}

// Expanded is a pipeline in which the layers of every model are plain layers,
// each composite replaced by those that it stands for. All stages must have
// passed their checks.
func Expanded(c *pipeline.Checked) *pipeline.Checked {
	graph := *c.Graph
	graph.Nodes = slices.Clone(graph.Nodes)
	for i, n := range graph.Nodes {
		m, is := n.Stage.(*Model)
		if !is {
			continue
		}
		model := c.Types[i].(*pipeline.Model)
		head, each := layers.Plain(model.Graph.Input, model.Items)
		stage, node := *m, *n
		stage.Layers, stage.ONNX, stage.Weights = append(head, slices.Concat(each...)...), "", m.start()
		node.Stage = &stage
		graph.Nodes[i] = &node
	}
	return &pipeline.Checked{Graph: &graph, Types: c.Types}
}

// ExpandText writes the composites of a config's models out in its own text,
// everything else left as it stands: each is replaced by the layers that it
// stands for, below a comment with what was written. It gives false where a
// composite does not stand in the text where it is used.
func ExpandText(c *pipeline.Checked) (string, bool) {
	x := &expansion{file: c.File.Stages.Span.File, text: c.File.Text, possible: true}
	if source, known := c.File.Source(x.file); !known || source != x.text {
		return "", false // the stages are those of a file that this one extends
	}
	for i, n := range c.Nodes {
		m, is := n.Stage.(*Model)
		switch {
		case is && m.ONNX != "":
			return "", false // there is no list that could be replaced
		case is && slices.ContainsFunc(m.Layers, composite):
			x.model(n, m, c.Types[i].(*pipeline.Model))
		}
	}
	if !x.possible {
		return "", false
	}
	return diag.Apply(x.text, x.edits), true
}

// expansion is the work on one text.
type expansion struct {
	file, text string
	edits      []diag.Edit
	possible   bool
}

// model writes out the layers of one model.
func (x *expansion) model(n *pipeline.Node, m *Model, is *pipeline.Model) {
	list := n.Places.Node("layers")
	items := spec.Items(list, layers.Table(), nil)
	if list.Used != (diag.Span{}) || list.Span.File != x.file || len(items) != len(m.Layers) {
		x.possible = false
		return
	}
	head, each := layers.Plain(is.Graph.Input, m.Layers)
	l := listText{expansion: x, is: is, flow: strings.HasPrefix(x.text[diag.Offset(x.text, list.Span.Start):], "["), start: list.Span.Start}
	for i, item := range items {
		at := list.Items[i].Span
		if used := list.Items[i].Used; used != (diag.Span{}) {
			at = used
		}
		if !composite(m.Layers[i]) {
			x.refer(item, each[i][0].From)
			if i == 0 && head != nil {
				l.put(at, head)
			}
			continue
		}
		if i == 0 {
			each[i] = append(head, each[i]...)
		}
		l.replace(at, each[i])
	}
}

// refer renames what an item takes where that was a composite.
func (x *expansion) refer(item spec.Item, from []string) {
	if len(from) != len(item.From) {
		x.possible = false
		return
	}
	for i, ref := range item.From {
		if ref.ID != from[i] {
			x.edits = append(x.edits, diag.Edit{Span: ref.Span, Text: from[i]})
		}
	}
}

// listText is a list of layers in the text, in brackets if it flows.
type listText struct {
	*expansion
	is    *pipeline.Model
	flow  bool
	start diag.Position
}

// write is the text of layers, as items of the list.
func (l *listText) write(list []nn.Item) string {
	decoder := Language().Decoder
	lines := make([]string, len(list))
	for i, layer := range list {
		text := spec.Inline(decoder.ShortItem(layers.Table(), layer.ID, layer.Unit, layer.From, l.is.Layers[layer.ID].Allow))
		if _, entrance := layer.Unit.(nn.Entrance); entrance && layer.ID == "input" {
			text = layer.ID
		}
		if !l.flow {
			text = "- " + text
		}
		lines[i] = text
	}
	return strings.Join(lines, l.separator())
}

// separator stands between two items.
func (l *listText) separator() string {
	if l.flow {
		return ",\n" + strings.Repeat(" ", l.start.Column)
	}
	return "\n" + strings.Repeat(" ", l.start.Column-1)
}

// put writes layers in front of the item that stands somewhere.
func (l *listText) put(at diag.Span, list []nn.Item) {
	if !l.flow {
		at = l.whole(at)
	}
	l.edits = append(l.edits, diag.Edit{Span: diag.Span{File: at.File, Start: at.Start, End: at.Start}, Text: l.write(list) + l.separator()})
}

// replace writes layers in place of the item that stands somewhere. What was
// written becomes a comment, if it stands on lines of its own.
func (l *listText) replace(at diag.Span, list []nn.Item) {
	if at.File != l.file || len(list) == 0 {
		l.possible = false
		return
	}
	text := l.write(list)
	if !l.flow {
		at = l.whole(at)
		written := l.text[diag.Offset(l.text, at.Start):diag.Offset(l.text, at.End)]
		indent := strings.Repeat(" ", l.start.Column-1)
		for line := range strings.SplitSeq(strings.TrimRight(written, " \t\r"), "\n") {
			comment := "# " + strings.TrimRight(strings.TrimPrefix(line, indent), " \t\r")
			l.edits = append(l.edits, diag.Edit{Span: diag.Span{File: at.File, Start: at.Start, End: at.Start}, Text: comment + "\n" + indent})
		}
	}
	l.edits = append(l.edits, diag.Edit{Span: at, Text: text})
}

// blank is what may stand behind an item that is alone on its lines.
var blank = regexp.MustCompile(`^[ \t\r]*(#[^\n]*)?$`)

// whole is an item of a block list from its dash to the end of its last line,
// with a comment behind it.
func (l *listText) whole(at diag.Span) diag.Span {
	lines := strings.Split(l.text, "\n")
	from := at.Start.Line
	dash := func(line string) bool {
		column := l.start.Column - 1
		return len(line) > column && strings.TrimLeft(line[:column], " ") == "" && line[column] == '-'
	}
	for from > 0 && !dash(lines[from-1]) {
		from--
	}
	last := []rune(lines[at.End.Line-1])
	if from == 0 || !blank.MatchString(string(last[at.End.Column-1:])) {
		l.possible = false
		return at
	}
	return diag.Span{
		File:  at.File,
		Start: diag.Position{Line: from, Column: l.start.Column},
		End:   diag.Position{Line: at.End.Line, Column: len(last) + 1},
	}
}
