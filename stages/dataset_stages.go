package stages

import "github.com/voxelpipe/pipe/nn/kind"

// datasetStages lists the stages that take a dataset and give one.
func datasetStages() []kind.Kind {
	return []kind.Kind{
		kind.Of("reshape", "reshape: {expand_dims: -1}", Reshape{}),
		kind.Of("transpose", "transpose: {order: [depth, height, width, channel]}", Transpose{}),
		kind.Of("cast", "cast: {dtype: float32}", Cast{}),
		kind.Of("clip", "clip: {percentiles: [1, 99]}", Clip{}),
		kind.Of("normalize", "normalize: {method: min_max}", normalizeDefaults),
		kind.Of("label_encode", "label_encode: {classes: [healthy, tumour]}", labelEncodeDefaults),
		kind.Of("split", "split: {train: 0.7, validation: 0.15, test: 0.15, stratify: true}", splitDefaults),
	}
}
