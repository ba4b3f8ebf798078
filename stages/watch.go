package stages

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/epochlog"
	"github.com/voxelpipe/pipe/stages/rules"
)

// watched is an observer that has the rules on logs look at every epoch while
// the training goes on. What they find is a warning here: the run has gone too
// far to be refused.
type watched struct {
	train.Observer
	site  pipeline.Site
	rules rules.LogWatch
	log   rules.Log
	// single says that each example has one answer.
	single bool
}

// watch follows a training with the rules on logs.
func (s *Train) watch(r *pipeline.Run, v *pipeline.Volumes, m *pipeline.Model, to train.Observer) train.Observer {
	return &watched{Observer: to, site: asWarnings{r}, log: s.logOf(v, m), single: v.Is.Labels.Kind != pipeline.Mask}
}

// logOf is the log of a training that has not begun.
func (s *Train) logOf(v *pipeline.Volumes, m *pipeline.Model) rules.Log {
	classes := v.Is.Labels.Classes
	if found, ok := rules.Classify(v.Is); classes == 0 && ok {
		classes = len(found.Names)
	}
	return rules.Log{
		Log: &epochlog.Log{}, Loss: s.LossName(), Classes: classes,
		TrainShares: sharesOf(v, trainingPart(v.Is)), ValidationShares: sharesOf(v, pipeline.Validation),
		Regularized: regularized(m), Restored: s.keepsTheBest(),
	}
}

// LossName is the loss as the language writes it.
func (s *Train) LossName() string {
	name, _ := loss.Table().NameOf(s.Loss)
	return name
}

// Begin passes the plan on.
func (w *watched) Begin(plan train.Plan) {
	w.Observer.Begin(plan)
	w.log.Steps, w.log.Planned = plan.Steps, plan.Epochs
	if w.single {
		w.log.Examples, w.log.Validated = plan.Examples, plan.Validation
	}
}

// Epoch passes an epoch on and looks at all so far.
func (w *watched) Epoch(e train.EpochResult) {
	w.Observer.Epoch(e)
	l := w.log.Log
	l.Columns = slices.Clone(e.Columns)
	l.Epochs = append(l.Epochs, e.Epoch)
	l.Rows = append(l.Rows, slices.Clone(e.Values))
	l.Given = append(l.Given, slices.Repeat([]bool{true}, len(e.Values)))
	w.log.Ended = e.Epoch == e.Epochs
	w.rules.Look(w.site, &w.log)
}

// End passes the end on; a training that was stopped has ended too.
func (w *watched) End(e train.Ending) {
	w.Observer.End(e)
	if !w.log.Ended && e.Err == nil && len(w.log.Rows) > 0 {
		w.log.Ended = true
		w.rules.Look(w.site, &w.log)
	}
}

// asWarnings takes errors for warnings.
type asWarnings struct{ *pipeline.Run }

func (w asWarnings) Report(d diag.Diagnostic) { w.ReportUnless(nil, d) }

func (w asWarnings) ReportUnless(allowed []diag.Allow, d diag.Diagnostic) {
	if d.Severity == diag.Error {
		d = d.As(diag.Warning)
	}
	w.Run.ReportUnless(allowed, d)
}

// sharesOf are the classes' shares in a partition; nil where they cannot be
// counted. Of labels that were never encoded the values are the classes.
func sharesOf(v *pipeline.Volumes, partition string) []float64 {
	counts := classCounts(v, v.Members(partition))
	if found, ok := rules.Classify(v.Is); counts == nil && ok {
		counts = found.Counts(v.Members(partition))
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	if total == 0 {
		return nil
	}
	shares := make([]float64, len(counts))
	for k, n := range counts {
		shares[k] = float64(n) / float64(total)
	}
	return shares
}

// regularized says whether a network is held back in training only.
func regularized(m *pipeline.Model) bool {
	for i := range m.Graph.Nodes {
		switch m.Graph.Nodes[i].Spec.(type) {
		case *layers.Dropout, *layers.SpatialDropout3D, *layers.GaussianNoise, *layers.BatchNorm:
			return true
		}
	}
	return false
}

// keepsTheBest says whether the best epoch's weights are given back at the end.
func (s *Train) keepsTheBest() bool {
	return slices.ContainsFunc(s.Callbacks, func(c train.Callback) bool {
		early, is := c.(*train.EarlyStopping)
		return is && early.RestoreBestWeights
	})
}
