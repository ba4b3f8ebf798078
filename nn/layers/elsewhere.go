package layers

// elsewhere is what other programs call the layers, whatever the case and the
// separators: Keras' classes and its older names, PyTorch's, MONAI's.
var elsewhere = map[string][]string{
	"conv3d":                {"conv", "convolution", "convolution3d"},
	"conv3d_transpose":      {"conv_transpose3d", "deconv3d", "deconvolution3d", "transposed_conv3d"},
	"depthwise_conv3d":      {"depthwise3d"},
	"max_pool3d":            {"max_pooling3d", "max_pool", "max_pooling", "pool", "pool3d"},
	"average_pool3d":        {"avg_pool3d", "average_pooling3d", "mean_pool3d", "avg_pool", "average_pool", "pool", "pool3d"},
	"global_average_pool3d": {"global_avg_pool3d", "global_average_pooling3d", "global_avg_pool", "adaptive_avg_pool3d", "gap", "gap3d"},
	"global_max_pool3d":     {"global_max_pooling3d", "adaptive_max_pool3d", "gmp", "gmp3d"},
	"upsample3d":            {"up_sampling3d", "upsampling", "interpolate"},
	"zero_pad3d":            {"zero_padding3d", "constant_pad3d", "pad3d"},
	"crop3d":                {"cropping3d", "center_crop3d"},
	"permute":               {"transpose"},
	"dense":                 {"fully_connected", "fc"},
	"spatial_dropout3d":     {"dropout3d", "feature_dropout"},
	"batch_norm":            {"batch_normalization", "batch_norm3d", "bn"},
	"layer_norm":            {"layer_normalization"},
	"group_norm":            {"group_normalization"},
	"instance_norm":         {"instance_normalization", "instance_norm3d"},
	"multiply":              {"mul"},
	"concatenate":           {"concat", "cat"},
	"residual":              {"skip", "shortcut"},
}

// mistaken is what our names belong to in other programs: PyTorch's Linear is a
// dense layer.
var mistaken = map[string]string{"linear": "dense"}

// activationsElsewhere is what other programs call the activations.
var activationsElsewhere = map[string][]string{
	"linear":     {"identity", "none"},
	"leaky_relu": {"lrelu"},
	"silu":       {"swish"},
	"sigmoid":    {"logistic"},
}
