package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// OUT020 is reported by the train stage, which reads the weights.
var OUT020 = &Rule{Code: &diag.Code{
	ID: "OUT020", Severity: diag.Error,
	Title: "the class weights and the labels have different classes",
	Means: "`class_weight` gives a weight to a class that the labels do not have, or to none of some class.",
	Why:   "Labels that count from 0 and weights that count from 1 would weigh every class with its neighbour's weight.",
	Ways:  []string{"write one weight for each class, by its name or by its id, which counts from 0", "`class_weight: balanced`, which works the weights out"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, class_weight: {1: 1.0, 2: 3.0}}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, class_weight: {0: 1.0, 1: 3.0}}"),
}}
