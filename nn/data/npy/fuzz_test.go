package npy

import (
	"errors"
	"math"
	"runtime"
	"testing"
)

// allocated counts the bytes that a call allocates.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// allowance is the memory that a file of so many bytes may cost: a library's
// tables, and a small multiple of the file.
func allowance(size int) uint64 { return 1<<20 + 64*uint64(size) }

// exercise reads an opened array in every way; an error must be one for people.
func exercise(t *testing.T, a *Array, err error, size int) {
	t.Helper()
	if err == nil {
		err = everything(t, a, size)
	}
	var problem *Error
	if err != nil && (!errors.As(err, &problem) || problem.Problem == "" || problem.Remedy == "") {
		t.Fatalf("an error without a way out: %v", err)
	}
}

func everything(t *testing.T, a *Array, size int) error {
	if a.payload() > int64(size)*maxInflation {
		t.Fatalf("%d bytes claim to hold %d", size, a.payload())
	}
	if a.DType.IsText() {
		_, err := a.Texts()
		return err
	}
	if _, err := a.Floats(); err != nil {
		return err
	}
	rows := make([]float32, a.Elements())
	if err := a.Rows(0, a.Len(), rows); err != nil {
		return err
	}
	last := make([]float32, a.Elements()/a.Len())
	if err := a.Rows(a.Len()-1, 1, last); err != nil {
		return err
	}
	for i, v := range last {
		if w := rows[len(rows)-len(last)+i]; math.Float32bits(v) != math.Float32bits(w) {
			t.Fatalf("element %d of the last row is %v, and %v among all", i, v, w)
		}
	}
	if a.DType.IsReal() {
		return nil
	}
	_, err := a.Ints()
	return err
}
