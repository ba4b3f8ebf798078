package train

import (
	"fmt"
	"time"
)

// TimeLimit ends training when it has taken long enough, as if it were done: the
// weights are saved and the stages below run. `hours`, `minutes` and `seconds` are
// added up.
type TimeLimit struct {
	// Hours of the limit.
	Hours float64 `yaml:"hours" validate:"gte=0,required_without_all=Minutes Seconds"`
	// Minutes of the limit.
	Minutes float64 `yaml:"minutes" validate:"gte=0"`
	// Seconds of the limit.
	Seconds float64 `yaml:"seconds" validate:"gte=0"`
	// When the time is looked at: after each epoch, so that training ends with a whole
	// one and may take up to an epoch longer; or after each step, so that it ends on
	// time, in the middle of an epoch that is not validated.
	Interval string `yaml:"interval" validate:"oneof=epoch step"`
}

// Monitor watches no column.
func (*TimeLimit) Monitor() (column, mode string, ok bool) { return "", "", false }

// Limit is the whole time.
func (l *TimeLimit) Limit() time.Duration {
	return time.Duration((l.Hours*3600 + l.Minutes*60 + l.Seconds) * float64(time.Second))
}

// Start starts the clock.
func (l *TimeLimit) Start() Follower { return l.start(time.Now) }

func (l *TimeLimit) start(now func() time.Time) *timer {
	return &timer{TimeLimit: l, now: now, began: now()}
}

type timer struct {
	*TimeLimit
	now   func() time.Time
	began time.Time
}

func (t *timer) Step(c *Course, _ float64) {
	if t.Interval == "step" {
		t.look(c)
	}
}

func (t *timer) Epoch(c *Course) error {
	t.look(c)
	return nil
}

func (t *timer) look(c *Course) {
	if t.now().Sub(t.began) >= t.Limit() {
		c.Stop(fmt.Sprintf("the time limit of %s is over", t.Limit()))
	}
}

func (t *timer) End(*Course) {}
