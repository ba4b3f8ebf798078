package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruptible gives a context that ends at the first signal to stop, with a
// *stopped as its cause, so that what was done can be saved. A Ctrl-C after that
// ends the program at once; a request to terminate does not, since schedulers and
// timeout(1) send theirs to the process and to its group. Release gives the
// signals back.
func (a *app) interruptible(ctx context.Context) (stoppable context.Context, release func()) {
	stoppable, stop := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// A terminal that is closed ends a run as a request does, unless nohup asked for it to go on.
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	// Whoever read the progress may have gone (pipe run … 2>&1 | head): the work goes on.
	signal.Ignore(syscall.SIGPIPE)
	released := make(chan struct{})
	go func() {
		select {
		case first := <-signals:
			stop(&stopped{first})
			a.complain((&stopped{first}).Error(), "wait for what was done to be saved, or press Ctrl-C again to lose it")
		case <-released:
			return
		}
		for {
			select {
			case again := <-signals:
				if again == os.Interrupt {
					os.Exit((&stopped{again}).code())
				}
			case <-released:
				return
			}
		}
	}()
	return stoppable, func() {
		signal.Stop(signals)
		signal.Reset(syscall.SIGPIPE)
		close(released)
		stop(nil)
	}
}
