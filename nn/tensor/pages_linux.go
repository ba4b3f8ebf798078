package tensor

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a large page of memory, in bytes.
const hugePage = 2 << 20

// onHugePages asks the system to back elements that nobody has touched yet with
// large pages: the first touch then costs one fault for 2 MB instead of 512, and
// the processor finds addresses sooner. Only speed depends on it.
func onHugePages[T Float](data []T) {
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(T(0))))
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(bytes))) % hugePage)
	if whole := (len(bytes) - skip) / hugePage * hugePage; whole > 0 {
		_ = unix.Madvise(bytes[skip:][:whole], unix.MADV_HUGEPAGE)
	}
}
