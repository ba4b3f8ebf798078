package main

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
)

// fits refuses a run whose models or trainings need more memory than the machine
// has: begun, the program would be ended by the system without a word. A machine
// that does not say how much it has is believed to have enough.
func fits(checked *pipeline.Checked, until string, machine int) error {
	if machine <= 0 {
		return nil
	}
	trainings := map[string]training{}
	for _, t := range trainingsOf(checked) {
		trainings[t.id] = t
	}
	wanted := checked.Wanted(until)
	for i, n := range checked.Nodes {
		if !wanted[i] {
			continue
		}
		if t, trains := trainings[n.ID]; trains {
			if m := t.memory(); m != nil && m.Total > machine {
				return tooLarge(fmt.Sprintf("%s takes", n.ID), m.Total, machine, fmt.Sprintf(": %s for the weights, %s for gradients and the optimizer, %s for the activations of %s",
					bytesText(m.Weights), bytesText(m.Optimizer), bytesText(m.Activations), number(t.settings.BatchSize, "example")))
			}
			continue
		}
		if m, is := checked.Types[i].(*pipeline.Model); is {
			trained, fixed := parameters(m)
			weights, known := trained.Add(fixed).Times(bytesPerValue).Known()
			if known && weights > machine {
				return tooLarge(fmt.Sprintf("the weights of %s take", n.ID), weights, machine, "")
			}
		}
	}
	return nil
}

func tooLarge(what string, needed, machine int, parts string) error {
	return &trouble{
		code:    exitFailed,
		problem: fmt.Sprintf("%s %s of memory, this machine has %s%s", what, bytesText(needed), bytesText(machine), parts),
		help:    "make the batch_size or the layers smaller, or pool more often; `pipe summary` shows what each layer takes",
	}
}

func bytesText(n int) string { return memoryText(shape.Of(n)) }
