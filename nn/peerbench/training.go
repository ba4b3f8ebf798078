package main

import (
	"fmt"
	"strconv"
)

// reference measures the two networks that other programs are measured on too.
func (s *comparison) reference() error {
	t := &table{head: s.heads("work")}
	const warm, count = 1, 2
	row := func(work string, of *subject, do string, turn func(warm, count int) ([]float64, error)) error {
		fmt.Fprintf(s.log, "%s: %s\n", of.name, work)
		ours := &side{name: "pipe", turn: func() ([]float64, error) { return turn(warm, count) }}
		theirs := s.torchSides(request{Do: do}, warm, count)
		if err := s.compare(ours, theirs); err != nil {
			return err
		}
		t.row(append([]string{fmt.Sprintf("%s: %s of %d examples", of.name, work, of.examples)}, versus(ours, theirs, milliseconds)...)...)
		return nil
	}
	for _, make := range []func() (*subject, error){shallow, deep} {
		of, err := make()
		if err != nil {
			return err
		}
		if err := s.handOver(of); err != nil {
			return err
		}
		net := of.alive()
		err = row("an epoch", of, "epochs", func(warm, count int) ([]float64, error) { return of.epochs(net, s.pool, warm, count) })
		if err == nil && of.name == "D" {
			err = row("inference", of, "infer", of.infer(net, s.pool))
		}
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(s.report, "### Reference networks\n\n")
	t.write(s.report)
	return nil
}

// drawn measures a step of training of networks that nobody tuned for.
func (s *comparison) drawn() error {
	subjects, err := draw(s.seed, s.networks)
	if err != nil {
		return err
	}
	t := &table{head: s.heads("network", "batch", "weights", "GMAC")}
	const warm, count = 1, 3
	ratios := make([][]float64, len(s.torch))
	for i, of := range subjects {
		of.name = fmt.Sprintf("%d %s", i+1, of.name)
		fmt.Fprintf(s.log, "network %s of %d: %s\n", of.name, len(subjects), outline(of.graph))
		if err := s.handOver(of); err != nil {
			return err
		}
		net := of.alive()
		ours := &side{name: "pipe", turn: func() ([]float64, error) { return of.steps(net, s.pool, warm, count) }}
		theirs := s.torchSides(request{Do: "epochs"}, warm, count)
		if err := s.compare(ours, theirs); err != nil {
			return fmt.Errorf("%s: %w", of.name, err)
		}
		t.row(append([]string{
			fmt.Sprintf("%s: %s", of.name, outline(of.graph)),
			strconv.Itoa(of.batch), strconv.Itoa(trained(net)), digits(float64(macs(of.graph)*of.batch) / 1e9),
		}, versus(ours, theirs, milliseconds)...)...)
		for way, sides := range theirs {
			ratios[way] = append(ratios[way], times(ours, better(sides...)).median)
		}
	}
	fmt.Fprintf(s.report, "### Networks drawn from the seed %d, a step of training\n\n", s.seed)
	t.write(s.report)
	for way, torch := range s.torch {
		fmt.Fprintf(s.report, "%s: %s\n\n", torch.name, inAll(ratios[way]))
	}
	return nil
}

// inAll sums up the ratios to another side.
func inAll(ratios []float64) string {
	slower := 0
	for _, each := range ratios {
		if each < 1 {
			slower++
		}
	}
	r := spreadOf(ratios)
	return fmt.Sprintf("median ratio %s×, lowest %s×, highest %s×; pipe is slower on %d of %d.", digits(r.median), digits(r.least), digits(r.most), slower, len(ratios))
}
