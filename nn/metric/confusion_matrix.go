package metric

// ConfusionMatrix counts how often each class was taken for each other one: a
// row for each true class, a column for each predicted one, the right
// predictions on the diagonal. A single sigmoid unit has two classes, below and
// above 0.5.
//
// It is a table, shown by `evaluate`; the history has no column for it.
type ConfusionMatrix struct{}

// Fits a model that tells classes apart.
func (*ConfusionMatrix) Fits(t Task) bool { return t.Kind == MultiClass || t.Kind == Binary }

// Variant is its name.
func (*ConfusionMatrix) Variant(Task) string { return "confusion_matrix" }

// Better is neither: it is not a number.
func (*ConfusionMatrix) Better() string { return "" }

// Start counts pairs of classes.
func (*ConfusionMatrix) Start(t Task) Meter {
	classes := t.Outputs
	if t.Kind != MultiClass {
		classes = 2
	}
	c := &confusion{task: t, counts: make([][]int, classes)}
	for i := range c.counts {
		c.counts[i] = make([]int, classes)
	}
	return c
}

type confusion struct {
	task   Task
	counts [][]int
}

func (c *confusion) Add(y, t []float32) {
	if c.task.Kind != MultiClass {
		for i, v := range y {
			c.counts[number(t[i] >= 0.5)][number(predicted(c.task, v))]++
		}
		return
	}
	outputs, width := c.task.Outputs, c.task.Target.Width(c.task.Outputs)
	for ; len(y) >= outputs; y, t = y[outputs:], t[width:] {
		c.counts[trueClass(c.task.Target, t[:width])][highest(y[:outputs])]++
	}
}

// Value is 0: the matrix is in Table.
func (c *confusion) Value() float64 { return 0 }

func (c *confusion) Table() *Matrix {
	t := &Matrix{}
	for _, row := range c.counts {
		t.Counts = append(t.Counts, append([]int(nil), row...))
	}
	return t
}

func (c *confusion) Reset() {
	for _, row := range c.counts {
		clear(row)
	}
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
