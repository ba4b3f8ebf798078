package stages

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// members finds who is in each partition, in the dataset's order. It is nil as
// long as the labels, the groups or the number of examples that decide it are not
// known.
func (s *Split) members(n *pipeline.Node, d *pipeline.Dataset, parts []part, seed uint64) (map[string][]int, *diag.Diagnostic) {
	examples, known := d.Examples.Known()
	if !known || d.Facts == nil || s.By != "" && d.Facts.Groups == nil {
		return nil, nil
	}
	classes := make([]int, examples)
	if s.Stratify {
		found, ok := rules.Classify(d)
		switch {
		case !ok && d.Facts.Labels == nil:
			return nil, nil
		case !ok:
			return nil, refuse(diag.New(YML122, n.At("stratify"), "there are no classes to share out evenly").
				And(d.Labels.At.Span, "some labels name no single class").
				Suggest("mend the labels, or remove stratify"))
		}
		classes = found.Of
	}
	sizes := make([]int, len(parts))
	for i, p := range parts {
		size, _ := p.size.Known()
		sizes[i] = size
	}
	order := make([]int, examples)
	for i := range order {
		order[i] = i
	}
	if s.Shuffle {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(examples, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	var of []int
	switch {
	case s.By != "":
		of = byGroup(order, d.Facts.Groups, classes, sizes)
	case s.Stratify:
		of = byClass(order, classes, sizes)
	default:
		of = inTurn(order, sizes)
	}
	members := make(map[string][]int)
	for example, k := range of {
		if k >= 0 {
			members[parts[k].name] = append(members[parts[k].name], example)
		}
	}
	for _, p := range parts {
		if len(members[p.name]) == 0 {
			problem := nobody(n, d, p)
			if s.By != "" {
				problem.Notes = nil
				problem = problem.Note("the examples are in %d groups, each of which stays in one partition", len(distinctGroups(d.Facts.Groups)))
			}
			return nil, refuse(problem)
		}
	}
	return members, nil
}

func distinctGroups(groups []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(groups)))
}

// inTurn gives the first sizes[0] examples of the order to part 0, the next ones
// to part 1, …; -1 stands for no part.
func inTurn(order, sizes []int) []int {
	of := make([]int, len(order))
	next, left := 0, slices.Clone(sizes)
	for _, example := range order {
		for next < len(left) && left[next] == 0 {
			next++
		}
		if next == len(left) {
			of[example] = -1
			continue
		}
		of[example] = next
		left[next]--
	}
	return of
}

// byClass shares each class out in proportion to the sizes, which are kept
// exactly.
func byClass(order, classes, sizes []int) []int {
	count := 0
	for _, class := range classes {
		count = max(count, class+1)
	}
	totals := make([]int, count)
	for _, class := range classes {
		totals[class]++
	}
	shares := proportional(totals, withRest(sizes, len(order)))
	of := make([]int, len(order))
	for _, example := range order {
		row := shares[classes[example]]
		k := slices.IndexFunc(row, func(left int) bool { return left > 0 })
		row[k]--
		if of[example] = k; k == len(sizes) {
			of[example] = -1
		}
	}
	return of
}

// withRest appends what the sizes leave of n.
func withRest(sizes []int, n int) []int {
	all := slices.Clone(sizes)
	for _, size := range sizes {
		n -= size
	}
	return append(all, n)
}

// proportional fills a table of whole numbers whose rows add up to rows and whose
// columns add up to columns (the two have the same sum), each number the quota
// rows[i] × columns[k] / sum rounded down or up. There always is one: the quotas
// themselves are a flow through the network of rows and columns, and flows in
// whole numbers can be had wherever flows can (Ford and Fulkerson, 1956). Rows
// prefer to round up their largest remainders.
func proportional(rows, columns []int) [][]int {
	sum := 0
	for _, row := range rows {
		sum += row
	}
	table, remainder := make([][]int, len(rows)), make([][]int, len(rows))
	wanted := slices.Clone(columns) // units that a column still lacks
	up := make([][]bool, len(rows)) // up[i][k]: the quota is rounded up
	for i, row := range rows {
		table[i], remainder[i], up[i] = make([]int, len(columns)), make([]int, len(columns)), make([]bool, len(columns))
		for k, column := range columns {
			if sum > 0 {
				table[i][k], remainder[i][k] = row*column/sum, row*column%sum
			}
			wanted[k] -= table[i][k]
		}
	}
	for i, row := range rows {
		lacks := row
		for _, v := range table[i] {
			lacks -= v
		}
		for range lacks {
			place(i, remainder, up, wanted, make([]bool, len(columns)))
		}
	}
	for i := range table {
		for k := range table[i] {
			if up[i][k] {
				table[i][k]++
			}
		}
	}
	return table
}

// place rounds one more quota of a row up, moving those of other rows to other
// columns where a column is full: an augmenting path.
func place(row int, remainder [][]int, up [][]bool, wanted []int, seen []bool) bool {
	columns := make([]int, 0, len(wanted))
	for k, r := range remainder[row] {
		if r > 0 && !up[row][k] && !seen[k] {
			columns = append(columns, k)
		}
	}
	slices.SortStableFunc(columns, func(a, b int) int { return -cmp.Compare(remainder[row][a], remainder[row][b]) })
	for _, k := range columns {
		if wanted[k] > 0 {
			up[row][k] = true
			wanted[k]--
			return true
		}
	}
	for _, k := range columns {
		if seen[k] {
			continue
		}
		seen[k] = true
		for other := range up {
			if other == row || !up[other][k] {
				continue
			}
			if place(other, remainder, up, wanted, seen) {
				up[other][k], up[row][k] = false, true
				return true
			}
		}
	}
	return false
}

// byGroup gives whole groups to parts, the largest first, each to the part where
// it brings the counts of the classes nearest to the wanted ones.
func byGroup(order []int, groups []string, classes, sizes []int) []int {
	count := 0
	for _, class := range classes {
		count = max(count, class+1)
	}
	all := withRest(sizes, len(order))
	lacks := make([][]float64, len(all)) // [part][class]
	totals := make([]float64, count)
	for _, class := range classes {
		totals[class]++
	}
	for k, size := range all {
		lacks[k] = make([]float64, count)
		for class, total := range totals {
			lacks[k][class] = total * float64(size) / float64(len(order))
		}
	}
	of := make([]int, len(order))
	for _, members := range inGroups(order, groups) {
		has := make([]float64, count)
		for _, example := range members {
			has[classes[example]]++
		}
		best, least := -1, 0.0
		for k := range all {
			if all[k] == 0 {
				continue
			}
			// How much the squared distance from the wanted counts grows.
			growth := 0.0
			for class, h := range has {
				growth += h * (h - 2*lacks[k][class])
			}
			if best < 0 || growth < least {
				best, least = k, growth
			}
		}
		for class, h := range has {
			lacks[best][class] -= h
		}
		for _, example := range members {
			if of[example] = best; best == len(sizes) {
				of[example] = -1
			}
		}
	}
	return of
}

// inGroups gives the members of each group, the largest group first, equally
// large ones in the order of their first examples.
func inGroups(order []int, groups []string) [][]int {
	at := make(map[string]int)
	var list [][]int
	for _, example := range order {
		k, met := at[groups[example]]
		if !met {
			k = len(list)
			at[groups[example]] = k
			list = append(list, nil)
		}
		list[k] = append(list[k], example)
	}
	slices.SortStableFunc(list, func(a, b []int) int { return cmp.Compare(len(b), len(a)) })
	return list
}
