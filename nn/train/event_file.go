package train

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"time"
)

// scalar is a named number of an event.
type scalar struct {
	tag   string
	value float64
}

// event is what TensorBoard calls so: numbers of one moment.
type event struct {
	at      time.Time
	step    int64
	scalars []scalar
}

// eventFile is a file of TensorBoard under way.
type eventFile struct {
	name  string
	begun bool
}

// add appends an event; in front of the first one goes what the format begins
// with.
func (f *eventFile) add(c *Course, e event) error {
	files, err := c.files()
	if err != nil {
		return err
	}
	var records []byte
	if !f.begun {
		f.begun = true
		records = record(records, opening(e.at))
	}
	return files.Append(f.name, record(records, e.encode()))
}

// record appends a record as TensorFlow's files have them (TFRecord): its length,
// the check sum of the length, the record, its check sum, all little endian. See
// tensorflow/core/lib/io/record_writer.h.
func record(into, data []byte) []byte {
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	into = append(into, length...)
	into = binary.LittleEndian.AppendUint32(into, maskedSum(length))
	into = append(into, data...)
	return binary.LittleEndian.AppendUint32(into, maskedSum(data))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// maskedSum is a CRC32-C, rotated and shifted, so that the sum of data which
// hold sums is no trap.
func maskedSum(data []byte) uint32 {
	sum := crc32.Checksum(data, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}

// The messages of tensorflow/core/util/event.proto and summary.proto, as far as
// numbers need them:
//
//	Event:   double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5
//	Summary: repeated Value value = 1
//	Value:   string tag = 1; float simple_value = 2

// opening is the event that a file begins with.
func opening(at time.Time) []byte { return field(moment(at), 3, []byte("brain.Event:2")) }

func (e event) encode() []byte {
	var summary []byte
	for _, s := range e.scalars {
		value := field(nil, 1, []byte(s.tag))
		value = append(value, 2<<3|wire32)
		value = binary.LittleEndian.AppendUint32(value, math.Float32bits(float32(s.value)))
		summary = field(summary, 1, value)
	}
	message := append(moment(e.at), 2<<3|wireVarint)
	message = binary.AppendUvarint(message, uint64(e.step))
	return field(message, 5, summary)
}

// moment is the beginning of an event.
func moment(at time.Time) []byte {
	seconds := float64(at.UnixNano()) / 1e9
	return binary.LittleEndian.AppendUint64([]byte{1<<3 | wire64}, math.Float64bits(seconds))
}

// The wire types of protocol buffers.
const wireVarint, wire64, wireBytes, wire32 = 0, 1, 2, 5

// field appends a field of bytes: a text or a message.
func field(into []byte, number byte, data []byte) []byte {
	into = append(into, number<<3|wireBytes)
	into = binary.AppendUvarint(into, uint64(len(data)))
	return append(into, data...)
}
