package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Pool is a set of workers that share out the chunks of one job at a time. A
// nil Pool does all work on the caller.
type Pool struct {
	threads int
	// busy is held by the job that has the workers. Whoever finds it taken, such
	// as a job started from inside a job, works alone.
	busy sync.Mutex
	job  job
	// wake has a token for each worker that a job wants; done gets one when all who
	// are still at the job behind its end have finished.
	wake, done chan struct{}
	stop       sync.Once
	// watchful says that each worker has a processor, and may stay awake.
	watchful bool
}

// job is the work at hand. Its chunks go to whoever asks next.
type job struct {
	chunks int
	work   task
	next   atomic.Int64
	// others is how many workers are at it, beside the caller, and whether it is over.
	others atomic.Int64
	// failed is the first panic of a chunk.
	failed atomic.Pointer[failure]
}

// over is added to the number of workers when a job lets nobody in any more: all of
// its chunks have been taken. So nobody waits for a worker that is still asleep, or
// has no processor because another program is busy, to say that it has nothing to
// do; only for those who are at a chunk.
const over = 1 << 32

type failure struct{ reason any }

// task is the work of a job. Its numbers lie in what lasts, a Scratch for the most
// part, so that handing it out takes no memory, as a closure would.
type task interface {
	// do works on one chunk. Worker is in [0, Threads()), and one worker does one
	// chunk at a time: it may use memory of its own.
	do(worker, chunk int)
}

// each is a task that needs no memory of its own.
type each func(chunk int)

func (e each) do(_, chunk int) { e(chunk) }

// NewPool makes a pool of so many threads; 0 means one for each processor.
// Close it to end its workers.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{
		threads: threads, wake: make(chan struct{}, max(1, threads-1)), done: make(chan struct{}, 1),
		watchful: threads <= runtime.GOMAXPROCS(0),
	}
	p.job.others.Store(over)
	for worker := 1; worker < threads; worker++ {
		go func() {
			for p.await(p.wake) {
				if !p.job.enter() {
					continue
				}
				p.job.do(worker)
				if p.job.others.Add(-1) == over {
					p.done <- struct{}{}
				}
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
// returns when all are done. A panic of work is raised again on the caller. A work
// that is made once and kept takes no memory for a run.
func (p *Pool) Run(chunks int, work func(chunk int)) {
	p.run(chunks, each(work))
}

// run is Run for a task.
func (p *Pool) run(chunks int, work task) {
	if p.Threads() == 1 || chunks <= 1 || !p.busy.TryLock() {
		for chunk := range chunks {
			work.do(0, chunk)
		}
		return
	}
	defer p.busy.Unlock()
	p.job.chunks, p.job.work = chunks, work
	p.job.next.Store(0)
	p.job.failed.Store(nil)
	p.job.others.Store(0)
	for range min(p.threads, chunks) - 1 {
		select {
		case p.wake <- struct{}{}:
		default: // those who have not seen the last tokens yet will come
		}
	}
	p.job.do(0)
	if others := p.job.others.Or(over); others > 0 {
		p.await(p.done)
	}
	p.job.work = nil
	if f := p.job.failed.Load(); f != nil {
		panic(f.reason)
	}
}

// patience is how long a worker looks out for the next job before it goes to
// sleep. Waking it up takes as long, on a virtual machine; the jobs of a training
// step follow each other faster.
const patience = 200 * time.Microsecond

// await waits for a token, and says whether there will be more.
func (p *Pool) await(tokens <-chan struct{}) bool {
	if p.watchful {
		const looks = 64 // between looks at the clock
		for began := time.Now(); time.Since(began) < patience; {
			for range looks {
				select {
				case _, more := <-tokens:
					return more
				default:
				}
			}
		}
	}
	_, more := <-tokens
	return more
}

// enter joins the job, unless it is over.
func (j *job) enter() bool {
	for {
		others := j.others.Load()
		if others&over != 0 {
			return false
		}
		if j.others.CompareAndSwap(others, others+1) {
			return true
		}
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
		j.work.do(worker, chunk)
	}
}
