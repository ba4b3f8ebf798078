package train

import (
	"math"
	"testing"
)

func TestCSVLog(t *testing.T) {
	columns, rows := []string{"loss", "val_loss"}, [][]float64{{math.Nextafter(0.3, 1), 1}, {0.25, math.NaN()}}
	for _, test := range []struct {
		name         string
		settings     CSVLog
		before, want string
	}{
		{"new", CSVLog{Separator: ","}, "", "epoch,loss,val_loss\n1,0.30000000000000004,1\n2,0.25,NaN\n"},
		{"replaced", CSVLog{Separator: ";"}, "old\n", "epoch;loss;val_loss\n1;0.30000000000000004;1\n2;0.25;NaN\n"},
		{"added to", CSVLog{Separator: "\t", Append: true}, "epoch\tloss\tval_loss\n1\t3\t4\n", "epoch\tloss\tval_loss\n1\t3\t4\n1\t0.30000000000000004\t1\n2\t0.25\tNaN\n"},
		{"nothing to add to", CSVLog{Separator: ",", Append: true}, "", "epoch,loss,val_loss\n1,0.30000000000000004,1\n2,0.25,NaN\n"},
		{"quoted", CSVLog{Separator: "."}, "", "epoch.loss.val_loss\n1.\"0.30000000000000004\".1\n2.\"0.25\".NaN\n"},
	} {
		files := shelf{"log.csv": []byte(test.before)}
		test.settings.Filename = "log.csv"
		records(t, test.settings.Start(), files, columns, rows...)
		if got := string(files["log.csv"]); got != test.want {
			t.Errorf("%s: wrote\n%swant\n%s", test.name, got, test.want)
		}
	}
}
