package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine describes the processor as far as the system tells.
func machine() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return fmt.Sprintf("%s, %d cores", runtime.GOARCH, runtime.NumCPU())
	}
	return fmt.Sprintf("%s, %d cores", processor(string(text)), runtime.NumCPU())
}

// processor names the first processor of /proc/cpuinfo. A virtual machine often
// hides the model's name; family and model then still tell the generation.
func processor(cpuinfo string) string {
	facts := map[string]string{}
	for line := range strings.Lines(cpuinfo) {
		key, value, found := strings.Cut(line, ":")
		if !found {
			break
		}
		facts[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	name := facts["model name"]
	if name == "" {
		name = runtime.GOARCH
	}
	if facts["cpu family"] != "" {
		name += fmt.Sprintf(" (family %s, model %s)", facts["cpu family"], facts["model"])
	}
	return name
}
