package stages

import "github.com/voxelpipe/pipe/pipeline/diag"

// modelCodes are the diagnostics of the stages around models, beyond those of
// the rules.
var modelCodes = []*diag.Code{GRA131, GRA132, GRA133, GRA134, GRA135, GRA136, GRA137, GRA138, GRA139, GRA140, YML131, YML132}

// The diagnostics of layers that do not fit together, and of stages that are
// given something they cannot use.
var (
	GRA131 = &diag.Code{
		ID: "GRA131", Severity: diag.Error,
		Title: "a layer does not take this many axes",
		Means: "The layer is made for an input with another number of axes: a convolution takes a volume with channels, a dense layer a row of features.",
		Why:   "The layer above it has removed or added axes, so there is nothing left to slide over, or too much.",
		Ways:  []string{"move the layer in front of the one that changes the number of axes", "put a `reshape` layer between the two"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model:
      layers:
        - flatten
        - conv3d: {filters: 4, kernel_size: 3}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model:
      layers:
        - conv3d: {filters: 4, kernel_size: 3}
        - flatten
`,
	}
	GRA132 = &diag.Code{
		ID: "GRA132", Severity: diag.Error,
		Title: "branches of different shapes meet",
		Means: "A layer that joins the outputs of several layers, value by value or along one axis, is given shapes that differ where they have to be equal. Value by value, an input is repeated along axes where it has size 1; any other size must be the same in all.",
		Why:   "There would be values without a partner.",
		Ways:  []string{"use the same strides, padding and filters in both branches", "for `residual`, `shortcut: projection`, which brings the input to the shape of the output"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model:
      layers:
        - {conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, id: first}
        - {conv3d: {filters: 8, kernel_size: 3, padding: same}, id: second}
        - {add: {}, from: [first, second]}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model:
      layers:
        - {conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}, id: first}
        - {conv3d: {filters: 8, kernel_size: 3, padding: same}, id: second}
        - {add: {}, from: [first, second]}
`,
	}
	GRA133 = &diag.Code{
		ID: "GRA133", Severity: diag.Error,
		Title: "the dataset has no labels that a model can learn",
		Means: "Training and evaluation compare what the model says with the labels. The dataset was loaded without them, or with names that no stage has turned into classes.",
		Why:   "There is nothing to compare with.",
		Ways:  []string{"name the labels in `load`", "for names, put `label_encode` above the model"},
		Fails: `version: 1
stages:
  - load: {volumes: heads.npy, shape: [40, 8, 8, 8, 1], dtype: float32}
  - model: {layers: [global_average_pool3d, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}
`,
		Mended: `version: 1
stages:
  - load: {volumes: heads.npy, labels: labels.npy, shape: [40, 8, 8, 8, 1], dtype: float32}
  - model: {layers: [global_average_pool3d, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}
`,
	}
	GRA134 = &diag.Code{
		ID: "GRA134", Severity: diag.Error,
		Title: "the dataset is not like the one the model was built for",
		Means: "A model is built for examples of one shape. The stage is given the model, or a trained one, together with a dataset whose examples have another shape or other classes.",
		Why:   "The first layer could not take the examples, or the numbers of the classes would mean something else.",
		Ways:  []string{"lead both through the same stages", "build a model for this dataset"},
		Fails: `version: 1
stages:
  - {phantom: {samples: 40, size: [8, 8, 8]}, id: small}
  - {phantom: {samples: 40, size: [16, 16, 16]}, id: large}
  - {model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}, from: small}
  - {train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}, from: [large, model]}
`,
		Mended: `version: 1
stages:
  - {phantom: {samples: 40, size: [8, 8, 8]}, id: small}
  - {phantom: {samples: 40, size: [16, 16, 16]}, id: large}
  - {model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}, from: small}
  - {train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}, from: [small, model]}
`,
	}
	GRA135 = &diag.Code{
		ID: "GRA135", Severity: diag.Error,
		Title: "the dataset has no such partition",
		Means: "`on` names a part of the dataset that no stage has made, or that has no examples. A dataset that was not split has only `all`.",
		Why:   "Numbers measured on no examples look like perfect ones: a loss of 0.",
		Ways:  []string{"name a part that there is", "give the `split` stage that part", "`on: all`, for a dataset that is a test set as a whole"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - split: {train: 0.8, validation: 0.2}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}
  - evaluate: {on: test}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - split: {train: 0.6, validation: 0.2, test: 0.2}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}
  - evaluate: {on: test}
`,
	}
	GRA136 = &diag.Code{
		ID: "GRA136", Severity: diag.Error,
		Title: "the model was never trained",
		Means: "The stage takes a trained model, or one that has its `weights` from a file. It is given a model whose weights are as they were drawn.",
		Why:   "What it says would be random.",
		Ways:  []string{"put a `train` stage above it", "give the model its `weights`"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - evaluate: {on: all}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}], weights: trained.safetensors}
  - evaluate: {on: all}
`,
	}
	GRA137 = &diag.Code{
		ID: "GRA137", Severity: diag.Error,
		Title: "a name that no weight has",
		Means: "`freeze` and `skip` name layers that the model does not have, or that have no weights; or `rename` names an array that the file does not have, or leads one to a name that the model does not have.",
		Why:   "The layers that were meant would be trained, or start at random, and nothing would show it.",
		Ways:  []string{"mend the name: `pipe summary` lists the layers, `pipe plan` what the file has beside", "`*` stands for any text"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - model:
      layers: [flatten, {dense: {units: 8, activation: relu}, id: hidden}, {dense: {units: 2, activation: softmax}, id: head}]
      weights: {file: pretrained.safetensors, freeze: [hiden]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - model:
      layers: [flatten, {dense: {units: 8, activation: relu}, id: hidden}, {dense: {units: 2, activation: softmax}, id: head}]
      weights: {file: pretrained.safetensors, freeze: [hidden]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}
`,
	}
	GRA138 = &diag.Code{
		ID: "GRA138", Severity: diag.Warning,
		Title: "layers are frozen at their random start",
		Means: "`freeze` names layers for which the file has no weights. They keep the random weights that they were drawn with.",
		Why:   "Frozen layers are meant to bring what they have learnt; these have learnt nothing, and never will.",
		Ways:  []string{"lead the names in the file to the layers with `rename`", "freeze only layers that load"},
	}
	GRA139 = &diag.Code{
		ID: "GRA139", Severity: diag.Error,
		Title: "an ONNX file holds what has no layer here",
		Means: "The file is sound, but an operator in it is none that a layer here stands for, or has settings that the layer does not have: a convolution over images, another interpolation, an array that multiplies voxel by voxel. Read are Conv, ConvTranspose, MaxPool, AveragePool, GlobalAveragePool, GlobalMaxPool, ReduceMean and ReduceMax over a volume, Gemm, MatMul and Add, BatchNormalization, InstanceNormalization (of groups too), LayerNormalization, Relu, LeakyRelu, PRelu, Elu, Selu, Gelu, Sigmoid, Tanh, Softmax, Softplus, Clip from 0, what activations are made of (Erf, Div, Mul, …), Add, Sub, Mul, Sum, Mean, Max, Concat, Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Resize and Upsample to whole multiples, Pad with zeros, Dropout, Identity, Constant, and the whole numbers that lead to their shapes.",
		Why:   "A network with something left out would give other numbers than the file's.",
		Ways:  []string{"export the network with operators that there are layers for", "save it with its weights inside the file, not as external data", "write the layers yourself, and take what weights fit with `weights`"},
	}
	GRA140 = &diag.Code{
		ID: "GRA140", Severity: diag.Error,
		Title: "the examples are not what an ONNX file takes",
		Means: "The file declares the sizes of its input, and the dataset's examples have others. Other programs put the channels in front, [N, C, D, H, W]; here they are last, [N, D, H, W, C], and the layers are turned round to match.",
		Why:   "The layers behind would run out of voxels, or their weights would not fit.",
		Ways:  []string{"bring the volumes to the shape that the message shows, with `reshape`, `transpose` or `resize`", "export the network with open (dynamic) sizes, if it takes volumes of any size"},
	}
	YML131 = &diag.Code{
		ID: "YML131", Severity: diag.Error,
		Title: "settings of a layer that do not go together",
		Means: "Each of the layer's settings is right by itself, but they exclude one another, or do not fit the input: filters that cannot be cut into equal groups, an axis that the input does not have, sizes that make the layer larger than any machine can hold.",
		Why:   "No layer can be built from them.",
		Ways:  []string{"change one of the settings that the message shows"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model:
      layers:
        - conv3d: {filters: 4, kernel_size: 3, strides: 2, dilation_rate: 2}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model:
      layers:
        - conv3d: {filters: 4, kernel_size: 3, strides: 2}
`,
	}
	YML132 = &diag.Code{
		ID: "YML132", Severity: diag.Error,
		Title: "a file format that cannot hold the output",
		Means: "The ending of `output` decides how the file is written. Predictions are written as .csv, .npy or .npz, weights as .safetensors.",
		Why:   "A file whose ending promises something else than its bytes cannot be opened by other tools.",
		Ways:  []string{"use one of the endings that the message names"},
		Fails: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}
  - predict: {output: predictions.xlsx}
`,
		Mended: `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}
  - predict: {output: predictions.csv}
`,
	}
)
