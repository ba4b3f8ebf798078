// Package scan looks once at every voxel of a source while it is read: counts,
// bounds, moments, fingerprints and thumbnails of each example, and percentiles
// of groups of them. What it finds does not depend on the number of threads.
package scan

import (
	"context"
	"sync"

	"github.com/voxelpipe/pipe/nn/data"
)

// Settings say what is looked at beside the numbers of each example.
type Settings struct {
	// Group names the group of each example, such as its partition, as a number
	// below Groups; nil puts all into one.
	Group  []int
	Groups int
	// Sketch counts values for percentiles, some of them where there are very many.
	Sketch bool
}

// Scanner is a source that looks at each example when it is read.
type Scanner struct {
	from     data.Source
	settings Settings
	form     form
	stride   int // of the values that a sketch counts
	examples []Example
	channels []Channel
	thumbs   []float32
	mu       sync.Mutex
	idle     []*worker
	all      []*worker
}

// New is the source s, looked at as it is read.
func New(s data.Source, settings Settings) *Scanner {
	settings.Groups = max(settings.Groups, 1)
	f := formOf(s.Shape())
	// Memory for all examples at once: to find some for each takes time.
	return &Scanner{
		from: s, settings: settings, form: f, stride: strideFor(s.Len(), f.channels, []int{f.depth, f.height, f.width}), examples: make([]Example, s.Len()),
		channels: make([]Channel, s.Len()*f.channels), thumbs: make([]float32, s.Len()*thumbSize),
	}
}

// Len is the number of examples.
func (s *Scanner) Len() int { return s.from.Len() }

// Shape is the sizes of one example.
func (s *Scanner) Shape() []int { return s.from.Shape() }

// Read reads example i and looks at it. Each example is to be read once.
func (s *Scanner) Read(i int, into []float32) error {
	if err := s.from.Read(i, into); err != nil {
		return err
	}
	w := s.take()
	n := s.form.channels
	e := Example{s.channels[i*n : (i+1)*n : (i+1)*n], s.thumbs[i*thumbSize : (i+1)*thumbSize : (i+1)*thumbSize]}
	s.form.look(into, w, e.Channels, e.Thumb)
	s.examples[i] = e
	if s.settings.Sketch {
		s.sketch(w, i, into)
	}
	s.give(w)
	return nil
}

func (s *Scanner) sketch(w *worker, i int, values []float32) {
	group := 0
	if s.settings.Group != nil {
		group = s.settings.Group[i]
	}
	for c := range s.form.channels {
		at := group*s.form.channels + c
		if w.sketches[at] == nil {
			w.sketches[at] = new(sketch)
		}
		// Where the first one stands goes round from example to example.
		first := c + i%s.stride*s.form.channels
		w.sketches[at].add(values, min(first, len(values)), s.form.channels*s.stride)
	}
}

func (s *Scanner) take() *worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.idle); n > 0 {
		w := s.idle[n-1]
		s.idle = s.idle[:n-1]
		return w
	}
	w := s.form.worker(s.settings.Groups * s.form.channels)
	s.all = append(s.all, w)
	return w
}

func (s *Scanner) give(w *worker) {
	s.mu.Lock()
	s.idle = append(s.idle, w)
	s.mu.Unlock()
}

// Result is what was found in the examples that were read.
func (s *Scanner) Result() *Result {
	r := &Result{Sizes: s.from.Shape(), Channels: s.form.channels, Examples: s.examples}
	if s.settings.Sketch {
		r.sketches = make([]*sketch, s.settings.Groups*r.Channels)
		for _, w := range s.all {
			for i, part := range w.sketches {
				r.sketches[i] = r.sketches[i].with(part)
			}
		}
	}
	return r
}

// Of reads every example of a source on so many threads and gives what it found.
func Of(ctx context.Context, s data.Source, settings Settings, threads int) (*Result, error) {
	scanner := New(s, settings)
	err := Each(ctx, scanner, threads, func(int, []float32) {})
	return scanner.Result(), err
}

// Each reads every example of a source, on so many threads at once, and shows it.
// The error is that of the first example, in order, that cannot be read, among
// those tried; or that of ctx.
func Each(ctx context.Context, s data.Source, threads int, show func(i int, values []float32)) error {
	failures := make([]error, s.Len())
	todo := make(chan int)
	stop := make(chan struct{})
	var once sync.Once
	var readers sync.WaitGroup
	for range max(min(threads, s.Len()), 1) {
		readers.Go(func() {
			values := make([]float32, data.Elements(s.Shape()))
			for i := range todo {
				if failures[i] = s.Read(i, values); failures[i] != nil {
					once.Do(func() { close(stop) })
					continue
				}
				show(i, values)
			}
		})
	}
feeding:
	for i := range s.Len() {
		select {
		case todo <- i:
		case <-stop:
			break feeding
		case <-ctx.Done():
			break feeding
		}
	}
	close(todo)
	readers.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
