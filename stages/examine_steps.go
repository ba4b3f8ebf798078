package stages

import (
	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// examineSteps looks at what the first steps of the training do, unless its
// voxels are no numbers: nothing could be learnt from those. What they showed is
// noted, whether or not anything is wrong.
func (s *Train) examineSteps(r *pipeline.Run, v *pipeline.Volumes, model *pipeline.Network, scanned *rules.Scan) error {
	if _, wrong := rules.NotFinite(v.Is, scanned.Fed); wrong {
		return nil
	}
	is := r.Promised.(*pipeline.Trained).Model
	task := rules.TaskOf(v.Is, is, s.Loss)
	meant := rules.LossOf(v.Is, is, s.Loss)
	targets, err := targetsOf(v, meant, task.Outputs)
	if err != nil {
		return err
	}
	set := train.Set{X: v.Source, Y: targets, W: v.Weights, Examples: v.Members(trainingPart(v.Is))}
	found, err := probe.Run(r.Context, probe.Subject{Net: model.Net, Training: set, Settings: s.settings(task, r.Seed), Pool: r.Pool})
	if err != nil {
		return err
	}
	p := &rules.Probes{
		Found: found, Dataset: v.Is, Model: is, Loss: meant, LossName: s.LossName(), Task: task, Optimizer: s.Optimizer,
		Epochs: s.Epochs, BatchSize: s.BatchSize, Examples: len(set.Examples), Started: is.Start != nil,
	}
	if features, ok := scanned.Features(); ok {
		p.Baselines = features.Baselines()
	}
	rules.CheckSteps(r, p)
	for _, fact := range p.Facts() {
		r.Watch.Note(r.Node, fact)
	}
	return nil
}
