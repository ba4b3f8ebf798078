package stages_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
)

// network is a list of layers that an author is writing.
type network struct {
	*author
	layers []string
	sizes  []int
	// kept says that the spatial sizes may not change: the labels are masks.
	kept  bool
	named int
}

func (n *network) add(format string, arguments ...any) {
	n.layers = append(n.layers, fmt.Sprintf(format, arguments...))
}

// model writes the network and all that is done with it. The files of its
// predictions stand in the folder.
func (a *author) model(folder string) {
	n := &network{author: a, sizes: slices.Clone(a.data.sizes), kept: a.data.labels == pipeline.Mask}
	for range a.between(0, 4) {
		n.body()
	}
	loss, metrics := n.head()
	a.stage("model: {layers: [\n      %s]}", strings.Join(n.layers, ",\n      "))
	if a.data.labels == pipeline.NoLabels && !a.slips() {
		return // nothing to train on
	}
	a.train(loss, metrics)
	if !a.slips() {
		a.stage("evaluate: %s", settings("on: "+a.anyPart(), a.maybe(4, "metrics: %s", yamlList(a.some(metrics)))))
	}
	output := pick(a, "answers.npy", "answers.npz", "deep/answers.npy")
	if !n.kept && a.chance(2) || a.slips() {
		output = "answers.csv"
	}
	part := a.anyPart()
	form := ""
	if d := a.data; d.labels != pipeline.MultiHot && d.labels != pipeline.Real && !strings.Contains(loss, "mean_") {
		form = a.maybe(3, ", form: class_id")
	}
	a.stage("predict: {on: %s, output: %s%s%s}", part, folder, output, form)
	a.answers = ""
	if part == pipeline.All && form == "" {
		a.answers = folder + output
	}
	if a.chance(2) {
		a.stage("export: {output: %sexport.safetensors}", folder)
	}
}

// body adds a layer, or several that belong together, to a volume.
func (n *network) body() {
	if len(n.sizes) != 4 {
		n.flat()
		return
	}
	write := []func(){n.conv, n.conv, n.pool, n.elementwise, n.normalize, n.residual, n.repeat, n.branches, n.reshape, n.globalPool, n.transposed, n.upsample, n.depthwise, n.ends, n.gate, n.preset}
	if n.kept && !n.slips() {
		write = []func(){n.conv, n.elementwise, n.normalize, n.residual, n.repeat, n.branches, n.transposed, n.depthwise, n.gate, n.unet}
	}
	pick(n.author, write...)()
}

// flat adds a layer that takes any number of axes.
func (n *network) flat() {
	switch {
	case n.slips():
		n.add("max_pool3d")
	case len(n.sizes) == 1 && n.chance(2):
		units := n.between(1, 5)
		n.add("dense: %s", settings(fmt.Sprintf("units: %d", units), n.activation(), n.maybe(4, "use_bias: false"), n.maybe(4, "kernel_initializer: %s", n.initializer())))
		n.sizes = []int{units}
	case n.chance(3) && !n.kept:
		n.add("flatten")
		n.sizes = []int{elements(n.sizes)}
	case n.chance(3):
		n.normalize()
	default:
		n.elementwise()
	}
}

var activations = []string{"linear", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "softmax", "softplus"}

func (n *network) activation() string {
	if n.chance(2) {
		return ""
	}
	if n.chance(5) {
		return "activation: " + pick(n.author, "{leaky_relu: {negative_slope: 0.2}}", "{relu: {max_value: 6, negative_slope: 0.1}}", "{elu: {alpha: 0.5}}", "{gelu: {approximate: true}}")
	}
	return "activation: " + pick(n.author, activations...)
}

func (n *network) initializer() string {
	return pick(n.author, "zeros", "ones", "{constant: {value: 0.1}}", "random_uniform", "random_normal", "{truncated_normal: {stddev: 0.1}}",
		"glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "orthogonal")
}

// elementwise adds a layer that keeps every size.
func (n *network) elementwise() {
	switch n.IntN(9) {
	case 6:
		n.add("gaussian_noise: {stddev: %g%s}", float64(n.IntN(6))/10, n.maybe(4, ", seed: %d", n.IntN(9)))
	case 7:
		if len(n.sizes) == 4 || n.slips() {
			n.add("spatial_dropout3d: {rate: %g}", float64(n.IntN(6))/10)
		} else {
			n.add("dropout: {rate: 0.5, seed: 3}")
		}
	case 0:
		n.add("%s", pick(n.author, activations...))
	case 1:
		n.add("activation: %s", pick(n.author, activations...))
	case 2:
		n.add("batch_norm%s", n.maybe(2, ": {momentum: 0.9, center: false, scale: %t}", n.chance(2)))
	case 3:
		n.add("dropout: {rate: %g}", float64(n.IntN(6))/10)
	case 4:
		n.add("prelu%s", n.maybe(2, ": {shared_axes: %s}", yamlList(n.Perm(len(n.sizes))[:1])))
		n.layers[len(n.layers)-1] = strings.Replace(n.layers[len(n.layers)-1], "[0]", fmt.Sprintf("[%d]", len(n.sizes)), 1)
	case 5:
		n.add("softmax: {axis: %d}", n.between(1, len(n.sizes))-(len(n.sizes)+1)*n.IntN(2))
	default:
		n.add("{linear: {trainable: false}, id: line_%d}", n.number())
	}
}

func (n *network) number() int { n.named++; return n.named }

// triple is three sizes, written as one number where they are equal.
func triple(sizes [3]int) string {
	if sizes[0] == sizes[1] && sizes[1] == sizes[2] {
		return fmt.Sprint(sizes[0])
	}
	return yamlList(sizes[:])
}

// sliding draws a window that fits, and gives its settings and the spatial sizes
// behind it.
func (n *network) sliding(most int, dilated bool) (size, strides, dilation [3]int, padding string, out [3]int) {
	padding = pick(n.author, "valid", "same")
	if n.kept && !n.slips() {
		padding = "same"
	}
	strided := !n.kept && n.chance(3)
	dilated = dilated && !strided && n.chance(4)
	equal := n.chance(3)
	for i := range size {
		length := n.sizes[i]
		strides[i], dilation[i] = 1, 1
		limit := most
		if padding == "valid" {
			limit = min(most, length)
		}
		size[i] = n.between(1, limit)
		if strided {
			strides[i] = n.between(1, 3)
		}
		if dilated && (padding == "same" || (size[i]-1)*2 < length) {
			dilation[i] = 2
		}
	}
	if equal { // the first one may be too long elsewhere
		smallest := slices.Min(size[:])
		size = [3]int{smallest, smallest, smallest}
	}
	if n.slips() {
		size[n.IntN(3)] = n.between(1, 12)
	}
	for i := range out {
		out[i] = (n.sizes[i]-(size[i]-1)*dilation[i]-1)/strides[i] + 1
		if padding == "same" {
			out[i] = (n.sizes[i] + strides[i] - 1) / strides[i]
		}
		out[i] = max(out[i], 1)
	}
	return size, strides, dilation, padding, out
}

func (n *network) conv() {
	size, strides, dilation, padding, out := n.sliding(3, true)
	groups := 1
	channels := n.sizes[3]
	if n.chance(4) {
		groups = pick(n.author, channels, gcd(channels, 2))
	}
	filters := groups * n.between(1, max(1, 4/groups))
	if n.slips() {
		filters++
	}
	entries := []string{fmt.Sprintf("filters: %d, kernel_size: %s", filters, triple(size)), n.activation()}
	entries = append(entries, n.maybe(2, "padding: valid"))
	if padding == "same" {
		entries[len(entries)-1] = "padding: same"
	}
	for _, setting := range []struct {
		name  string
		value [3]int
	}{{"strides", strides}, {"dilation_rate", dilation}} {
		if setting.value != [3]int{1, 1, 1} {
			entries = append(entries, setting.name+": "+triple(setting.value))
		}
	}
	if groups > 1 {
		entries = append(entries, fmt.Sprintf("groups: %d", groups))
	}
	entries = append(entries, n.maybe(6, "use_bias: false"), n.maybe(6, "kernel_initializer: %s", n.initializer()),
		n.maybe(6, "kernel_regularizer: %s", pick(n.author, "l1", "{l2: {l2: 1e-3}}", "{l1_l2: {l1: 1e-4, l2: 1e-3}}")), n.maybe(10, "trainable: false"))
	n.add("conv3d: %s", settings(entries...))
	n.sizes = []int{out[0], out[1], out[2], filters}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// transposed makes a small volume larger by a convolution backwards.
func (n *network) transposed() {
	var size, strides, extra, dilation, out [3]int
	padding, open := pick(n.author, "valid", "same"), n.chance(3)
	if n.kept && !n.slips() {
		padding, open = "same", false
	}
	dilated := n.chance(4)
	for i := range size {
		size[i], strides[i], dilation[i] = n.between(1, 3), 1, 1
		switch {
		case dilated:
			dilation[i] = n.between(1, 2)
		case !n.kept && n.sizes[i] < 8:
			strides[i] = n.between(1, 3)
		}
		span := (size[i]-1)*dilation[i] + 1
		extra[i] = n.IntN(strides[i])
		if n.slips() {
			extra[i]++
		}
		last := (n.sizes[i] - 1) * strides[i]
		switch {
		case padding == "same" && open:
			if span%2 == 0 && extra[i] == 0 {
				extra[i] = strides[i] - 1
			}
			out[i] = last + span%2 + extra[i]
			open = open && out[i] > 0 || n.slips()
		case padding == "same":
			out[i] = n.sizes[i] * strides[i]
		case open:
			out[i] = last + span + extra[i]
		default:
			out[i] = last + max(span, strides[i])
		}
	}
	if padding == "same" && !open {
		for i := range out {
			out[i] = n.sizes[i] * strides[i]
		}
	}
	filters := n.between(1, 3)
	entries := []string{fmt.Sprintf("filters: %d, kernel_size: %s, padding: %s, strides: %s", filters, triple(size), padding, triple(strides)), n.activation()}
	if open {
		entries = append(entries, "output_padding: "+triple(extra))
	}
	if dilated {
		entries = append(entries, "dilation_rate: "+triple(dilation))
	}
	entries = append(entries, n.maybe(6, "use_bias: false"), n.maybe(6, "bias_regularizer: l2"), n.maybe(10, "trainable: false"))
	n.add("conv3d_transpose: %s", settings(entries...))
	n.sizes = []int{max(out[0], 1), max(out[1], 1), max(out[2], 1), filters}
}

func (n *network) depthwise() {
	size, strides, dilation, padding, out := n.sliding(3, true)
	multiplier := n.between(1, max(1, 6/n.sizes[3]))
	entries := []string{fmt.Sprintf("kernel_size: %s, padding: %s, strides: %s, dilation_rate: %s", triple(size), padding, triple(strides), triple(dilation)), n.activation()}
	if multiplier > 1 || n.chance(3) {
		entries = append(entries, fmt.Sprintf("depth_multiplier: %d", multiplier))
	}
	n.add("depthwise_conv3d: %s", settings(append(entries, n.maybe(6, "depthwise_initializer: %s", n.initializer()), n.maybe(6, "depthwise_regularizer: l1"))...))
	n.sizes = []int{out[0], out[1], out[2], n.sizes[3] * multiplier}
}

// ends puts zeros around a volume, or cuts voxels off it.
func (n *network) ends() {
	kind, setting, sign := "zero_pad3d", "padding", 1
	if n.chance(2) {
		kind, setting, sign = "crop3d", "cropping", -1
	}
	var ends [3][2]int
	equal := true
	for axis := range ends {
		most := 2
		if sign < 0 {
			most = n.sizes[axis] - 1
		}
		ends[axis][0] = n.IntN(min(most, 2) + 1)
		ends[axis][1] = n.IntN(min(most-ends[axis][0], 2) + 1)
		if n.slips() {
			ends[axis][1] += 4
		}
		equal = equal && ends[axis][0] == ends[axis][1]
	}
	written := make([]string, 3)
	for axis, e := range ends {
		written[axis] = fmt.Sprintf("[%d, %d]", e[0], e[1])
		if equal && n.chance(2) {
			written[axis] = fmt.Sprint(e[0])
		}
		n.sizes[axis] = max(1, n.sizes[axis]+sign*(e[0]+e[1]))
	}
	text := yamlList(written)
	if equal && ends[0] == ends[1] && ends[1] == ends[2] {
		text = fmt.Sprint(ends[0][0])
	}
	n.add("%s: {%s: %s}", kind, setting, text)
}

// gate weighs a volume by something smaller that is made of it, which is repeated.
func (n *network) gate() {
	start, weight := fmt.Sprintf("start_%d", n.number()), fmt.Sprintf("weight_%d", n.number())
	channels := n.sizes[3]
	n.add("{linear: {}, id: %s}", start)
	switch n.IntN(3) {
	case 0: // a weight for each channel
		keep := n.chance(2)
		n.add("global_average_pool3d: {keepdims: %t}", keep)
		if n.slips() {
			channels++
		}
		if keep {
			n.add("{conv3d: {filters: %d, kernel_size: 1, activation: sigmoid}, id: %s}", channels, weight)
		} else {
			n.add("{dense: {units: %d, activation: sigmoid}, id: %s}", channels, weight)
		}
	case 1: // a weight for each voxel
		n.add("{conv3d: {filters: 1, kernel_size: 1, activation: sigmoid}, id: %s}", weight)
	default: // one weight
		n.add("global_max_pool3d")
		n.add("{dense: {units: 1, activation: sigmoid}, id: %s}", weight)
	}
	both := []string{start, weight}
	if n.chance(3) {
		both = []string{weight, start}
	}
	n.add("{%s: {}, from: %s}", pick(n.author, "multiply", "multiply", "add", "average", "maximum", "subtract"), yamlList(both))
}

func (n *network) upsample() {
	var size [3]int
	for i := range size {
		size[i] = 1
		if n.sizes[i] < 8 {
			size[i] = n.between(1, 3)
		}
	}
	if n.slips() {
		size[n.IntN(3)] = 0
	}
	n.add("upsample3d%s", ": {size: "+triple(size)+"}")
	for i := range size {
		n.sizes[i] *= max(size[i], 1)
	}
}

// normalize adds a normalisation of each example by itself.
func (n *network) normalize() {
	more := settings(n.maybe(4, "center: false"), n.maybe(4, "scale: false"), n.maybe(4, "epsilon: 1e-5"), n.maybe(4, "gamma_initializer: %s", n.initializer()))
	more = strings.TrimSuffix(strings.TrimPrefix(more, "{"), "}")
	rank := len(n.sizes)
	axis := n.between(1, rank)
	counted := axis - (rank+1)*n.IntN(2)
	switch n.IntN(3) {
	case 0:
		along := n.Perm(rank)[:n.between(1, rank)]
		for i := range along {
			along[i]++
		}
		if n.slips() {
			along = append(along, along[0])
		}
		written := yamlList(along)
		if len(along) == 1 && n.chance(2) {
			written = fmt.Sprint(along[0])
		}
		n.add("layer_norm: %s", settings("axis: "+written, n.maybe(6, "rms_scaling: true"), more))
	case 1:
		groups := gcd(n.sizes[axis-1], n.between(1, 4))
		if n.slips() {
			groups = n.between(-1, 40)
		}
		n.add("group_norm: %s", settings(fmt.Sprintf("groups: %d, axis: %d", groups, counted), more))
	default:
		n.add("instance_norm: %s", settings(fmt.Sprintf("axis: %d", counted), more))
	}
}

func (n *network) pool() {
	size, strides, _, padding, out := n.sliding(3, false)
	written := "strides: " + triple(strides)
	if n.chance(2) { // the default is the size of the window
		written, strides = "", size
		for i := range out {
			out[i] = max((n.sizes[i]-size[i])/size[i]+1, 1)
			if padding == "same" {
				out[i] = (n.sizes[i] + size[i] - 1) / size[i]
			}
		}
	}
	n.add("%s: %s", pick(n.author, "max_pool3d", "average_pool3d"), settings("pool_size: "+triple(size), written, "padding: "+padding))
	n.sizes = []int{out[0], out[1], out[2], n.sizes[3]}
}

func (n *network) globalPool() {
	keep := n.chance(2)
	n.add("%s: {keepdims: %t}", pick(n.author, "global_average_pool3d", "global_max_pool3d"), keep)
	channels := n.sizes[3]
	n.sizes = []int{channels}
	if keep {
		n.sizes = []int{1, 1, 1, channels}
	}
}

func (n *network) reshape() {
	n.sizes = n.factored(elements(n.sizes), pick(n.author, 4, 4, 2, 3))
	n.add("reshape: {target_shape: %s}", yamlList(n.oneOpen(n.sizes)))
}

// inner writes layers that keep the volume's sizes, for a composite.
func (n *network) inner(channels int) string {
	before := n.layers
	n.layers = nil
	if n.chance(2) {
		n.elementwise()
	}
	n.add("conv3d: {filters: %d, kernel_size: %d, padding: same}", channels, n.between(1, 3))
	if n.chance(2) {
		n.elementwise()
	}
	layers := yamlList(n.layers)
	n.layers = before
	return layers
}

func (n *network) residual() {
	if n.chance(2) {
		channels := n.sizes[3]
		if n.slips() {
			channels++
		}
		n.add("residual: {layers: %s}", n.inner(channels))
		return
	}
	channels, stride := n.between(1, 4), 1
	if !n.kept {
		stride = n.between(1, 2)
	}
	n.add("residual: {layers: [conv3d: {filters: %d, kernel_size: %d, padding: same, strides: %d}, relu], shortcut: projection}", channels, n.between(1, 3), stride)
	for i := range 3 {
		n.sizes[i] = (n.sizes[i] + stride - 1) / stride
	}
	n.sizes[3] = channels
}

func (n *network) repeat() {
	channels := n.sizes[3]
	n.add("repeat: {times: %d, layers: %s}", n.between(1, 3), n.inner(channels))
}

// preset adds a small one without its end.
func (n *network) preset() {
	halve := func(times int) {
		for i := range 3 {
			for range times {
				n.sizes[i] = (n.sizes[i] + 1) / 2
			}
		}
	}
	normalization := n.maybe(2, "normalization: %s", pick(n.author, "none", "batch", "instance", "group"))
	switch n.IntN(4) {
	case 0:
		blocks := n.between(1, 2)
		n.add("vgg3d: %s", settings("depth: 11", "filters: 2", fmt.Sprintf("blocks: %d", blocks), normalization))
		halve(blocks)
		n.sizes[3] = 2 << (blocks - 1)
	case 1:
		n.add("resnet3d: %s", settings("depth: 10", "filters: 1", "stem_kernel_size: 3", "stem_strides: 1", "stem_pool: false", normalization, n.activation()))
		halve(3)
		n.sizes[3] = 8
	case 2:
		n.add("densenet3d: %s", settings("blocks: [1, 2]", "growth_rate: 2", "bottleneck: 2", "stem_kernel_size: 3", "stem_strides: 1", "stem_pool: false", normalization))
		halve(1)
		n.sizes[3] = 7 // 4 of the stem and 2 make 6, of which the transition leaves 3
	default:
		n.unet()
	}
}

// unet adds a small U-Net, whose halvings divide the sizes unless it slips.
func (n *network) unet() {
	depth := n.between(1, 2)
	for i := range 3 {
		if n.sizes[i]%(1<<depth) != 0 && !n.slips() {
			n.conv()
			return
		}
	}
	filters := n.between(1, 2)
	n.add("unet3d: %s", settings(fmt.Sprintf("depth: %d", depth), fmt.Sprintf("filters: %d", filters), fmt.Sprintf("convolutions: %d", n.between(1, 2)),
		n.maybe(2, "up: upsample"), n.maybe(2, "residual: true"), n.maybe(3, "dropout: 0.1"), n.maybe(2, "normalization: %s", pick(n.author, "none", "instance", "group")), n.activation()))
	n.sizes[3] = filters
}

// branches splits the network in two and joins it again.
func (n *network) branches() {
	start, left, right := fmt.Sprintf("start_%d", n.number()), fmt.Sprintf("left_%d", n.number()), fmt.Sprintf("right_%d", n.number())
	channels := n.between(1, 3)
	n.add("{linear: {}, id: %s}", start)
	merge := pick(n.author, "add", "subtract", "multiply", "average", "maximum", "concatenate", "concatenate: {axis: 4}", "concatenate: {axis: 1}")
	if n.kept && strings.Contains(merge, "axis: 1") {
		merge = "concatenate"
	}
	if merge == "multiply" {
		n.strange = true
	}
	other := channels
	if (merge == "concatenate" || strings.Contains(merge, "axis: 4")) || n.slips() {
		other = n.between(1, 3)
	}
	n.add("{conv3d: {filters: %d, kernel_size: %d, padding: same}, from: %s, id: %s}", channels, n.between(1, 3), start, left)
	n.add("{conv3d: {filters: %d, kernel_size: 1}, from: %s, id: %s}", other, pick(n.author, start, left), right)
	if !strings.Contains(merge, ":") {
		merge += ": {}"
	}
	n.add("{%s, from: [%s, %s]}", merge, left, right)
	switch {
	case strings.Contains(merge, "axis: 1"):
		n.sizes[0] *= 2
		n.sizes[3] = channels
	case strings.HasPrefix(merge, "concatenate"):
		n.sizes[3] = channels + other
	default:
		n.sizes[3] = channels
	}
}
