package stages

import (
	"errors"
	"fmt"
	"io"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/epochlog"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Train trains a model on the training partition of a dataset.
//
// After each epoch the model is measured on the validation partition, if there
// is one. A dataset that was not split is trained on as a whole, and nothing is
// measured but the training itself.
//
// Before the first epoch the classes of every partition are counted, by examples or
// by voxels. Behind it stands what the metrics have to beat: what each of them is
// for an answer that never changes (the largest class, the mean), and 1/K for an
// accuracy over K classes.
//
// Where load gives weights of examples or of voxels (sample_weight), the loss of each
// is multiplied with its weight, and with that of its class.
//
// While the examples are read into memory, every voxel is looked at. Voxels that
// are NaN or infinite end the run before the first step; what else may keep the
// network from learning (empty volumes, the same volume in two partitions or with
// two labels, values far too large) is told, and ends a run with --strict. What is
// found is kept by the content of the files, as pipe doctor says, and files that are
// unchanged are not looked at again.
//
// The run's record gets the weights (model.safetensors), the numbers of every
// epoch (history.csv) and all that the model's inputs need (preprocessing.json).
// A run that is interrupted saves the weights it has reached.
type Train struct {
	// What changes the weights along the gradient of the loss: a name, or a map of
	// the name to its settings, such as {adam: {learning_rate: 1e-3}}.
	Optimizer optim.Optimizer `yaml:"optimizer" validate:"required"`
	// How wrong an output is. It decides what the last activation and the labels
	// have to be.
	Loss loss.Loss `yaml:"loss" validate:"required"`
	// What is measured beside the loss, on both partitions.
	Metrics []metric.Metric `yaml:"metrics"`
	// How often the training partition is gone through. It has to be written.
	Epochs int `yaml:"epochs" elsewhere:"max_epochs,nb_epoch,n_epochs,num_epochs"`
	// The number of examples in each step.
	BatchSize int `yaml:"batch_size" validate:"min=1"`
	// Whether the training examples are in another order in each epoch. Which
	// examples are trained on is not this setting's but the split's.
	Shuffle bool `yaml:"shuffle"`
	// Whether the last batch of an epoch is left out if it is not full. Only training
	// batches are ever dropped.
	DropLast bool `yaml:"drop_last"`
	// Whether some classes count more than others: none; balanced, which gives every
	// class the same weight as a whole, n / (K × count) for each of its examples; or
	// a map of the classes, by name or by id, to their weights. Of masks every voxel
	// is weighed. As in Keras the validation is not weighed.
	ClassWeight ClassWeight `yaml:"class_weight"`
	// What looks at the numbers after each epoch: to stop early, to keep the best
	// weights, to lower the learning rate, to write them somewhere else too.
	Callbacks []train.Callback `yaml:"callbacks"`
	// How the learning rate goes from step to step, starting at the optimizer's; not
	// set, it stays there. Everything in a schedule is counted in epochs, of which 0.5
	// is half of one. The history then has a column learning_rate, with that of each
	// epoch's last step.
	Schedule optim.Schedule `yaml:"schedule"`
	// How the gradient of each step is kept short; not set, it is left as it is.
	GradientClip *GradientClip `yaml:"gradient_clip"`
}

// GradientClip keeps the gradient of a step short. Write one of its settings.
type GradientClip struct {
	// The longest that the gradient of all weights together may be: a longer one is
	// scaled down as a whole and keeps its direction. It is global_clipnorm in Keras,
	// and clip_grad_norm_ in PyTorch, which adds 1e-6 to the length.
	Norm *float64 `yaml:"norm" validate:"omitempty,gte=0,required_without_all=NormEach Value,excluded_with=NormEach Value"`
	// The longest that the gradient of each weight, such as one kernel, may be by
	// itself: clipnorm in Keras.
	NormEach *float64 `yaml:"norm_each" validate:"omitempty,gte=0,excluded_with=Value"`
	// The largest that each number of the gradient may be, up or down: clipvalue in
	// Keras.
	Value *float64 `yaml:"value" validate:"omitempty,gte=0"`
}

// thresholds are those that are set.
func (g *GradientClip) thresholds() []rules.Clip {
	if g == nil {
		return nil
	}
	var set []rules.Clip
	for setting, at := range map[string]*float64{"norm": g.Norm, "norm_each": g.NormEach, "value": g.Value} {
		if at != nil {
			set = append(set, rules.Clip{Setting: setting, At: *at})
		}
	}
	return set
}

// trainDefaults are the settings that a config need not write.
var trainDefaults = Train{BatchSize: 32, Shuffle: true}

// Takes a dataset and a model.
func (*Train) Takes() []pipeline.Want {
	return []pipeline.Want{{pipeline.DatasetFamily}, {pipeline.ModelFamily}}
}

// Gives a trained model.
func (*Train) Gives() pipeline.Family { return pipeline.TrainedFamily }

// Check compares the loss, the end of the model and the labels with one another,
// and all else that meets here.
func (s *Train) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	d, m := in[0].(*pipeline.Dataset), in[1].(*pipeline.Model)
	if !alike(c, d, m) || !labelled(c, d) {
		return nil
	}
	task := rules.TaskOf(d, m, s.Loss)
	meant := rules.LossOf(d, m, s.Loss)
	_, validated := d.Partition(pipeline.Validation)
	settings := s.settings(task, 0)
	rules.CheckTraining(c, &rules.Training{
		Dataset: d, Model: m, Loss: meant, Metrics: s.Metrics, Task: task, Callbacks: s.Callbacks,
		Columns: train.Measured(settings, validated), Epochs: s.Epochs, BatchSize: s.BatchSize, DropLast: s.DropLast,
		Optimizer: s.Optimizer, Schedule: s.Schedule, Clips: s.GradientClip.thresholds(), ClassWeights: s.ClassWeight.weights,
	})
	s.ClassWeight.check(c, d, task)
	s.checkSchedule(c)
	s.checkAverages(c)
	if c.Failed() {
		return nil
	}
	return &pipeline.Trained{Model: m, Dataset: d, Loss: s.Loss, Metrics: s.Metrics, Columns: train.Columns(settings, validated), At: c.Origin()}
}

// settings are those of the training itself.
func (s *Train) settings(task metric.Task, seed uint64) train.Settings {
	settings := train.Settings{
		Loss: s.Loss, Optimizer: s.Optimizer, Schedule: s.Schedule, Metrics: s.Metrics, Task: task, Callbacks: s.Callbacks,
		Epochs: s.Epochs, BatchSize: s.BatchSize, Shuffle: s.Shuffle, DropLast: s.DropLast, Seed: seed,
	}
	if clip := s.GradientClip; clip != nil {
		if clip.Norm != nil {
			settings.ClipNorm = *clip.Norm
		}
		if clip.NormEach != nil {
			settings.ClipNormEach = *clip.NormEach
		}
		if clip.Value != nil {
			settings.ClipValue = *clip.Value
		}
	}
	return settings
}

// Run trains. The weights are saved whatever ends the training: an interruption
// keeps what was reached.
func (s *Train) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v, model := in[0].(*pipeline.Volumes), in[1].(*pipeline.Network)
	is := *r.Promised.(*pipeline.Trained)
	is.Dataset = v.Is
	net := model.Net.Copy() // a model can be trained more than once, each time from where it started
	task := rules.TaskOf(v.Is, is.Model, s.Loss)
	measured := examination{loss: s.Loss, assumed: rules.LossOf(v.Is, is.Model, s.Loss), metrics: s.Metrics, task: task}
	targets, err := targetsOf(v, measured.assumed, task.Outputs)
	if err != nil {
		return nil, err
	}
	training, scanned, err := s.held(r, v, train.Set{X: v.Source, Y: targets, W: v.Weights, Examples: v.Members(trainingPart(v.Is))})
	if err != nil {
		return nil, err
	}
	var validation *train.Set
	if members := v.Members(pipeline.Validation); len(v.Is.Partitions) > 0 && len(members) > 0 {
		validation = &train.Set{X: training.X, Y: training.Y, W: training.W, Examples: members}
	}
	tellClasses(r, v)
	tellTask(r, s.Metrics, task)
	settings := s.settings(task, r.Seed)
	if settings.ClassWeights, err = s.ClassWeight.perClass(v, training.Examples, task); err != nil {
		return nil, err
	}
	settings.Save = func(name string, net *nn.Network[float32]) error { return saveWeights(r, name, net) }
	settings.Files = recordFiles{r}
	history, err := train.Fit(r.Context, net, training, validation, settings, r.Pool, s.watch(r, v, is.Model, observe(r, v, measured, validation != nil)))
	if history != nil {
		err = errors.Join(err, s.save(r, v, net, history, fingerprint(scanned, training.Examples)))
	}
	if r.Context.Err() != nil && history != nil {
		r.Watch.Note(r.Node, fmt.Sprintf("stopped after %d of %d epochs; the weights reached are in %s", len(history.Rows), s.Epochs, r.File(weightsFile)))
	}
	var diverged *train.Diverged
	if errors.As(err, &diverged) {
		return nil, errors.Join(s.writeOrigin(r, diverged), s.divergence(r, diverged))
	}
	if err != nil {
		return nil, err
	}
	if ended := history.Diverged; ended != nil {
		r.Watch.Note(r.Node, fmt.Sprintf("the batch had the samples %s; %s has all of this", samplesOf(ended.Origin.Samples), r.File(originFile)))
		if err := s.writeOrigin(r, ended); err != nil {
			return nil, err
		}
	}
	compareWithBaselines(r, scanned, history)
	return &pipeline.TrainedNetwork{Is: &is, Net: net, History: history, Volumes: v}, nil
}

// compareWithBaselines holds the validation accuracy against what needs no network,
// where the volumes were looked at.
func compareWithBaselines(r *pipeline.Run, scanned *rules.Scan, history *train.History) {
	if scanned == nil {
		return
	}
	if features, ok := scanned.Features(); ok {
		rules.CheckBaselines(asWarnings{r}, features.Baselines(), &rules.Log{Log: &epochlog.Log{Columns: history.Columns, Rows: history.Rows}})
	}
}

// fingerprint is what the examples to train on are like; nil where they were not
// looked at.
func fingerprint(scanned *rules.Scan, examples []int) *rules.Fingerprint {
	if scanned == nil {
		return nil
	}
	return rules.FingerprintOf(scanned.Fed, examples)
}

// save writes what a training leaves behind.
func (s *Train) save(r *pipeline.Run, v *pipeline.Volumes, net *nn.Network[float32], history *train.History, voxels *rules.Fingerprint) error {
	if err := saveWeights(r, weightsFile, net); err != nil {
		return err
	}
	if err := r.Record.Write(r.File(historyFile), history.WriteCSV); err != nil {
		return err
	}
	if err := r.Record.Write(r.File(preprocessingFile), preprocessingOf(v, voxels).write); err != nil {
		return err
	}
	model := r.Promised.(*pipeline.Trained).Model
	if model.File == "" {
		return nil // the config has its layers
	}
	return r.Record.Write(r.File(layersFile), func(w io.Writer) error {
		_, err := io.WriteString(w, layersText(model.Items))
		return err
	})
}

// weightsMetadata is what a file of weights says of itself.
var weightsMetadata = map[string]string{"program": "pipe"}

// saveWeights writes the weights into a file of this stage.
func saveWeights(r *pipeline.Run, name string, net *nn.Network[float32]) error {
	return r.Record.Write(r.File(name), func(w io.Writer) error {
		return weights.Write(w, net.Params(), weightsMetadata)
	})
}

// trainingPart names the partition that is trained on: all of a dataset that was
// not split.
func trainingPart(d *pipeline.Dataset) string {
	if len(d.Partitions) == 0 {
		return pipeline.All
	}
	return pipeline.Train
}

// tellTask says which variant of each metric is meant, where its name leaves
// that open.
func tellTask(r *pipeline.Run, metrics []metric.Metric, task metric.Task) {
	for _, m := range metrics {
		if name, full := metric.Name(m), metric.Resolved(m, task); name != full {
			r.Watch.Note(r.Node, fmt.Sprintf("%s is %s", name, full))
		}
	}
}

// memoryLimit is the most that the examples of one training may take, in bytes,
// with their masks and the weights of their voxels.
const memoryLimit = 2 << 30

// held keeps examples, targets and weights in memory if they take up to 2 GiB,
// since every epoch reads them again; of a larger dataset what does not fit is
// read anew in each epoch. The numbers are the same either way. Examples that are
// held are looked at while they are read; voxels of a larger dataset are looked at
// by the doctor alone.
func (s *Train) held(r *pipeline.Run, v *pipeline.Volumes, set train.Set) (train.Set, *rules.Scan, error) {
	var scanned *rules.Scan
	left := memoryLimit
	for _, source := range []*data.Source{&set.X, &set.Y, &set.W} {
		if *source == nil {
			continue
		}
		bytes := 4 * (*source).Len() * data.Elements((*source).Shape())
		if bytes > left {
			if source == &set.X {
				r.Watch.Note(r.Node, fmt.Sprintf("the examples take %.1f GiB, more than the 2 GiB that are held in memory: they are read again in each epoch", float64(bytes)/(1<<30)))
			}
			continue
		}
		left -= bytes
		var err error
		if source == &set.X {
			*source, scanned, err = s.scanned(r, v)
		} else {
			*source, err = data.Load(r.Context, *source, r.Pool.Threads())
		}
		if err != nil {
			return set, nil, err
		}
	}
	return set, scanned, nil
}
