package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func loaded(shape, dtype, more string) string {
	return "load: {volumes: heads.npy, shape: " + shape + ", dtype: " + dtype + more + "}"
}

func TestSHP007FindsConvolutionsOfASingleVoxel(t *testing.T) {
	layers := func(pool, kernel string) string {
		return "model: {layers: [{max_pool3d: {pool_size: " + pool + "}}, {conv3d: {filters: 4, kernel_size: " + kernel + ", padding: same, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}]}"
	}
	flagged(t, rules.SHP007, pipe(twoVolumes, layers("8", "3")), "conv3d", "a single voxel is left")
	healthy(t, pipe(twoVolumes, layers("8", "1")))
	healthy(t, pipe(twoVolumes, layers("4", "3")))
}

func TestSHP007FindsPoolingsOfWhatWasCutDown(t *testing.T) {
	layers := func(padding, kernel string) string {
		return "model: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, {max_pool3d: {pool_size: 2}}, {conv3d: {filters: 4, kernel_size: " +
			kernel + ", padding: " + padding + "}}, relu, {max_pool3d: {pool_size: 2, padding: same}, id: last}, flatten, {dense: {units: 2, activation: softmax}}]}"
	}
	flagged(t, rules.SHP007, pipe(twoVolumes, layers("valid", "3")), "max_pool3d", "where something was is forgotten")
	healthy(t, pipe(twoVolumes, layers("same", "3")))
	healthy(t, pipe(twoVolumes, layers("valid", "4"))) // its window is the map: a dense layer by another name
	healthy(t, pipe("phantom: {samples: 40, size: [12, 12, 12]}"+channel, layers("valid", "3")))
}

func TestSHP013FindsManyChannels(t *testing.T) {
	flagged(t, rules.SHP013, pipe(loaded("[9, 16, 16, 8, 60]", "float32", "")), "[9, 16, 16, 8, 60]", "60 channels")
	healthy(t, pipe(loaded("[9, 16, 16, 8, 16]", "float32", "")))
	healthy(t, pipe(loaded("[9, 16, 16, 8, 60]", "float32", ", axes: [sample, depth, height, width, channel]")))
}

// A channel axis that was added twice is told where it was added.
func TestSHP002FindsAxesThatAreTooMany(t *testing.T) {
	network := "model: {layers: [{conv3d: {filters: 4, kernel_size: 3, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}]}"
	flagged(t, rules.SHP002, pipe(twoVolumes, "reshape: {expand_dims: -1}", network), "-1", "an example is [8, 8, 8, 1, 1]")
	healthy(t, pipe(twoVolumes, "reshape: {expand_dims: -1}", "reshape: {squeeze: -1}", network))
}

func TestSHP011FindsSizesInAnotherOrder(t *testing.T) {
	flagged(t, rules.SHP011, pipe(loaded("[9, 18, 64, 32]", "float32", ""), "reshape: {to: [64, 32, 18]}"), "[64, 32, 18]", "in another order")
	healthy(t, pipe(loaded("[9, 18, 64, 32]", "float32", ""), "reshape: {to: [18, 64, 32, 1]}"))
	healthy(t, pipe(loaded("[9, 18, 64, 32]", "float32", ""), "reshape: {to: [36, 32, 32]}"))
}

func TestPRE004FindsBoundsOfRawValues(t *testing.T) {
	scaled := "normalize: {method: min_max}"
	flagged(t, rules.PRE004, pipe(twoHeads, scaled, "clip: {range: [-5, 5]}"), "[-5, 5]", "cuts nothing off")
	healthy(t, pipe(twoHeads, scaled, "clip: {range: [-4, 5]}")) // nine times as wide
	healthy(t, pipe(twoHeads, scaled, "clip: {range: [0.1, 250]}"))
	healthy(t, pipe(twoHeads, "clip: {range: [-175, 250]}", scaled))
	standard := "normalize: {method: z_score}"
	flagged(t, rules.PRE004, pipe(twoHeads, standard, "clip: {range: [-100, 101]}"), "[-100, 101]", "cuts nothing off")
	healthy(t, pipe(twoHeads, standard, "clip: {range: [-95, 100]}")) // not ten times as wide as -10..10
	healthy(t, pipe(twoHeads, standard, "clip: {range: [-9, 250]}"))
	greatest := "normalize: {method: max}"
	flagged(t, rules.PRE004, pipe(loaded("[9, 8, 8, 8]", "int16", ""), greatest, "clip: {range: [0, 1000]}"), "[0, 1000]", "1000 is far above every value")
	flagged(t, rules.PRE004, pipe(loaded("[9, 8, 8, 8]", "float32", ""), greatest, "clip: {range: [-1000, 400]}"), "[-1000, 400]", "400 is far above every value")
	healthy(t, pipe(loaded("[9, 8, 8, 8]", "int16", ""), greatest, "clip: {range: [0, 10]}"))
	// What is clipped afterwards is not of a wide range for that.
	healthy(t, pipe(volume, standard, "clip: {range: [-9, 250]}", layered(conv+", "+head), training(sparse+", batch_size: 8")))
}

func TestPRE008ComparesTheTypes(t *testing.T) {
	flagged(t, rules.PRE008, pipe(loaded("[9, 8, 8, 8]", "uint16", ""), "cast: {dtype: int16}"), "int16", "int16 holds -32768 to 32767")
	healthy(t, pipe(loaded("[9, 8, 8, 8]", "uint16", ""), "clip: {range: [0, 32767]}", "cast: {dtype: int16}"))
	healthy(t, pipe(loaded("[9, 8, 8, 8]", "uint8", ""), "cast: {dtype: int16}"))
	healthy(t, pipe(loaded("[9, 8, 8, 8]", "uint16", ""), "cast: {dtype: float32}"))
}

func TestPRE009FindsAWindowOfCT(t *testing.T) {
	flagged(t, rules.PRE009, pipe(loaded("[9, 8, 8, 8]", "float32", ", modality: MRI"), "clip: {range: [-175, 250]}"), "[-175, 250]", "Hounsfield")
	healthy(t, pipe(loaded("[9, 8, 8, 8]", "float32", ", modality: ct"), "clip: {range: [-175, 250]}"))
	healthy(t, pipe(loaded("[9, 8, 8, 8]", "float32", ", modality: mri"), "clip: {range: [0, 250]}"))
	healthy(t, pipe(loaded("[9, 8, 8, 8]", "float32", ", modality: mri"), "normalize: {method: z_score}", "clip: {range: [-5, 5]}"))
}
