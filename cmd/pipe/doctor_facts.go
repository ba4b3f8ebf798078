package main

import (
	"sync"
	"time"

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
	// looked is when the voxels of a stage were looked at, if that was another time.
	looked map[*pipeline.Node]time.Time
}

// Recalled keeps when voxels were looked at.
func (w *factWatch) Recalled(n *pipeline.Node, looked time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looked[n] = looked
}

// voxels says what was looked at of a stage's voxels.
func (w *factWatch) voxels(n *pipeline.Node) string {
	looked, before := w.looked[n]
	if !before {
		return "the voxels"
	}
	return recalledVoxels(looked)
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
