package optim

import (
	"embed"

	"github.com/voxelpipe/pipe/nn/kind"
)

//go:embed *.go
var sources embed.FS

var table = kind.NewTable("optimizer", sources,
	kind.Of("sgd", "optimizer: {sgd: {learning_rate: 0.01, momentum: 0.9}}", SGD{LearningRate: 0.01, Common: plain}),
	kind.Of("adam", "optimizer: adam", adamDefaults(plain)),
	kind.Of("adamw", "optimizer: {adamw: {weight_decay: 0.01, exclude_from_weight_decay: [bias, gamma, beta]}}", AdamW{adamDefaults(decaying(0.004))}),
	kind.Of("rmsprop", "optimizer: {rmsprop: {momentum: 0.9}}", RMSprop{LearningRate: 1e-3, Rho: 0.9, Epsilon: 1e-7, Common: plain}),
	kind.Of("adagrad", "optimizer: {adagrad: {learning_rate: 0.01}}", Adagrad{LearningRate: 1e-3, InitialAccumulatorValue: 0.1, Epsilon: 1e-7, Common: plain}),
	kind.Of("nadam", "optimizer: nadam", Nadam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, Common: plain}),
	kind.Of("lion", "optimizer: {lion: {learning_rate: 1e-4, weight_decay: 0.01}}", Lion{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.99, Common: plain}),
)

// Table lists the optimizers a config can write.
func Table() *kind.Table { return table }

var schedules = kind.NewTable("schedule", sources,
	kind.Of("constant", "schedule: {constant: {warmup: 2}}", Constant{}),
	kind.Of("step", "schedule: {step: {boundaries: [30, 60], gamma: 0.1}}", Step{Gamma: 0.1}),
	kind.Of("exponential", "schedule: {exponential: {decay_rate: 0.9}}", Exponential{DecayEpochs: 1}),
	kind.Of("cosine", "schedule: {cosine: {warmup: 2}}", Cosine{}),
	kind.Of("polynomial", "schedule: {polynomial: {end_learning_rate: 1e-5, power: 2}}", Polynomial{EndLearningRate: 1e-4, Power: 1}),
	kind.Of("one_cycle", "schedule: one_cycle", OneCycle{DivFactor: 25, FinalDivFactor: 1e4, AnnealStrategy: "cos"}),
)

// Schedules lists the schedules a config can write.
func Schedules() *kind.Table { return schedules }

// adamDefaults are those of adam, with common settings.
func adamDefaults(common Common) Adam {
	return Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, Common: common}
}
