package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/voxelpipe/pipe/pipeline/store"
)

func TestMain(m *testing.M) {
	if os.Getenv(store.CacheSwitch) == "" && filepath.Base(os.Args[0]) != "pipe" {
		os.Setenv(store.CacheSwitch, "off") // tests leave nothing in the user's folders
	}
	switch os.Getenv("PIPE_TEST") {
	case "heedless":
		heedless()
	case "peak":
		peak()
	}
	testscript.Main(m, map[string]func(){"pipe": main})
}

// peak runs a command and says as JSON what it used. A process is charged with the
// memory of the one that starts it, so that one has to be small: this.
func peak() {
	os.Unsetenv("PIPE_TEST")
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stderr = os.Stderr
	err := cmd.Run()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(cmd.ProcessState.SysUsage())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit":    exits,
			"npy":     makeArray,
			"windows": toWindows,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Setenv("TZ", "UTC")
			e.Setenv("PIPE_CACHE", filepath.Join(e.WorkDir, ".cache"))
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
	})
}

// exits is `exit CODE COMMAND…`: it runs a command, which must end with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE COMMAND ARGUMENT…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("ended with code %d, want %d", got, want)
	}
}

// toWindows is `windows FROM TO`: it copies a text as an editor on Windows saves
// it, with a byte order mark and carriage returns.
func toWindows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: windows FROM TO")
	}
	text := byteOrderMark + strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o666))
}

// makeArray is `npy FILE DTYPE SIZES VALUES`: it writes an array as np.save does.
// The values are `ramp` (0, 1, 2, … up to 255, then again), `cycle:K` (0 to K-1,
// again and again) or a list.
func makeArray(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: npy FILE DTYPE SIZES VALUES")
	}
	var sizes []string
	count := 1
	for _, word := range strings.Split(args[2], ",") {
		n, err := strconv.Atoi(word)
		ts.Check(err)
		count *= n
		sizes = append(sizes, word+",")
	}
	descr := map[string]string{"uint8": "|u1", "int64": "<i8", "float32": "<f4"}[args[1]]
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, strings.Join(sizes, " "))
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"

	var file bytes.Buffer
	file.WriteString("\x93NUMPY\x01\x00")
	binary.Write(&file, binary.LittleEndian, uint16(len(header)))
	file.WriteString(header)
	for i := range count {
		v := valueAt(ts, args[3], i)
		switch args[1] {
		case "uint8":
			file.WriteByte(byte(v))
		case "int64":
			binary.Write(&file, binary.LittleEndian, int64(v))
		case "float32":
			binary.Write(&file, binary.LittleEndian, math.Float32bits(float32(v)))
		default:
			ts.Fatalf("unknown dtype %s", args[1])
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), file.Bytes(), 0o666))
}

func valueAt(ts *testscript.TestScript, values string, i int) float64 {
	if values == "ramp" {
		return float64(i % 256)
	}
	if text, ok := strings.CutPrefix(values, "cycle:"); ok {
		k, err := strconv.Atoi(text)
		ts.Check(err)
		return float64(i % k)
	}
	list := strings.Split(values, ",")
	v, err := strconv.ParseFloat(list[i%len(list)], 64)
	ts.Check(err)
	return v
}
