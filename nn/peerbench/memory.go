package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn"
)

// memory compares the peaks of training S and D, each in a process of its own.
func (s *comparison) memory() error {
	t := &table{head: []string{"work", "pipe", "PyTorch contiguous", "PyTorch channels_last_3d"}}
	for _, of := range []func() (*subject, error){shallow, deep} {
		sub, err := of()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.log, "%s: memory\n", sub.name)
		ours, err := s.ourFootprint(sub.name)
		if err != nil {
			return err
		}
		row := []string{sub.name + ", peak of the whole process in training", ours}
		if len(s.torch) > 0 {
			for _, layout := range layouts {
				theirs, err := s.torchFootprint(sub, layout)
				if err != nil {
					return err
				}
				row = append(row, theirs)
			}
		}
		t.row(row...)
	}
	fmt.Fprintf(s.report, "### Memory\n\n")
	t.write(s.report)
	return nil
}

// ourFootprint runs this program again, to train one network and nothing else.
func (s *comparison) ourFootprint(name string) (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(s.ctx, program, "-footprint", name, "-threads", strconv.Itoa(s.threads)).Output()
	if err != nil {
		return "", err
	}
	bytes, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return megabytes(bytes), err
}

// torchFootprint trains one network in one layout in a new PyTorch.
func (s *comparison) torchFootprint(of *subject, layout string) (string, error) {
	torch, _, _, err := startTorch(s.ctx, []string{s.python}, s.threads, 0)
	if err != nil {
		return "", err
	}
	defer torch.end()
	r, err := of.request([]string{layout})
	if err != nil {
		return "", err
	}
	if _, err := torch.ask(r); err != nil {
		return "", err
	}
	a, err := torch.ask(request{Do: "footprint", Layout: layout, Count: footprintEpochs})
	return megabytes(a.Bytes), err
}

func megabytes(bytes int64) string { return digits(float64(bytes)/1e6) + " MB" }

// ourFootprint trains S or D in this process and gives the peak of its memory in
// bytes.
func ourFootprint(name string, threads int) (int64, error) {
	of := map[string]func() (*subject, error){"S": shallow, "D": deep}[name]
	if of == nil {
		return 0, fmt.Errorf("there is no network %q: S or D", name)
	}
	s, err := of()
	if err != nil {
		return 0, err
	}
	pool := nn.NewPool(threads)
	defer pool.Close()
	if err := forgetPeak(); err != nil {
		return 0, err
	}
	if _, err := s.epochs(s.alive(), pool, 0, footprintEpochs); err != nil {
		return 0, err
	}
	return peak()
}

// footprintEpochs is how long a training is whose memory is measured.
const footprintEpochs = 2

// forgetPeak makes the system count the peak of this process's memory from here
// on, and peak gives it in bytes.
func forgetPeak() error { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

func peak() (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	return peakIn(string(text))
}

// peakIn reads the peak from /proc/self/status.
func peakIn(status string) (int64, error) {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			var kilobytes int64
			if _, err := fmt.Sscanf(rest, "%d kB", &kilobytes); err != nil {
				return 0, fmt.Errorf("the peak of memory is written as %q", strings.TrimSpace(rest))
			}
			return kilobytes * 1024, nil
		}
	}
	return 0, fmt.Errorf("the system does not tell the peak of memory")
}
