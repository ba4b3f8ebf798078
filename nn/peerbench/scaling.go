package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"

	"github.com/voxelpipe/pipe/nn"
)

// scaling compares two threads with one, and the weights that any number of them
// gives.
func (s *comparison) scaling() error {
	t := &table{head: []string{"work", "1 thread", "2 threads", "gain", "same bits on 1, 2, 3, 8 threads"}}
	const warm, count = 1, 2
	for _, of := range []func() (*subject, error){shallow, deep} {
		sub, err := of()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.log, "%s: one thread and two\n", sub.name)
		var sides []*side
		for threads := 1; threads <= 2; threads++ {
			net, pool := sub.alive(), nn.NewPool(threads)
			defer pool.Close()
			sides = append(sides, &side{name: strconv.Itoa(threads), turn: func() ([]float64, error) { return sub.epochs(net, pool, warm, count) }})
		}
		if err := alternate(s.rounds, sides...); err != nil {
			return err
		}
		same, err := sub.sameBits(1, 2, 3, 8)
		if err != nil {
			return err
		}
		t.row(sub.name+", an epoch", milliseconds(sides[0].seconds()), milliseconds(sides[1].seconds()), ratio(times(sides[1], sides[0])), same)
	}
	fmt.Fprintf(s.report, "### Threads\n\n")
	t.write(s.report)
	return nil
}

// sameBits says whether an epoch gives the same weights on each number of
// threads: yes, or no.
func (s *subject) sameBits(threads ...int) (string, error) {
	first, err := s.bitsAfter(threads[0])
	if err != nil {
		return "", err
	}
	for _, n := range threads[1:] {
		bits, err := s.bitsAfter(n)
		if err != nil {
			return "", err
		}
		if bits != first {
			return "no", nil
		}
	}
	return "yes", nil
}

// bitsAfter trains for an epoch on so many threads and gives a hash of all
// weights.
func (s *subject) bitsAfter(threads int) (uint64, error) {
	pool := nn.NewPool(threads)
	defer pool.Close()
	net := s.alive()
	if _, err := s.epochs(net, pool, 0, 1); err != nil {
		return 0, err
	}
	hash := fnv.New64a()
	for _, p := range net.Params() {
		for _, v := range p.Value {
			bits := math.Float32bits(v)
			hash.Write([]byte{byte(bits), byte(bits >> 8), byte(bits >> 16), byte(bits >> 24)})
		}
	}
	return hash.Sum64(), nil
}
