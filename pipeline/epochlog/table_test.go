package epochlog

import "testing"

func TestTables(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"fastai": {
			"epoch     train_loss  valid_loss  accuracy  time    \n0         0.693147    0.7         0.500000  00:03     \n1         0.5         #na#        0.75      00:03     \n",
			"0@2: loss 0.693147, val_loss 0.7, val_accuracy 0.5\n1@3: loss 0.5, val_accuracy 0.75",
		},
		"skorch": {
			"  epoch    train_loss    valid_acc    valid_loss     dur\n-------  ------------  -----------  ------------  ------\n      1        \x1b[36m0.6905\x1b[0m       \x1b[32m0.6150\x1b[0m        0.6749  0.0216\n      2        nan       0.5        0.7  0.0216\nStopping early.\n",
			"1@3: loss 0.6905, val_accuracy 0.615, val_loss 0.6749\n2@4: loss NaN, val_accuracy 0.5, val_loss 0.7",
		},
		"nolearn": {
			"  epoch    train loss    valid loss    train/val    valid acc  dur\n-------  ------------  ------------  -----------  -----------  ------\n      1       0.50873       0.60935      0.83488      0.79269  11.24s\n      2       0.50304       0.58649      0.85771      0.79269  11.91s\n",
			"1@3: loss 0.50873, val_loss 0.60935, val_accuracy 0.79269\n2@4: loss 0.50304, val_loss 0.58649, val_accuracy 0.79269",
		},
		"a table with bars": {
			"Results:\n| Epoch | Train Loss | Val Acc |\n|---|---|---|\n| 1 | 0.5 | 0.75 |\n| 2 | 0.25 | 0.7 |\n",
			"1@4: loss 0.5, val_accuracy 0.75\n2@5: loss 0.25, val_accuracy 0.7",
		},
		"pandas": {
			"   epoch  loss  val_loss\n0      1  0.50      0.75\n1      2  0.25      0.70\n",
			"1@2: loss 0.5, val_loss 0.75\n2@3: loss 0.25, val_loss 0.7",
		},
		"a word of epochs is no heading": {
			"epoch loss curves\nEpoch 1: loss 0.5\n",
			"1@2: loss 0.5",
		},
	} {
		reads(t, name, c.text, c.want)
	}
}
