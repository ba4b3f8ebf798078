package main

import (
	"fmt"
	"strconv"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// preset is a network of a composite that the language has, at the size of a
// config.
type preset struct {
	name  string
	input []int
	batch int
	unit  nn.Unit
}

// presetNetworks are the presets. The first two are those of
// configs/adrenal_resnet.yaml and configs/hippocampus_segmentation.yaml, without
// dropout, whose numbers are others on each side; the others stand beside the
// first, for the same volumes. Their last activation is part of the loss.
func presetNetworks() []preset {
	glands, classes, tissues := []int{28, 28, 28, 1}, 2, 3
	return []preset{
		{"resnet3d", glands, 32, layers.New(func(r *layers.ResNet3D) {
			r.Depth, r.Filters, r.Stages = 10, 8, 3
			r.StemKernelSize, r.StemStrides, r.StemPool = [3]int{3, 3, 3}, [3]int{1, 1, 1}, false
			r.Classes, r.Classifier = &classes, nil
		})},
		{"unet3d", []int{40, 56, 40, 1}, 2, layers.New(func(u *layers.UNet3D) {
			u.Depth, u.Filters, u.Normalization = 2, 8, "instance"
			u.Then = layers.New(func(l *layers.LeakyReLU) { l.NegativeSlope = 0.01 })
			u.Classes, u.Classifier = &tissues, nil
		})},
		{"vgg3d", glands, 32, layers.New(func(v *layers.VGG3D) {
			v.Depth, v.Filters, v.Blocks, v.DenseUnits, v.Dropout = 11, 16, 3, []int{64}, 0
			v.Classes, v.Classifier = &classes, nil
		})},
		{"densenet3d", glands, 32, layers.New(func(d *layers.DenseNet3D) {
			d.Blocks, d.GrowthRate = []int{3, 3}, 8
			d.StemKernelSize, d.StemStrides, d.StemPool = [3]int{3, 3, 3}, [3]int{1, 1, 1}, true
			d.Classes, d.Classifier = &classes, nil
		})},
	}
}

// subject draws as many examples as a batch has.
func (p preset) subject() (*subject, error) {
	return newSubject(p.name, p.input, []nn.Item{{ID: p.name, Unit: p.unit}}, p.batch, p.batch)
}

// presets measures a step of training and the inference of a batch of each.
func (s *comparison) presets() error {
	t := &table{head: s.heads("preset", "batch", "weights", "GMAC")}
	const warm, count = 1, 2
	ratios := make([][]float64, len(s.torch))
	for _, p := range presetNetworks() {
		of, err := p.subject()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.log, "preset %s: %s\n", of.name, outline(of.graph))
		if err := s.handOver(of); err != nil {
			return err
		}
		net := of.alive()
		infer := of.infer(net, s.pool)
		for _, work := range []struct {
			name, do string
			turn     func() ([]float64, error)
		}{
			{"a step of training", "epochs", func() ([]float64, error) { return of.steps(net, s.pool, warm, count) }},
			{"inference", "infer", func() ([]float64, error) { return infer(warm, count) }},
		} {
			ours := &side{name: "pipe", turn: work.turn}
			theirs := s.torchSides(request{Do: work.do}, warm, count)
			if err := s.compare(ours, theirs); err != nil {
				return fmt.Errorf("%s: %w", of.name, err)
			}
			t.row(append([]string{
				fmt.Sprintf("%s of %s: %s", of.name, dimensions(p.input), work.name),
				strconv.Itoa(of.batch), strconv.Itoa(trained(net)), digits(float64(macs(of.graph)*of.batch) / 1e9),
			}, versus(ours, theirs, milliseconds)...)...)
			for way, sides := range theirs {
				ratios[way] = append(ratios[way], times(ours, better(sides...)).median)
			}
		}
	}
	fmt.Fprintf(s.report, "### Presets\n\n")
	t.write(s.report)
	for way, torch := range s.torch {
		fmt.Fprintf(s.report, "%s: %s\n\n", torch.name, inAll(ratios[way]))
	}
	return nil
}

// dimensions is a shape as 28×28×28×1.
func dimensions(sizes []int) string {
	text := strconv.Itoa(sizes[0])
	for _, size := range sizes[1:] {
		text += "×" + strconv.Itoa(size)
	}
	return text
}
