package difftest

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/optim"
)

// TestVocabulary: what is kept has every layer, loss and optimizer in it often
// enough, with the settings that make a difference.
func TestVocabulary(t *testing.T) {
	if os.Getenv("PIPE_DIFFTEST") != "" {
		t.Skip("the file named by PIPE_DIFFTEST may have any number of networks")
	}
	cases := goldens(t)
	if len(cases) < 150 {
		t.Errorf("%d networks, want 150 or more", len(cases))
	}
	var built, lost, trained strings.Builder
	for _, c := range cases {
		built.Write(c.Layers)
		lost.Write(c.Loss)
		for _, training := range c.Training {
			trained.Write(training.Optimizer)
		}
	}
	often := func(text, pattern string, want int) {
		t.Helper()
		if got := len(regexp.MustCompile(pattern).FindAllString(text, -1)); got < want {
			t.Errorf("%s occurs %d times, want %d or more", pattern, got, want)
		}
	}
	for _, name := range layers.Table().Names() {
		often(built.String(), `"`+name+`":`, 2)
	}
	for _, setting := range []string{
		`"groups":[2-9]`, `"dilation_rate":\[[12,]*2`, `"strides":\[[123,]*3`, `"padding":"same"`, `"padding":"valid"`, `"use_bias":false`,
		`"output_padding":`, `"depth_multiplier":[23]`, `"kernel_size":\[[1-4,]*[24]`, `"shortcut":"projection"`, `"trainable":false`, `"l1":`, `"l2":`, `"l1_l2":`,
		`"rms_scaling":true`, `"axis":`, `"center":false`, `"scale":false`, `"momentum":`, `"shared_axes":`, `"threshold":`, `"max_value":`, `"from":`, `"keepdims":true`,
	} {
		often(built.String(), setting, 3)
	}
	for _, name := range loss.Table().Names() {
		often(lost.String(), `"`+name+`":`, 10)
	}
	for _, setting := range []string{
		`"from_logits":true`, `"label_smoothing":`, `"include_background":false`, `"apply_class_balancing":true`, `"smooth":`, `"gamma":`, `"alpha":`, `"delta":`,
		`"dice_weight":`, `"reduction":"sum"`,
	} {
		often(lost.String(), setting, 3)
	}
	for _, name := range optim.Table().Names() {
		often(trained.String(), `"`+name+`":`, 20)
	}
	for _, setting := range []string{
		`"momentum":0.9`, `"nesterov":true`, `"amsgrad":true`, `"centered":true`, `"weight_decay":`,
	} {
		often(trained.String(), setting, 20)
	}
	for _, setting := range []string{`"exclude_from_weight_decay":`, `"use_ema":true`, `"ema_overwrite_frequency":`, `"gradient_accumulation_steps":`} {
		often(trained.String(), setting, 5)
	}
	weighed, clipped := map[string]int{}, map[string]int{}
	for _, c := range cases {
		weighed[c.WeightsOf]++
		if c.ClassWeights != nil {
			weighed["classes"]++
		}
		for _, training := range c.Training {
			switch clip := training.GradientClip; {
			case clip.Norm > 0:
				clipped["norm"]++
			case clip.NormEach > 0:
				clipped["norm_each"]++
			case clip.Value > 0:
				clipped["value"]++
			}
		}
	}
	for _, what := range []string{"examples", "positions", "classes"} {
		if weighed[what] < 10 {
			t.Errorf("%d networks have weights of %s, want 10 or more", weighed[what], what)
		}
	}
	for _, what := range []string{"norm", "norm_each", "value"} {
		if clipped[what] < 10 {
			t.Errorf("%d trainings clip gradients by %s, want 10 or more", clipped[what], what)
		}
	}
}

// TestDescriptions: what a description asks for and nobody knows is an error, not
// left out.
func TestDescriptions(t *testing.T) {
	for _, text := range []string{
		`[{"id": "a", "conv4d": {}}]`, `[{"id": "a", "conv3d": {"filtres": 3}}]`, `[{"id": "a", "conv3d": {"filters": "three"}}]`,
		`[{"id": "a", "dense": {"activation": "lru"}}]`, `[{"id": "a", "dense": {"kernel_regularizer": {"l3": {}}}}]`,
	} {
		if items, err := itemsOf(json.RawMessage(text)); err == nil {
			t.Errorf("%s gave %v", text, items)
		}
	}
}
