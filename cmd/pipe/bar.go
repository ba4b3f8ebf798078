package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar is the line of a training on a terminal: how far it is, its numbers, and
// how long it will take.
type bar struct {
	on    *progressbar.ProgressBar
	width int
}

// barWidth is that of the bar itself, timesWidth what the times behind it take.
const (
	barWidth     = 20
	timesWidth   = 30
	usualColumns = 80
)

func newBar(to io.Writer, steps int) *bar {
	columns := usualColumns
	if file, ok := to.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			columns = width
		}
	}
	return &bar{
		width: max(columns-barWidth-timesWidth, 0),
		on: progressbar.NewOptions(steps,
			progressbar.OptionSetWriter(to),
			progressbar.OptionSetWidth(barWidth),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(),
		),
	}
}

// move shows the step reached and its numbers, as far as the terminal is wide. A
// terminal that takes no more is no reason to stop a training, so errors of the
// screen are let be.
func (b *bar) move(step int, numbers string) {
	if text := []rune(numbers); len(text) > b.width {
		numbers = string(text[:b.width])
	}
	b.on.Describe(numbers)
	_ = b.on.Set(step)
}

func (b *bar) clear() { _ = b.on.Clear() }

func (b *bar) draw() { _ = b.on.RenderBlank() }
