package wire

import (
	"io"
	"math"
)

// Read reads a file of so many bytes, but not the elements of its arrays. It
// takes no more memory than the rest of the file justifies. A file that is not
// sound gives a *FormatError, anything else is an error of r.
func Read(r io.ReaderAt, size int64) (*Model, error) {
	m := &Model{}
	graphs := 0
	c := &cursor{source: &source{r: r}, end: size}
	err := c.each(func(f field) error {
		switch f.number {
		case 1:
			return f.int(&m.IRVersion)
		case 2:
			return c.text(f, &m.Producer)
		case 3:
			return c.text(f, &m.ProducerVersion)
		case 7:
			graphs++
			return c.inner(f, m.Graph.read)
		case 8:
			var set Opset
			err := c.inner(f, func(c *cursor, f field) error {
				switch f.number {
				case 1:
					return c.text(f, &set.Domain)
				case 2:
					return f.int(&set.Version)
				}
				return nil
			})
			m.Opsets = append(m.Opsets, set)
			return err
		case 14:
			var entry Entry
			err := c.inner(f, func(c *cursor, f field) error {
				switch f.number {
				case 1:
					return c.text(f, &entry.Key)
				case 2:
					return c.text(f, &entry.Text)
				}
				return nil
			})
			m.Metadata = append(m.Metadata, entry)
			return err
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case graphs == 0 || m.IRVersion == 0:
		return nil, damaged("the file is no ONNX file: it holds no graph")
	case graphs > 1:
		return nil, damaged("the file is damaged: it holds %d graphs", graphs)
	}
	return m, nil
}

func (g *Graph) read(c *cursor, f field) error {
	switch f.number {
	case 1:
		var n Node
		err := c.inner(f, n.read)
		g.Nodes = append(g.Nodes, n)
		return err
	case 2:
		return c.text(f, &g.Name)
	case 5:
		t, err := readTensor(c, f)
		g.Initializers = append(g.Initializers, t)
		return err
	case 11, 12:
		var v Value
		err := c.inner(f, v.read)
		if f.number == 11 {
			g.Inputs = append(g.Inputs, v)
		} else {
			g.Outputs = append(g.Outputs, v)
		}
		return err
	case 15:
		g.Sparse++
	}
	return nil
}

func (n *Node) read(c *cursor, f field) error {
	switch f.number {
	case 1, 2:
		var name string
		err := c.text(f, &name)
		if f.number == 1 {
			n.Inputs = append(n.Inputs, name)
		} else {
			n.Outputs = append(n.Outputs, name)
		}
		return err
	case 3:
		return c.text(f, &n.Name)
	case 4:
		return c.text(f, &n.Op)
	case 5:
		var a Attribute
		err := c.inner(f, a.read)
		n.Attributes = append(n.Attributes, a)
		return err
	case 7:
		return c.text(f, &n.Domain)
	}
	return nil
}

func (a *Attribute) read(c *cursor, f field) error {
	switch f.number {
	case 1:
		return c.text(f, &a.Name)
	case 2:
		return f.float(&a.Float)
	case 3:
		return f.int(&a.Int)
	case 4:
		return c.text(f, &a.Text)
	case 5:
		t, err := readTensor(c, f)
		a.Tensor = &t
		return err
	case 7:
		return c.floats(f, &a.Floats)
	case 8:
		return c.ints(f, &a.Ints)
	case 20:
		var of int64
		err := f.int(&of)
		a.Type = AttributeType(of)
		return err
	}
	return nil
}

func (v *Value) read(c *cursor, f field) error {
	switch f.number {
	case 1:
		return c.text(f, &v.Name)
	case 2:
		return c.inner(f, func(c *cursor, f field) error {
			if f.number != 1 { // sequences, maps and the like are no arrays
				return nil
			}
			return c.inner(f, v.readArray)
		})
	}
	return nil
}

func (v *Value) readArray(c *cursor, f field) error {
	switch f.number {
	case 1:
		var of int64
		err := f.int(&of)
		v.DType = DType(of)
		return err
	case 2:
		v.Shaped = true
		return c.inner(f, func(c *cursor, f field) error {
			if f.number != 1 {
				return nil
			}
			var d Dim
			err := c.inner(f, func(c *cursor, f field) error {
				switch f.number {
				case 1:
					d.Known = true
					return f.int(&d.Size)
				case 2:
					return c.text(f, &d.Name)
				}
				return nil
			})
			v.Dims = append(v.Dims, d)
			return err
		})
	}
	return nil
}

// readTensor reads an array's header, and sees that it has as many elements as
// its sizes say, as far as that can be told without reading them.
func readTensor(c *cursor, f field) (Tensor, error) {
	t := Tensor{at: f.at, length: f.length}
	// most is how many elements there can be.
	most := int64(0)
	err := c.inner(f, func(c *cursor, f field) error {
		switch f.number {
		case 1:
			return c.ints(f, &t.Dims)
		case 2:
			var of int64
			err := f.int(&of)
			t.DType = DType(of)
			return err
		case 8:
			return c.text(f, &t.Name)
		case 4:
			most += f.fixed(4)
		case 10:
			most += f.fixed(8)
		case 5, 7:
			most += max(f.length, 1)
		case 9:
			most += f.length
		case 14:
			var where int64
			err := f.int(&where)
			t.External = where != 0
			return err
		}
		return nil
	})
	if err != nil || t.External {
		return t, err
	}
	if n, fits := t.elements(); !fits || n > most {
		return t, damaged("the array %q has the sizes %v, but only %d bytes", t.Name, t.Dims, f.length)
	}
	return t, nil
}

// fixed is how many elements of so many bytes a field holds.
func (f field) fixed(width int64) int64 {
	if f.length == 0 {
		return 1
	}
	return f.length / width
}

// elements is the product of the sizes; false if no file could hold them.
func (t *Tensor) elements() (int64, bool) {
	n := int64(1)
	for _, size := range t.Dims {
		if size < 0 || size > 0 && n > math.MaxInt32/size {
			return 0, false
		}
		n *= size
	}
	return n, true
}

// Len is the number of elements.
func (t *Tensor) Len() int {
	n, _ := t.elements()
	return int(n)
}
