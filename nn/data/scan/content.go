package scan

import (
	"context"
	"encoding/binary"
	"io"
	"sync"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// contentPart is the bytes of a file that are read and digested at once.
const contentPart = 1 << 20

// Content gives 128 bits of the bytes of a file, read on so many threads at once.
// Other bytes have others, unless somebody makes them on purpose; whatever a file
// system says of a file's age is not believed.
func Content(ctx context.Context, r io.ReaderAt, size int64, threads int) ([2]uint64, error) {
	parts := int((size + contentPart - 1) / contentPart)
	sums, failures := make([][2]uint64, parts), make([]error, parts)
	todo := make(chan int)
	var readers sync.WaitGroup
	for range max(min(threads, parts), 1) {
		readers.Go(func() {
			var d kernel.Digest
			buffer := make([]byte, min(contentPart, size))
			for i := range todo {
				from := int64(i) * contentPart
				part := buffer[:min(contentPart, size-from)]
				// A reader may say io.EOF along with the last bytes.
				if n, err := r.ReadAt(part, from); n < len(part) {
					failures[i] = err
					continue
				}
				d.Begin()
				d.Add(part)
				sums[i] = d.Sum()
			}
		})
	}
	for i := 0; i < parts && ctx.Err() == nil; i++ {
		todo <- i
	}
	close(todo)
	readers.Wait()
	for _, err := range failures {
		if err != nil {
			return [2]uint64{}, err
		}
	}
	var all kernel.Digest
	all.Begin()
	whole := binary.LittleEndian.AppendUint64(nil, uint64(size))
	for _, sum := range sums {
		whole = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(whole, sum[0]), sum[1])
	}
	all.Add(whole)
	return all.Sum(), ctx.Err()
}
