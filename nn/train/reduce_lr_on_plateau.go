package train

// ReduceLROnPlateau lowers the learning rate when a watched number has stopped
// improving: smaller steps often get a little further where larger ones jump
// about. It is Keras' ReduceLROnPlateau.
//
// It can't be used together with a `schedule`, which decides the learning rate
// of every step. The history has a column learning_rate with that of each epoch.
type ReduceLROnPlateau struct {
	Monitoring `yaml:",inline"`
	// What the learning rate is multiplied by.
	Factor float64 `yaml:"factor" validate:"gt=0,lt=1"`
	// How many epochs without improvement it takes.
	Patience int `yaml:"patience" validate:"gte=0"`
	// By how much the number has to be better to count as an improvement.
	MinDelta float64 `yaml:"min_delta" validate:"gte=0"`
	// For how many epochs after a change none are counted.
	Cooldown int `yaml:"cooldown" validate:"gte=0"`
	// Below which the learning rate is not lowered.
	MinLR float64 `yaml:"min_lr" validate:"gte=0"`
}

// Monitor is the number that is watched.
func (r *ReduceLROnPlateau) Monitor() (column, mode string, ok bool) { return r.Column, r.Mode, true }

// Tunes says that it changes the learning rate.
func (*ReduceLROnPlateau) Tunes() {}

// Start watches from the first epoch on.
func (r *ReduceLROnPlateau) Start() Follower { return &plateau{ReduceLROnPlateau: r, best: r.worst()} }

// plateau is Keras' ReduceLROnPlateau at work, step for step.
type plateau struct {
	*ReduceLROnPlateau
	best float64
	// waited epochs without improvement, cooling those in which none are counted.
	waited, cooling int
}

func (p *plateau) Step(*Course, float64) {}

func (p *plateau) Epoch(c *Course) error {
	if p.cooling > 0 {
		p.cooling--
		p.waited = 0
	}
	current := c.Value(p.Column)
	switch {
	case p.improved(current, p.best, p.MinDelta):
		p.best, p.waited = current, 0
	case p.cooling == 0:
		p.waited++
		if p.waited >= p.Patience && c.Rate > p.MinLR {
			c.Rate = max(c.Rate*p.Factor, p.MinLR)
			p.cooling, p.waited = p.Cooldown, 0
		}
	}
	return nil
}

func (p *plateau) End(*Course) {}
