// Command pipe checks, plans and runs pipelines that train 3-D neural networks,
// each written as one YAML file.
package main

import "os"

func main() {
	bearLimits()
	os.Exit(invoke(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
