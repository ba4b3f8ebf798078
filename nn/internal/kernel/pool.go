package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a set of workers that share out the chunks of one job at a time. A
// nil Pool does all work on the caller.
type Pool struct {
	threads int
	// busy is held by the job that has the workers. Whoever finds it taken, such
	// as a job started from inside a job, works alone.
	busy sync.Mutex
	job  job
	wake chan struct{}
	idle sync.WaitGroup
	stop sync.Once
}

// job is the work at hand. Its chunks go to whoever asks next.
type job struct {
	chunks int
	work   func(worker, chunk int)
	next   atomic.Int64
	// failed is the first panic of a chunk.
	failed atomic.Pointer[failure]
}

type failure struct{ reason any }

// NewPool makes a pool of so many threads; 0 means one for each processor.
// Close it to end its workers.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{threads: threads, wake: make(chan struct{}, threads)}
	for worker := 1; worker < threads; worker++ {
		go func() {
			for range p.wake {
				p.job.do(worker)
				p.idle.Done()
			}
		}()
	}
	return p
}

// Threads is how many chunks run at the same time.
func (p *Pool) Threads() int {
	if p == nil {
		return 1
	}
	return p.threads
}

// Close ends the workers. A closed pool must not be used again; closing it
// twice is allowed.
func (p *Pool) Close() {
	if p != nil {
		p.stop.Do(func() { close(p.wake) })
	}
}

// Run calls work for every chunk in [0, chunks), several at the same time, and
// returns when all are done. A panic of work is raised again on the caller.
func (p *Pool) Run(chunks int, work func(chunk int)) {
	p.run(chunks, func(_, chunk int) { work(chunk) })
}

// run is Run for work that needs memory of its own: worker is in
// [0, Threads()), and one worker does one chunk at a time.
func (p *Pool) run(chunks int, work func(worker, chunk int)) {
	if p.Threads() == 1 || chunks <= 1 || !p.busy.TryLock() {
		for chunk := range chunks {
			work(0, chunk)
		}
		return
	}
	defer p.busy.Unlock()
	p.job.chunks, p.job.work = chunks, work
	p.job.next.Store(0)
	p.job.failed.Store(nil)
	others := min(p.threads, chunks) - 1
	p.idle.Add(others)
	for range others {
		p.wake <- struct{}{}
	}
	p.job.do(0)
	p.idle.Wait()
	p.job.work = nil
	if f := p.job.failed.Load(); f != nil {
		panic(f.reason)
	}
}

// do works on chunks until none is left or one has failed.
func (j *job) do(worker int) {
	defer func() {
		if reason := recover(); reason != nil {
			j.failed.CompareAndSwap(nil, &failure{reason})
		}
	}()
	for j.failed.Load() == nil {
		chunk := int(j.next.Add(1)) - 1
		if chunk >= j.chunks {
			return
		}
		j.work(worker, chunk)
	}
}
