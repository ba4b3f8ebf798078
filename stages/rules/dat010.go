package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// DAT010 finds channels that say nothing, or what another one says.
var DAT010 = &Rule{Code: dat010, Voxels: func(s pipeline.Site, v *Scan) {
	r := v.stored()
	if r.Channels < 2 || len(v.training()) == 0 {
		return
	}
	report := func(label string) {
		s.Report(diag.New(dat010, v.Dataset.ExamplesAt.Span, label).
			Note("channels count from 0; so it is in all %d training examples", len(v.training())).
			Suggest("save the volumes without this channel, or name the right files for it"))
	}
	always := func(is func(channels []scan.Channel) bool) bool {
		for _, i := range v.training() {
			if !is(r.Examples[i].Channels) {
				return false
			}
		}
		return true
	}
	for c := range r.Channels {
		of := r.Over(v.training(), c)
		if of.Constant() {
			report(fmt.Sprintf("channel %d is %g everywhere", c, of.Min))
			continue
		}
		for other := range c {
			if always(func(channels []scan.Channel) bool { return channels[c].Hash == channels[other].Hash }) {
				report(fmt.Sprintf("channel %d is the same as channel %d", c, other))
				break
			}
		}
	}
}}

var dat010 = &diag.Code{
	ID: "DAT010", Severity: diag.Warning,
	Title: "a channel says nothing of its own",
	Means: "A channel is the same number in every voxel of every training example, or the same as another channel, voxel for voxel.",
	Why:   "It costs memory and time and adds nothing. More often than not it was meant to be another sequence or modality, and the wrong file was read for it.",
	Ways:  []string{"name the right files when the channels are put together", "save the volumes without the channel", "`allow: {DAT010: reason}` beside the train stage, if pretrained weights want three equal channels"},
}
