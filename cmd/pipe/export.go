package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline/store"
)

// weightsFile is where a train stage leaves its weights.
const weightsFile = "model.safetensors"

func newExport(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export RUN",
		Short: "Write a run's model for other programs",
		Long: `export writes a run's model as a safetensors file, every weight under its name in
Keras' layouts, or as an ONNX file, the network itself for any ONNX runtime. With
--with-preprocessing an ONNX file begins with the run's preprocessing, so that it
takes raw volumes as the run's load stage reads them.`,
		Example: `  pipe export runs/mri/latest -o mri.safetensors
  pipe export runs/mri/latest --format onnx --with-preprocessing`,
		Args: takes(1, 1, "the folder of one run"),
	}
	format := &choice{value: "safetensors", words: []string{"safetensors", "onnx"}}
	format.flag(cmd, "format", "how to write it")
	var output string
	var preprocessing bool
	cmd.Flags().StringVarP(&output, "output", "o", "", "the `file` to write (default: <name of the run>.safetensors or .onnx)")
	cmd.Flags().BoolVar(&preprocessing, "with-preprocessing", false, "let an ONNX file begin with the run's preprocessing")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return a.export(args[0], format.value, output, preprocessing)
	}
	return cmd
}

func (a *app) export(run, format, output string, preprocessing bool) error {
	if preprocessing && format != "onnx" {
		return &usage{"a " + format + " file holds weights only, no preprocessing", "add --format onnx, or leave --with-preprocessing out"}
	}
	past, err := readRun(run)
	if err != nil {
		return err
	}
	if output == "" {
		output = past.Name + "." + format
	}
	if format == "onnx" {
		return a.exportONNX(run, output, preprocessing)
	}
	return a.exportWeights(past, output)
}

// exportONNX writes the network, perhaps behind its preprocessing.
func (a *app) exportONNX(run, output string, preprocessing bool) error {
	reuse, err := openRun(run)
	if err != nil {
		return err
	}
	// What cannot be written is found before a file is begun.
	var file bytes.Buffer
	if err := reuse.WriteONNX(&file, preprocessing); err != nil {
		return &trouble{code: exitFailed, problem: err.Error(), help: "see `pipe explain export` for what is written"}
	}
	err = store.WriteFile(output, func(w io.Writer) error {
		_, err := w.Write(file.Bytes())
		return err
	})
	if err != nil {
		return err
	}
	takes := "volumes as the network takes them"
	if preprocessing {
		takes = "raw volumes"
	}
	fmt.Fprintf(a.out, "the network in %s, for %s\n", output, takes)
	return nil
}

// exportWeights copies the weights.
func (a *app) exportWeights(past *pastRun, output string) error {
	file, size, err := past.weights()
	if err != nil {
		return err
	}
	defer file.Close()
	header, err := weights.ReadHeader(file, size)
	if err != nil {
		return &trouble{code: exitFailed, problem: fmt.Sprintf("%s: %s", file.Name(), err), help: "run the pipeline again"}
	}
	err = store.WriteFile(output, func(w io.Writer) error {
		_, err := io.Copy(w, io.NewSectionReader(file, 0, size))
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s in %s\n", number(len(header.Tensors), "array"), output)
	return nil
}

// weights opens the weights of the run's last train stage that left some.
func (p *pastRun) weights() (*os.File, int64, error) {
	names := []string{weightsFile}
	for i := len(p.Stages) - 1; i >= 0; i-- {
		names = append(names, filepath.Join(p.Stages[i].ID, weightsFile))
	}
	for _, name := range names {
		file, err := os.Open(filepath.Join(p.dir, name))
		if err != nil {
			continue
		}
		info, err := file.Stat()
		if err != nil {
			file.Close()
			continue
		}
		return file, info.Size(), nil
	}
	return nil, 0, &trouble{code: exitFailed, problem: p.dir + " holds no " + weightsFile + ": no model was trained in this run", help: "see `pipe runs list` for those that were done"}
}
