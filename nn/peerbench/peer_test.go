package main

import (
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// played is a peer that answers from a list, and the lines that it was sent.
func played(t *testing.T, answers ...string) (*peer, *[]string) {
	t.Helper()
	requests, in := io.Pipe()
	out, replies := io.Pipe()
	var lines []string
	go func() {
		decoder := json.NewDecoder(requests)
		for _, reply := range answers {
			var line json.RawMessage
			if decoder.Decode(&line) != nil {
				break
			}
			lines = append(lines, string(line))
			io.WriteString(replies, reply+"\n")
		}
		replies.Close()
	}()
	return newPeer("Other", in, out), &lines
}

func TestAsk(t *testing.T) {
	p, lines := played(t, `{"seconds": [0.5, 0.25]}`, `{"error": "ValueError: no"}`)
	seconds, err := p.turn(request{Do: "epochs", Layout: "contiguous", Warm: 1, Count: 2})()
	if err != nil || !slices.Equal(seconds, []float64{0.5, 0.25}) {
		t.Errorf("the turn took %v, %v", seconds, err)
	}
	if want := `{"do":"epochs","label":null,"layout":"contiguous","warm":1,"count":2}`; (*lines)[0] != want {
		t.Errorf("it was asked %s, want %s", (*lines)[0], want)
	}
	if _, err := p.ask(request{Do: "infer"}); err == nil || !strings.Contains(err.Error(), "Other: infer: ValueError: no") {
		t.Errorf("its error is %v", err)
	}
}

func TestPeerThatDies(t *testing.T) {
	p, _ := played(t)
	p.complaint = func() string { return "Traceback\n  File\nModuleNotFoundError: No module named 'torch'\n" }
	p.requests = json.NewEncoder(io.Discard)
	if _, err := p.ask(request{Do: "hello"}); err == nil || !strings.Contains(err.Error(), "(ModuleNotFoundError: No module named 'torch')") {
		t.Errorf("its error is %v", err)
	}
}

func TestEnvironment(t *testing.T) {
	got := environment([]string{"HOME=/root", "OPENBLAS_CORETYPE=Haswell", "OPENBLAS_L2_SIZE=512", "OMP_NUM_THREADS=7"}, 2)
	want := []string{"HOME=/root", "OMP_NUM_THREADS=2", "OPENBLAS_NUM_THREADS=2", "MKL_NUM_THREADS=2"}
	if !slices.Equal(got, want) {
		t.Errorf("a peer runs with %v, want %v", got, want)
	}
}

// PyTorch, where it is installed, builds the same networks: as many weights, and
// the same loss of the first batch.
func TestTorchBuildsTheSameNetworks(t *testing.T) {
	torch, _, _, err := startTorch(t.Context(), []string{"/usr/bin/python3", "python3"}, 1, 0)
	if err != nil {
		t.Skip(err)
	}
	defer torch.end()
	s := &comparison{torch: []*peer{torch}, log: io.Discard, report: os.Stdout}
	for _, sub := range small(t) {
		if err := s.handOver(sub); err != nil {
			t.Error(err)
			continue
		}
		for _, do := range []string{"epochs", "infer", "footprint"} {
			a, err := torch.ask(request{Do: do, Layout: "channels_last_3d", Count: 2})
			if err != nil || do != "footprint" && len(a.Seconds) != 2 || do == "footprint" && a.Bytes == 0 {
				t.Errorf("%s: %s gives %v, %v", sub.name, do, a, err)
			}
		}
	}
	for _, pass := range passes {
		asked := cube{batch: 1, size: 3, in: 2, out: 5}.request(pass)
		asked.Layout, asked.Count = "contiguous", 1
		if a, err := torch.ask(asked); err != nil || len(a.Seconds) != 1 {
			t.Errorf("%s: %v, %v", pass, a, err)
		}
	}
	if a, err := torch.ask(request{Do: "product", Size: 4, Count: 1}); err != nil || len(a.Seconds) != 1 {
		t.Errorf("product: %v, %v", a, err)
	}
}
