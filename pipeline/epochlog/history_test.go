package epochlog

import "testing"

func TestHistories(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"what Keras' fit returns": {
			"{'accuracy': [0.5, 0.25],\n 'loss': [np.float64(0.7), nan], 'names': ['a', 'b'], 'val_loss': [0.69]}\n",
			"1@2: accuracy 0.5, loss 0.7, val_loss 0.69\n2@2: accuracy 0.25, loss NaN",
		},
		"JSON": {
			`{"history": {"loss": [0.5, 0.25], "val_acc": [0.75, 1e-1]}, "params": {"epochs": 2}}`,
			"1@1: loss 0.5, val_accuracy 0.75\n2@1: loss 0.25, val_accuracy 0.1",
		},
	} {
		reads(t, name, c.text, c.want)
	}
}
