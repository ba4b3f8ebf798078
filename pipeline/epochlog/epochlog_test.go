package epochlog

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// told gives a log as rows of "epoch: column value, …".
func told(l *Log) string {
	var rows []string
	for i, row := range l.Rows {
		var words []string
		for k, value := range row {
			if l.Given[i][k] {
				words = append(words, fmt.Sprintf("%s %g", l.Columns[k], value))
			}
		}
		rows = append(rows, fmt.Sprintf("%d@%d: %s", l.Epochs[i], l.Lines[i], strings.Join(words, ", ")))
	}
	return strings.Join(rows, "\n")
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"our history": {
			"epoch,loss,accuracy,val_loss,val_accuracy\n1,0.7,0.5,0.69,0.5\n2,NaN,0.25,+Inf,0.5\n",
			"1@2: loss 0.7, accuracy 0.5, val_loss 0.69, val_accuracy 0.5\n2@3: loss NaN, accuracy 0.25, val_loss +Inf, val_accuracy 0.5",
		},
		"our lines": {
			"train: 2 epochs of 5 steps, 140 examples in batches of 32\ntrain: epoch 1/2: loss 0.7012, accuracy 0.5071, val_loss 0.6, val_accuracy 1 (0.2 s, 0.2 s left)\ntrain: epoch 2/2: loss 0.3, accuracy 0.9, val_loss 0.2, val_accuracy 1 (0.2 s)\nevaluate\n  loss      0.2000\n  accuracy  1.0000\n",
			"1@2: loss 0.7012, accuracy 0.5071, val_loss 0.6, val_accuracy 1\n2@3: loss 0.3, accuracy 0.9, val_loss 0.2, val_accuracy 1",
		},
		"Keras' CSVLogger": {
			"epoch,acc,loss,lr,val_acc,val_loss\n0,0.5,0.69,0.001,0.5,0.7\n1,0.6,0.6,0.001,0.5,0.71\n",
			"0@2: accuracy 0.5, loss 0.69, learning_rate 0.001, val_accuracy 0.5, val_loss 0.7\n1@3: accuracy 0.6, loss 0.6, learning_rate 0.001, val_accuracy 0.5, val_loss 0.71",
		},
		"a history that pandas wrote": {
			",loss,accuracy\n0,0.7,0.5\n1,0.6,0.6\n",
			"0@2: loss 0.7, accuracy 0.5\n1@3: loss 0.6, accuracy 0.6",
		},
		"Lightning's CSVLogger": {
			"epoch,step,train_loss_epoch,train_loss_step,val_acc,val_loss\n0,9,,0.7,,\n0,9,,,0.5,0.69\n0,9,0.7,,,\n1,19,,,0.25,0.6\n1,19,0.5,,,\n",
			"0@4: val_accuracy 0.5, val_loss 0.69, loss 0.7\n1@6: val_accuracy 0.25, val_loss 0.6, loss 0.5",
		},
		"Keras 2": {
			"Train on 90 samples, validate on 10 samples\nEpoch 1/2\n\n32/90 [=====>....] - ETA: 1s - loss: 0.9 - acc: 0.1\b\b\b\b\b\b90/90 [==========] - 2s 20ms/step - loss: 14.1117 - acc: 0.1245 - val_loss: 14.0 - val_acc: 0.1\nEpoch 2/2\n90/90 [==========] - 2s - loss: 14.1117 - acc: 0.1245 - val_loss: 0.0000e+00 - val_acc: 0.0000e+00\n",
			"1@4: loss 14.1117, accuracy 0.1245, val_loss 14, val_accuracy 0.1\n2@6: loss 14.1117, accuracy 0.1245, val_loss 0, val_accuracy 0",
		},
		"Keras 3": {
			"Epoch 1/2\n\x1b[1m5/5\x1b[0m \x1b[32m━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m1s\x1b[0m 34ms/step - accuracy: 0.50 - loss: nan - val_accuracy: 0.4 - val_loss: nan\n",
			"1@2: accuracy 0.5, loss NaN, val_accuracy 0.4, val_loss NaN",
		},
		"Lightning's bar": {
			"Epoch 0: 100%|████| 10/10 [00:01<00:00,  7.77it/s, v_num=0, train_loss=0.693, val_loss=0.690, val_acc=0.500]\nEpoch 1:  50%|██  | 5/10 [00:00<00:00, 8.1it/s, v_num=0, train_loss=0.8]\rEpoch 1: 100%|████| 10/10 [00:01<00:00, 8.1it/s, v_num=0, train_loss=0.5, val_loss=0.6, val_acc=0.75]\n",
			"0@1: loss 0.693, val_loss 0.69, val_accuracy 0.5\n1@2: loss 0.5, val_loss 0.6, val_accuracy 0.75",
		},
		"PyTorch's tutorial": {
			"Epoch 0/24\n----------\ntrain Loss: 0.6993 Acc: 0.5656\nval Loss: 0.2335 Acc: 0.9216\n\nEpoch 1/24\n----------\ntrain Loss: 0.5 Acc: 72.5%\nval Loss: 0.25 Acc: 0.9\n\nTraining complete in 1m 35s\nBest val Acc: 0.9412\n",
			"0@4: loss 0.6993, accuracy 0.5656, val_loss 0.2335, val_accuracy 0.9216\n1@9: loss 0.5, accuracy 0.725, val_loss 0.25, val_accuracy 0.9",
		},
		"a loop of one's own": {
			"[Epoch 1] avg train loss = 1.386, val dice: -0.2\n[Epoch 2] avg train loss = 1.386, val dice: 1.97\n",
			"1@1: loss 1.386, val_dice -0.2\n2@2: loss 1.386, val_dice 1.97",
		},
		"nnU-Net": {
			"2024-10-01 11:53:49.87: Epoch 129 \n2024-10-01 12:02:42.33: train_loss 0.0154 \n2024-10-01 12:02:42.33: val_loss 0.0496 \n2024-10-01 12:02:42.34: Pseudo dice [0.5, 0.0, nan] \n2024-10-01 12:02:42.34: Epoch time: 532.47 s\n2024-10-01 12:02:42.87: Epoch 130 \n2024-10-01 12:11:42.33: train_loss 0.0124 \n2024-10-01 12:11:42.34: Pseudo dice [np.float32(0.25), nan] \n",
			"129@4: loss 0.0154, val_loss 0.0496, val_dice 0.25\n130@8: loss 0.0124, val_dice 0.25",
		},
		"nnU-Net's first version": {
			"epoch:  0 \n2022-04-22 08:55:02.81: train loss : 1.1987 \n2022-04-22 08:58:55.72: validation loss : 0.7238 \n2022-04-22 08:58:55.72: Average global foreground Dice: [0.0, 0.0, 0.3] \n2022-04-22 08:58:56.61: lr: 0.000998 \n",
			"0@5: loss 1.1987, val_loss 0.7238, val_dice 0.09999999999999999, learning_rate 0.000998",
		},
		"MONAI's tutorials": {
			"epoch 1/5\n1/16, train_loss: 0.7\nepoch 1 average loss: 0.7172\nsaved new best metric model\ncurrent epoch: 1 current accuracy: 0.5000 best accuracy: 0.6000 at epoch 1\nepoch 2/5\nepoch 2 average loss: 0.6990\ncurrent epoch: 2 current accuracy: 0.5500 best accuracy: 0.6000 at epoch 1\n",
			"1@5: loss 0.7172, accuracy 0.5\n2@8: loss 0.699, accuracy 0.55",
		},
		"Hugging Face's Trainer": {
			"{'loss': 0.5, 'grad_norm': 1.2, 'learning_rate': 5e-05, 'epoch': 1.0}\n{'eval_loss': 0.9, 'eval_accuracy': 0.55, 'epoch': 1.0}\n{'loss': 0.25, 'epoch': 2.0}\n",
			"1@2: loss 0.5, learning_rate 5e-05, val_loss 0.9, val_accuracy 0.55\n2@3: loss 0.25",
		},
		"lines of JSON": {
			`{"epoch": 1, "train_loss": 0.5, "val_acc": 0.25}` + "\n" + `{"epoch": 2, "train_loss": NaN, "val_acc": 0.5}`,
			"1@1: loss 0.5, val_accuracy 0.25\n2@2: loss NaN, val_accuracy 0.5",
		},
		"no numbers of epochs": {
			"loss: 0.7 - acc: 0.5\nloss: 0.6 - acc: 0.6\n",
			"1@1: loss 0.7, accuracy 0.5\n2@2: loss 0.6, accuracy 0.6",
		},
	} {
		reads(t, name, c.text, c.want)
	}
}

// reads fails unless a text is read as the rows that told gives.
func reads(t *testing.T, name, text, want string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		l, err := Read("log", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := told(l); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestConfusion(t *testing.T) {
	l, err := Read("log", []byte("Epoch 1: loss: 1.0\n[[10  0  1]\n [ 0 12  2]\n [ 3  4  5]]\n"))
	if err != nil || fmt.Sprint(l.Confusion) != "[[10 0 1] [0 12 2] [3 4 5]]" {
		t.Errorf("got %v, %v", l, err)
	}
}

func TestNoLog(t *testing.T) {
	for _, text := range []string{"", "version: 1\nstages:\n", "a,b\n1,2\n", "\x00\xff"} {
		if l, err := Read("x", []byte(text)); err == nil {
			t.Errorf("%q is taken for %v", text, l)
		}
	}
}

func TestColumn(t *testing.T) {
	l, _ := Read("log", []byte("epoch,loss\n1,0.5\n2,\n3,0.25\n"))
	loss, ok := l.Column("loss")
	if !ok || len(loss) != 2 || loss[1] != 0.25 {
		t.Errorf("got %v", loss)
	}
	if _, ok := l.Column("dice"); ok {
		t.Error("a column that is not there")
	}
}

// FuzzRead: nothing that can be in a file makes it panic, and every row has a
// value for each column.
func FuzzRead(f *testing.F) {
	f.Add("Epoch 1/2\nloss: 0.5 - val_acc: 10%\n[[1 2]\n[3 4]]")
	f.Add("epoch,loss\n0,1\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Read("x", []byte(text))
		if err != nil {
			return
		}
		for i, row := range l.Rows {
			if len(row) != len(l.Columns) || len(l.Given[i]) != len(row) {
				t.Fatalf("row %d has %d values for %d columns", i, len(row), len(l.Columns))
			}
			for k, v := range row {
				if !l.Given[i][k] && !math.IsNaN(v) {
					t.Fatalf("row %d column %d is %g and not given", i, k, v)
				}
			}
		}
	})
}
