package rules_test

import (
	"fmt"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestTRN017RemarksOnLongNoisySteps(t *testing.T) {
	config := func(settings string, batch int) string {
		return pipe(volume, layered(conv+", "+head), fmt.Sprintf("train: {optimizer: {%s}, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: %d}", settings, batch))
	}
	if d := flagged(t, rules.TRN017, config("adam: {learning_rate: 0.003}", 2), "2", "the gradient of 2 examples"); d.Severity.String() != "info" {
		t.Errorf("it is an %s", d.Severity)
	}
	spotless(t, config("adam: {learning_rate: 0.003}", 3))
	spotless(t, config("adam: {learning_rate: 0.0029}", 2))
	spotless(t, config("adam: {learning_rate: 0.003, gradient_accumulation_steps: 8}", 2))
	flagged(t, rules.TRN001, config("adam: {learning_rate: 0.02}", 2), "0.02", "2 times")
}
