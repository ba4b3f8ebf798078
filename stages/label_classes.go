package stages

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/voxelpipe/pipe/pipeline/spec"
)

// Classes is a number of classes, or the list of their names. Zero is neither.
type Classes struct {
	// Count is the number, of the names too.
	Count int
	Names []string
}

// DecodeNode reads a number or a list of names.
func (c *Classes) DecodeNode(n *spec.Node) error {
	*c = Classes{}
	if count, err := n.Int(); err == nil {
		if count < 2 {
			return fmt.Errorf("want at least 2 classes, got %d", count)
		}
		c.Count = count
		return nil
	}
	if n.Form != spec.List {
		return fmt.Errorf("want a number of classes or a list of names, got %s", n.Describe())
	}
	for i, item := range n.Items {
		switch {
		case !item.IsText():
			return fmt.Errorf("name %d is %s: want text (for numbers as labels, use map or a number of classes)", i+1, item.Describe())
		case slices.Contains(c.Names, item.Text):
			return fmt.Errorf("want each class once, got %s twice", item.Text)
		}
		c.Names = append(c.Names, item.Text)
	}
	if c.Count = len(c.Names); c.Count < 2 {
		return fmt.Errorf("want at least 2 classes, got %d", c.Count)
	}
	return nil
}

// EncodeNode is the inverse of DecodeNode; nothing for no classes.
func (c Classes) EncodeNode() *spec.Node {
	switch {
	case c.Names != nil:
		list := &spec.Node{Form: spec.List}
		for _, name := range c.Names {
			list.Items = append(list.Items, &spec.Node{Text: name, Quoted: true})
		}
		return list
	case c.Count > 0:
		return &spec.Node{Text: strconv.Itoa(c.Count), Type: spec.Integer}
	}
	return nil
}

// ClassMap gives the class id of each label, as written.
type ClassMap map[string]int

// DecodeNode reads a map from labels to class ids.
func (m *ClassMap) DecodeNode(n *spec.Node) error {
	if n.Form != spec.Map || len(n.Entries) == 0 {
		return fmt.Errorf("want a map of labels to class ids, such as {1: 0, 2: 1}")
	}
	*m = make(ClassMap)
	for _, entry := range n.Entries {
		id, err := entry.Value.Int()
		if err != nil || id < 0 {
			return fmt.Errorf("the label %s has %s: want a class id, a whole number from 0", entry.Key, entry.Value.Describe())
		}
		(*m)[entry.Key] = id
	}
	return nil
}

// EncodeNode is the inverse of DecodeNode; nothing for no map.
func (m ClassMap) EncodeNode() *spec.Node {
	if m == nil {
		return nil
	}
	node := &spec.Node{Form: spec.Map}
	for _, label := range m.labels() {
		node.Entries = append(node.Entries, spec.Entry{Key: label, Value: &spec.Node{Text: strconv.Itoa(m[label]), Type: spec.Integer}})
	}
	return node
}

// labels lists the labels by their ids, then as numbers and as text.
func (m ClassMap) labels() []string {
	var labels []string
	for label := range m {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return cmp.Or(cmp.Compare(m[a], m[b]), cmp.Compare(x, y), cmp.Compare(a, b))
	})
	return labels
}

// count is the number of classes that the ids of a map make, and the first id
// below it that no label has, or -1.
func (m ClassMap) count() (count, gap int) {
	used := make(map[int]bool)
	for _, id := range m {
		used[id] = true
		count = max(count, id+1)
	}
	for id := range count {
		if !used[id] {
			return count, id
		}
	}
	return count, -1
}
