package train

import "errors"

// Checkpoint stores the model's weights while it is trained: after every epoch,
// or with `save_best_only` after each epoch that was better than all before. The
// file is in the safetensors format and can be read back with the setting
// `weights` of a model.
type Checkpoint struct {
	Monitoring `yaml:",inline"`
	// SaveBestOnly stores only weights that are better than those stored before.
	// Otherwise the file has those of the latest epoch, and nothing is watched.
	SaveBestOnly bool `yaml:"save_best_only"`
	// Filepath is the file to write, relative to the run's record. It is written
	// anew each time. Not set, it is `checkpoint/best.safetensors` with
	// `save_best_only`, else `checkpoint/last.safetensors`.
	Filepath string `yaml:"filepath"`
}

// Monitor is the number that decides which weights are best.
func (p *Checkpoint) Monitor() (column, mode string, ok bool) {
	return p.Column, p.Mode, p.SaveBestOnly
}

// File is the file to write.
func (p *Checkpoint) File() string {
	switch {
	case p.Filepath != "":
		return p.Filepath
	case p.SaveBestOnly:
		return "checkpoint/best.safetensors"
	}
	return "checkpoint/last.safetensors"
}

// Start stores from the first epoch on.
func (p *Checkpoint) Start() Follower { return &saver{Checkpoint: p, best: p.worst()} }

type saver struct {
	*Checkpoint
	best float64
}

func (s *saver) Step(*Course, float64) {}

func (s *saver) Epoch(c *Course) error {
	if s.SaveBestOnly {
		current := c.Value(s.Column)
		if !s.improved(current, s.best, 0) {
			return nil
		}
		s.best = current
	}
	if c.Save == nil {
		return errors.New("there is no place to store checkpoints")
	}
	return c.Save(s.File(), c.Net)
}

func (s *saver) End(*Course) {}
