package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// comparison is one run of this program: the sides, and what has been measured.
type comparison struct {
	rounds, threads int
	networks        int
	seed            uint64
	// pythons may have PyTorch; gomlx is the folder of GoMLX's module.
	pythons []string
	gomlx   string

	ctx  context.Context
	pool *nn.Pool
	// python is the one that has PyTorch, and torch are its ways of running there,
	// none if it takes no part; goPeer is GoMLX, or nil.
	python      string
	torch       []*peer
	goPeer      *peer
	report, log io.Writer
}

// parts are what is measured, in the order of the report.
var parts = []struct {
	name string
	run  func(*comparison) error
}{
	{"reference", (*comparison).reference},
	{"presets", (*comparison).presets},
	{"networks", (*comparison).drawn},
	{"kernels", (*comparison).kernels},
	{"scaling", (*comparison).scaling},
	{"memory", (*comparison).memory},
}

func partNames() []string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// measure runs the parts whose names match, and writes the report. The log tells
// who waits what is going on.
func (s *comparison) measure(ctx context.Context, only *regexp.Regexp, report, log io.Writer) error {
	s.ctx, s.report, s.log = ctx, report, log
	s.pool = nn.NewPool(s.threads)
	defer s.pool.Close()
	s.introduce()
	defer func() {
		for _, p := range s.torch {
			p.end()
		}
		if s.goPeer != nil {
			s.goPeer.end()
		}
	}()
	for _, part := range parts {
		if !only.MatchString(part.name) {
			continue
		}
		before, known := usageNow()
		if err := part.run(s); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		if after, _ := usageNow(); known {
			fmt.Fprintf(report, "%s\n\n", disturbance(before, after))
		}
	}
	return nil
}

// introduce starts the peers and writes down what is compared, and where.
func (s *comparison) introduce() {
	fmt.Fprintf(s.report, "- machine: %s; kernels: %s\n", machine(), kernel.Engine())
	fmt.Fprintf(s.report, "- threads: %d for each side; %s\n", s.threads, runtime.Version())
	for way := range allocations {
		torch, python, hello, err := startTorch(s.ctx, s.pythons, s.threads, way)
		if err != nil {
			fmt.Fprintf(s.report, "- PyTorch takes no part: %v\n", err)
			break
		}
		s.torch, s.python = append(s.torch, torch), python
		if way == 0 {
			fmt.Fprintf(s.report, "- PyTorch %s, %d threads, matrix products by %s\n", hello.Version, hello.Threads, hello.Library)
		} else {
			fmt.Fprintf(s.report, "- %s: with %s, which spares it new pages in each step\n", torch.name, strings.Join(allocations[way].settings, " "))
		}
	}
	var hello answer
	var err error
	if s.goPeer, hello, err = s.startGoMLX(); err != nil {
		fmt.Fprintf(s.report, "- GoMLX takes no part: %v\n", err)
	} else {
		fmt.Fprintf(s.report, "- GoMLX %s, its pure Go backend\n", hello.Version)
	}
	fmt.Fprintf(s.report, "- times are medians of %d turns (fastest–slowest), the sides taking turns; PyTorch has its better layout, and a ratio is how many times as long it takes (lowest–highest of the turns)\n\n", s.rounds)
}

// startGoMLX builds and runs the module for GoMLX.
func (s *comparison) startGoMLX() (*peer, answer, error) {
	if s.gomlx == "" {
		return nil, answer{}, fmt.Errorf("it was left out")
	}
	return start(s.ctx, "GoMLX", s.threads, nil, "go", "run", "-C", s.gomlx, ".")
}

// torchSides are PyTorch's in a work that has layouts: for each way of running,
// one for each layout.
func (s *comparison) torchSides(r request, warm, count int) [][]*side {
	var ways [][]*side
	for _, torch := range s.torch {
		var sides []*side
		for _, layout := range layouts {
			r.Layout, r.Warm, r.Count = layout, warm, count
			sides = append(sides, &side{name: layout, turn: torch.turn(r)})
		}
		ways = append(ways, sides)
	}
	return ways
}

// compare lets us and PyTorch take turns. From the second round on a layout that
// is clearly not the better one is left out.
func (s *comparison) compare(ours *side, ways [][]*side) error {
	for round := range s.rounds {
		if err := alternate(1, append([]*side{ours}, slices.Concat(ways...)...)...); err != nil {
			return err
		}
		if round > 0 {
			continue
		}
		for i, sides := range ways {
			const clearly = 1.15
			best := better(sides...).seconds().median
			ways[i] = slices.DeleteFunc(sides, func(s *side) bool { return s.seconds().median > clearly*best })
		}
	}
	return nil
}

// heads are the columns of a table whose rows are versus.
func (s *comparison) heads(first ...string) []string {
	heads := append(first, "pipe")
	for _, torch := range s.torch {
		heads = append(heads, torch.name)
	}
	for range s.torch {
		heads = append(heads, "ratio")
	}
	return heads
}

// versus is the row of a work: ours, PyTorch's better layout in each way of
// running it, and the ratios to those.
func versus(ours *side, ways [][]*side, show func(spread) string) []string {
	cells := []string{show(ours.seconds())}
	var ratios []string
	for _, sides := range ways {
		best := better(sides...)
		cells = append(cells, show(best.seconds())+" "+best.name)
		ratios = append(ratios, ratio(times(ours, best)))
	}
	return append(cells, ratios...)
}

// handOver gives a network to PyTorch and holds its account of it against ours:
// as many weights, and nearly the same loss of the first batch.
func (s *comparison) handOver(of *subject) error {
	if len(s.torch) == 0 {
		return nil
	}
	r, err := of.request(layouts)
	if err != nil {
		return err
	}
	loss, err := of.firstLoss(s.pool)
	if err != nil {
		return err
	}
	for _, torch := range s.torch {
		theirs, err := torch.ask(r)
		if err != nil {
			return fmt.Errorf("%s: %w", of.name, err)
		}
		if ours := trained(of.alive()); ours != theirs.Weights {
			return fmt.Errorf("%s is not the same network on both sides: %d weights here, %d in PyTorch", of.name, ours, theirs.Weights)
		}
		if !agree(loss, theirs.Loss) {
			return fmt.Errorf("%s is not the same network on both sides: the first batch has a loss of %g here, of %g in PyTorch", of.name, loss, theirs.Loss)
		}
	}
	return nil
}

// agree compares losses of sums that were taken in different orders, in single
// precision, and through batch norms of few examples, which enlarge differences.
func agree(a, b float64) bool { return math.Abs(a-b) <= 1e-3*math.Max(1, math.Abs(b)) }
