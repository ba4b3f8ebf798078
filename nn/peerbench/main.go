// Command peerbench measures training, inference and kernels side by side with
// other programs that can do the same, on this machine, in the same minutes, and
// prints what it finds as Markdown:
//
//	go run ./nn/peerbench
//
// PyTorch takes part if a Python can import it, gonum always, GoMLX if the module
// in nn/peerbench/gomlx can be built. Each work is done by one side after the
// other, several times around, so that a slow minute of the machine meets all of
// them; the figures are medians with the fastest and the slowest in brackets.
// PyTorch does everything in both of its memory layouts, of which the better one
// counts, and in two ways: as it is by default, and with an allocator that keeps
// freed memory.
//
// Both sides have their data in memory and their weights from the same random
// numbers. A time of training includes the loss and the optimizer.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strings"
)

func main() {
	var s comparison
	flag.IntVar(&s.rounds, "rounds", 3, "how many times each side takes its turn")
	flag.IntVar(&s.threads, "threads", runtime.GOMAXPROCS(0), "threads for each side")
	flag.IntVar(&s.networks, "networks", 20, "how many networks to draw")
	flag.Uint64Var(&s.seed, "seed", 1, "what the networks are drawn from")
	flag.StringVar(&s.gomlx, "gomlx", "nn/peerbench/gomlx", "folder of the module for GoMLX; empty leaves GoMLX out")
	python := flag.String("python", "/usr/bin/python3,python3", "Pythons that may have PyTorch, the first that has is taken; empty leaves PyTorch out")
	only := flag.String("only", "", "measure only the parts that match this pattern, of "+strings.Join(partNames(), ", "))
	footprint := flag.String("footprint", "", "train the network of this name, S or D, and print the peak of memory in bytes (used by the part memory)")
	flag.Parse()
	if *python != "" {
		s.pythons = strings.Split(*python, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &s, *only, *footprint); err != nil {
		fmt.Fprintln(os.Stderr, "peerbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s *comparison, only, footprint string) error {
	if footprint != "" {
		peak, err := ourFootprint(footprint, s.threads)
		if err != nil {
			return err
		}
		fmt.Println(peak)
		return nil
	}
	pattern, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	return s.measure(ctx, pattern, os.Stdout, os.Stderr)
}
