package train

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// The reader here is written from the published formats alone: TFRecord
// (tensorflow/core/lib/io/record_writer.h), CRC32-C bit by bit (RFC 3720), and
// the wire format of protocol buffers.

func sumBitByBit(data []byte) uint32 {
	sum := ^uint32(0)
	for _, b := range data {
		sum ^= uint32(b)
		for range 8 {
			if sum&1 == 1 {
				sum = sum>>1 ^ 0x82f63b78
			} else {
				sum >>= 1
			}
		}
	}
	sum = ^sum
	return (sum>>15 | sum<<17) + 0xa282ead8
}

// recordsOf gives the records of a file, or what is wrong with it.
func recordsOf(file []byte) (list [][]byte, err error) {
	for len(file) > 0 {
		if len(file) < 16 {
			return nil, fmt.Errorf("%d bytes are left", len(file))
		}
		length := binary.LittleEndian.Uint64(file)
		if sum := binary.LittleEndian.Uint32(file[8:]); sum != sumBitByBit(file[:8]) {
			return nil, fmt.Errorf("the sum of the length is %x", sum)
		}
		data := file[12 : 12+length]
		if sum := binary.LittleEndian.Uint32(file[12+length:]); sum != sumBitByBit(data) {
			return nil, fmt.Errorf("the sum of the record is %x", sum)
		}
		list, file = append(list, data), file[16+length:]
	}
	return list, nil
}

// fieldsOf gives the fields of a message by their numbers, in order: numbers of
// the wire as they are, bytes as a text.
func fieldsOf(message []byte) map[uint64][]any {
	fields := map[uint64][]any{}
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		message = message[n:]
		var value any
		switch key & 7 {
		case 0:
			value, n = binary.Uvarint(message)
		case 1:
			value, n = math.Float64frombits(binary.LittleEndian.Uint64(message)), 8
		case 5:
			value, n = math.Float32frombits(binary.LittleEndian.Uint32(message)), 4
		case 2:
			length, k := binary.Uvarint(message)
			n = k + int(length)
			value = string(message[k:n])
		}
		fields[key>>3] = append(fields[key>>3], value)
		message = message[n:]
	}
	return fields
}

// told reads an event file: a line for each event.
func told(t *testing.T, file []byte) []string {
	t.Helper()
	list, err := recordsOf(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, data := range list {
		e := fieldsOf(data)
		line := fmt.Sprintf("%v %v %v", e[1], e[2], e[3])
		for _, summary := range e[5] {
			for _, value := range fieldsOf([]byte(summary.(string)))[1] {
				v := fieldsOf([]byte(value.(string)))
				line += fmt.Sprintf(" %v=%v", v[1][0], v[2][0])
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestTensorBoard(t *testing.T) {
	clock := func() time.Time { return time.Unix(1700000000, 5e8) }
	const name = "events.out.tfevents.1700000000.pipe"
	files := shelf{}
	b := (&TensorBoard{LogDir: "logs", UpdateFreq: "epoch"}).start(clock)
	b.Step(&Course{Columns: []string{"loss"}, Values: []float64{9}}, 9)
	records(t, b, files, []string{"loss", "auc", "val_loss", "val_auc"}, []float64{0.5, 0.25, 0.75, 0.125}, []float64{0.375, 1, math.NaN(), 1})
	if len(files) != 2 {
		t.Errorf("wrote %d files", len(files))
	}
	for folder, want := range map[string][]string{
		"train": {
			"[1.7000000005e+09] [] [brain.Event:2]",
			"[1.7000000005e+09] [1] [] epoch_loss=0.5 epoch_auc=0.25 epoch_learning_rate=0.5",
			"[1.7000000005e+09] [2] [] epoch_loss=0.375 epoch_auc=1 epoch_learning_rate=0.5",
		},
		"validation": {
			"[1.7000000005e+09] [] [brain.Event:2]",
			"[1.7000000005e+09] [1] [] epoch_loss=0.75 epoch_auc=0.125",
			"[1.7000000005e+09] [2] [] epoch_loss=NaN epoch_auc=1",
		},
	} {
		if got := told(t, files["logs/"+folder+"/"+name]); !slices.Equal(got, want) {
			t.Errorf("%s has\n%s\nwant\n%s", folder, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestTensorBoardOfBatches: steps are counted over all epochs, and a learning
// rate that the history has is not written twice.
func TestTensorBoardOfBatches(t *testing.T) {
	files := shelf{}
	b := (&TensorBoard{LogDir: "l", UpdateFreq: "batch"}).start(func() time.Time { return time.Unix(1, 0) })
	for range 2 {
		b.Step(&Course{Columns: []string{"loss"}, Values: []float64{2}, Rate: 0.125, Files: files}, 9)
	}
	records(t, b, files, []string{"loss", RateColumn}, []float64{1.5, 0.125})
	b.Step(&Course{Columns: []string{"loss"}, Values: []float64{1}, Rate: 0.25, Files: files}, 9)
	want := []string{
		"[1] [] [brain.Event:2]", "[1] [1] [] batch_loss=2 batch_learning_rate=0.125", "[1] [2] [] batch_loss=2 batch_learning_rate=0.125",
		"[1] [1] [] epoch_loss=1.5 epoch_learning_rate=0.125", "[1] [3] [] batch_loss=1 batch_learning_rate=0.25",
	}
	if got := told(t, files["l/train/events.out.tfevents.0000000001.pipe"]); !slices.Equal(got, want) || len(files) != 1 {
		t.Errorf("wrote %d files, the first with\n%s", len(files), strings.Join(got, "\n"))
	}
	// A step can't report what went wrong; the next row does.
	b = (&TensorBoard{LogDir: "l", UpdateFreq: "batch"}).start(time.Now)
	c := &Course{Columns: []string{"loss"}, Values: []float64{1}, Files: full{}}
	b.Step(c, 1)
	if err := b.Row(c); err != errFull {
		t.Errorf("the error is %v", err)
	}
}

// TestCheckSum: the examples of RFC 3720, appendix B.4, and the customary one,
// by both ways.
func TestCheckSum(t *testing.T) {
	unmask := func(sum uint32) uint32 {
		sum -= 0xa282ead8
		return sum>>17 | sum<<15
	}
	ascending := make([]byte, 32)
	for i := range ascending {
		ascending[i] = byte(i)
	}
	for _, test := range []struct {
		data []byte
		want uint32
	}{
		{make([]byte, 32), 0x8a9136aa}, {bytes.Repeat([]byte{0xff}, 32), 0x62a8ab43}, {ascending, 0x46dd794e}, {[]byte("123456789"), 0xe3069283},
	} {
		if got := unmask(maskedSum(test.data)); got != test.want {
			t.Errorf("the sum of %x is %x, want %x", test.data, got, test.want)
		}
		if got := sumBitByBit(test.data); got != maskedSum(test.data) {
			t.Errorf("bit by bit the masked sum of %x is %x", test.data, got)
		}
	}
}

// TestRecordBytes: the record that begins every event file, byte by byte: 24
// bytes long, of which 9 are the time (0 here) and 15 the version.
func TestRecordBytes(t *testing.T) {
	got := record(nil, opening(time.Unix(0, 0)))
	want := "1800000000000000" + "a37f4b22" + "090000000000000000" + "1a0d627261696e2e4576656e743a32"
	if text := hex.EncodeToString(got); !strings.HasPrefix(text, want) || len(got) != 16+24 {
		t.Errorf("the record is\n%s, want\n%s and its sum", text, want)
	}
}
