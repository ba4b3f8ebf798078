package train

import (
	"testing"
	"time"
)

func TestTimeLimit(t *testing.T) {
	for _, test := range []struct {
		limit       TimeLimit
		epoch, step int // where it stops, after how many steps of 10 s, 4 an epoch
		reason      string
	}{
		{TimeLimit{Minutes: 1, Seconds: 30, Interval: "epoch"}, 3, 12, "the time limit of 1m30s is over"},
		{TimeLimit{Minutes: 1, Seconds: 30, Interval: "step"}, 3, 9, "the time limit of 1m30s is over"},
		{TimeLimit{Seconds: 80, Interval: "epoch"}, 2, 8, "the time limit of 1m20s is over"},
		{TimeLimit{Hours: 0.01, Interval: "step"}, 1, 4, "the time limit of 36s is over"},
		{TimeLimit{Hours: 2, Interval: "step"}, 0, 0, ""},
	} {
		var now time.Time
		follower := test.limit.start(func() time.Time { return now })
		c := &Course{}
		var epoch, steps int
		for e := 1; e <= 5 && c.Stopped() == ""; e++ {
			for range 4 {
				now = now.Add(10 * time.Second)
				steps++
				follower.Step(c, 1)
				if c.Stopped() != "" {
					break
				}
			}
			if c.Stopped() == "" {
				if err := follower.Epoch(c); err != nil {
					t.Fatal(err)
				}
			}
			epoch = e
		}
		if c.Stopped() == "" {
			epoch, steps = 0, 0
		}
		if epoch != test.epoch || steps != test.step || c.Stopped() != test.reason {
			t.Errorf("%+v: stopped in epoch %d after %d steps because %q", test.limit, epoch, steps, c.Stopped())
		}
	}
}
