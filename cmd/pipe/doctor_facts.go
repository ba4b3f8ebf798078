package main

import (
	"sync"

	"github.com/voxelpipe/pipe/pipeline"
)

// stageFacts are what was seen of one stage.
type stageFacts struct {
	Stage string   `json:"stage"`
	Facts []string `json:"facts"`
}

// factWatch keeps the notes of stages that are looked into for the report, and
// shows the others.
type factWatch struct {
	*progress
	mu    sync.Mutex
	facts map[*pipeline.Node][]string
}

// Note keeps a line, or shows it.
func (w *factWatch) Note(n *pipeline.Node, text string) {
	if _, examiner := n.Stage.(pipeline.Examiner); !examiner {
		w.progress.Note(n, text)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.facts[n] = append(w.facts[n], text)
}
