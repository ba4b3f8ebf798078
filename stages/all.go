// Package stages holds the stages: one file each, with its settings, its check
// and its work. The doc comments of the settings structs are the manual that
// users read.
//
// What a config can write is listed here, and nowhere else.
package stages

import (
	"cmp"
	"embed"
	"reflect"
	"slices"
	"sync"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/penalty"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages/rules"
)

//go:embed *.go
var sources embed.FS

// Table lists the stages, in the order in which a pipeline has them.
func Table() *kind.Table { return stageTable() }

var stageTable = sync.OnceValue(func() *kind.Table {
	return kind.NewTable("stage", sources, slices.Concat(sourceStages(), datasetStages(), modelStages())...)
})

// modelStages lists the stages around models.
func modelStages() []kind.Kind {
	return []kind.Kind{
		kind.Of("model", "model: {layers: [flatten, dense: {units: 2, activation: softmax}]}", Model{}),
		kind.Of("train", "train: {optimizer: adam, loss: categorical_crossentropy, metrics: [accuracy], epochs: 10}", trainDefaults),
		kind.Of("evaluate", "evaluate: {on: test}", evaluateDefaults),
		kind.Of("predict", "predict: {output: predictions.csv}", predictDefaults),
		kind.Of("export", "export: {format: safetensors, output: mri.safetensors}", exportDefaults),
	}
}

// Language is what a config can write.
func Language() pipeline.Language { return language() }

var language = sync.OnceValue(func() pipeline.Language {
	return pipeline.Language{Stages: Table(), Decoder: spec.NewDecoder(Families()).Allowing(Codes()).Knowing(habits())}
})

// Families lists the tables of all that a setting may name, by the type of the
// setting.
func Families() map[reflect.Type]*kind.Table {
	return map[reflect.Type]*kind.Table{
		reflect.TypeFor[nn.Unit]():           layers.Table(),
		reflect.TypeFor[layers.Activation](): layers.Activations(),
		reflect.TypeFor[nn.Initializer]():    initial.Table(),
		reflect.TypeFor[nn.Regularizer]():    penalty.Table(),
		reflect.TypeFor[loss.Loss]():         loss.Table(),
		reflect.TypeFor[optim.Optimizer]():   optim.Table(),
		reflect.TypeFor[optim.Schedule]():    optim.Schedules(),
		reflect.TypeFor[metric.Metric]():     metric.Table(),
		reflect.TypeFor[train.Callback]():    train.Callbacks(),
	}
}

// Codes lists every diagnostic there is, in the order of the codes.
func Codes() []*diag.Code {
	codes := slices.Concat(spec.Codes(), pipeline.Codes(), rules.Codes(), fileCodes, datasetCodes, modelCodes)
	slices.SortFunc(codes, func(a, b *diag.Code) int { return cmp.Compare(a.ID, b.ID) })
	return codes
}
