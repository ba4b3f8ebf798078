package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// process runs pipe as a program of its own, in a folder.
func process(t *testing.T, folder string, args ...string) (cmd *exec.Cmd, messages *bufio.Scanner) {
	t.Helper()
	cmd = exec.Command("pipe", args...) // this test program under another name: TestMain puts it into the path
	cmd.Dir = folder
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it has ended, if all is well
	return cmd, bufio.NewScanner(stderr)
}

// await reads lines up to the first one with a text in it.
func await(t *testing.T, messages *bufio.Scanner, text string) {
	t.Helper()
	var seen []string
	for messages.Scan() {
		seen = append(seen, messages.Text())
		if strings.Contains(messages.Text(), text) {
			return
		}
	}
	t.Fatalf("no line with %q, but:\n%s", text, strings.Join(seen, "\n"))
}

// exitCode reads what is left and gives the code that the process ended with.
func exitCode(t *testing.T, cmd *exec.Cmd, messages *bufio.Scanner) int {
	t.Helper()
	for messages.Scan() {
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// endless trains for longer than any test waits.
const endless = `version: 1
stages:
  - phantom: {samples: 24, size: [4, 8, 8]}
  - label_encode
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: sgd, loss: categorical_crossentropy, epochs: 100000000}
  - evaluate: {on: all}
`

func TestRunInterrupted(t *testing.T) {
	for signal, want := range map[syscall.Signal]int{syscall.SIGHUP: 129, syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "endless.yaml"), []byte(endless), 0o666); err != nil {
			t.Fatal(err)
		}
		cmd, messages := process(t, folder, "run", "endless.yaml", "--run-dir", "run")
		await(t, messages, "epoch 2/")
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		await(t, messages, "stopped by")
		// A request to terminate often comes twice, to the process and to its group.
		_ = cmd.Process.Signal(syscall.SIGTERM) // it fails where the process has ended, which is as good
		if got := exitCode(t, cmd, messages); got != want {
			t.Errorf("%v: ended with code %d, want %d", signal, got, want)
		}

		var record struct {
			Result string
			Exit   int
			Stages []struct{ ID, Result string }
		}
		text, err := os.ReadFile(filepath.Join(folder, "run", "run.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &record); err != nil {
			t.Fatal(err)
		}
		if record.Result != "interrupted" || record.Exit != want {
			t.Errorf("%v: the record says %q, %d", signal, record.Result, record.Exit)
		}
		results := map[string]string{}
		for _, s := range record.Stages {
			results[s.ID] = s.Result
		}
		if results["model"] != "done" || results["train"] != "interrupted" {
			t.Errorf("%v: stages ended as %v", signal, results)
		}
		// What was learnt until then is kept.
		history, err := os.ReadFile(filepath.Join(folder, "run", "history.csv"))
		if err != nil || !strings.Contains(string(history), "\n2,") {
			t.Errorf("%v: the history is %.60q, %v", signal, history, err)
		}
		if _, err := os.Stat(filepath.Join(folder, "run", "model.safetensors")); err != nil {
			t.Error(err)
		}
	}
}

// A kill that cannot be heeded leaves a record that is whole, and says that the
// run has not ended.
func TestRunKilled(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "endless.yaml"), []byte(endless), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd, messages := process(t, folder, "run", "endless.yaml", "--run-dir", "run")
	await(t, messages, "epoch 2/")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := exitCode(t, cmd, messages); got != -1 {
		t.Fatalf("ended with code %d, not by the kill", got)
	}
	run, err := readRecord(filepath.Join(folder, "run"))
	if err != nil {
		t.Fatal(err)
	}
	if run.Result != "running" || run.Exit != nil || run.Ended != nil {
		t.Errorf("the record says %q, %v, %v", run.Result, run.Exit, run.Ended)
	}
	config, err := os.ReadFile(filepath.Join(folder, "run", configFile))
	if err != nil || string(config) != endless {
		t.Errorf("the config is %q, %v", config, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "run", weightsFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("weights of a run that never saved any: %v", err)
	}
}

// A second signal ends a program that does not heed the first.
func TestSecondSignal(t *testing.T) {
	t.Setenv("PIPE_TEST", "heedless")
	cmd, messages := process(t, t.TempDir())
	await(t, messages, "working")
	for _, answer := range []string{"stopped by an interrupt", ""} {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if answer != "" {
			await(t, messages, answer) // a signal that is sent too soon is one with the first
		}
	}
	if got := exitCode(t, cmd, messages); got != 130 {
		t.Errorf("ended with code %d, want 130", got)
	}
}

// heedless is a program that goes on whatever its context says.
func heedless() {
	a := &app{out: &results{to: io.Discard}, err: os.Stderr}
	_, release := a.interruptible(context.Background())
	defer release()
	fmt.Fprintln(os.Stderr, "working")
	select {}
}
