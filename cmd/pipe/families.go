package main

import (
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/penalty"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/stages"
)

// families lists the tables of all that a config can name, in the order in which
// a reader meets them.
func families() []*kind.Table {
	return []*kind.Table{
		stages.Table(), layers.Table(), layers.Activations(), loss.Table(), optim.Table(), optim.Schedules(),
		metric.Table(), train.Callbacks(), initial.Table(), penalty.Table(),
	}
}

// plural names a family's kinds.
func plural(family string) string {
	switch {
	case strings.HasSuffix(family, "ss"):
		return family + "es"
	case strings.HasSuffix(family, "y"):
		return strings.TrimSuffix(family, "y") + "ies"
	}
	return family + "s"
}

// layerKind is the kind of a layer in a network, as a config writes it.
func layerKind(n *nn.Node) string {
	for _, table := range []*kind.Table{layers.Table(), layers.Activations()} {
		if name, listed := table.NameOf(n.Spec); listed {
			return name
		}
	}
	return ""
}
