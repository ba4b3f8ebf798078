package stages

import (
	"reflect"
	"sync"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
)

// counted counts how often each example is read.
type counted struct {
	data.Source
	mu    sync.Mutex
	reads []int
}

func (c *counted) Read(i int, into []float32) error {
	c.mu.Lock()
	c.reads[i]++
	c.mu.Unlock()
	return c.Source.Read(i, into)
}

// TestALookReadsOnce: what is stored, what the model is given and the masks beside
// it are looked at in one pass, and found as if each was looked at by itself.
func TestALookReadsOnce(t *testing.T) {
	const examples, side = 5, 8
	values, masks := make([]float32, examples*side*side*side), make([]float32, examples*side*side*side)
	for i := range values {
		if i%2 == 1 {
			values[i] = float32(i * 7919 % 101)
		} else if i%512%7 == 3 {
			masks[i] = 1 // of what is empty
		}
	}
	volumes := &counted{Source: data.NewMemory([]int{side, side, side, 1}, values), reads: make([]int, examples)}
	labels := &counted{Source: data.NewMemory([]int{side, side, side}, masks), reads: make([]int, examples)}
	raw := &pipeline.Volumes{Source: volumes, Masks: labels}
	halved := eachVoxel(func(v float64) float64 { return v / 2 })
	for _, v := range []*pipeline.Volumes{
		raw,
		{Source: data.Map(volumes, halved), Masks: labels, Raw: raw, Steps: []pipeline.Fitted{{Kind: "halved", Transform: halved}, {Kind: "split", Transform: unchanged{}}}},
	} {
		clear(volumes.reads)
		clear(labels.reads)
		look := lookAt(v, scan.Settings{Sketch: true})
		if err := look.recall(t.Context(), 2); err != nil || look.complete() {
			t.Fatalf("recalled out of nothing, %v", err)
		}
		if err := look.anew(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		once := []int{1, 1, 1, 1, 1}
		if !reflect.DeepEqual(volumes.reads, once) || !reflect.DeepEqual(labels.reads, once) {
			t.Errorf("%d steps: volumes are read %v times, masks %v", len(v.Steps), volumes.reads, labels.reads)
		}
		if len(look.beside.Outside) != examples || look.beside.Outside[3].Example != 3 {
			t.Errorf("%d steps: found beside the image: %v", len(v.Steps), look.beside.Outside)
		}
		for name, of := range map[string]struct {
			got    *scan.Result
			source data.Source
		}{
			"stored": {look.raw, raw.Source},
			"fed":    {look.fed, v.Source},
		} {
			want, err := scan.Of(t.Context(), of.source, scan.Settings{Sketch: true}, 1)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(of.got, want) {
				t.Errorf("%d steps: what is %s is %+v, by itself %+v", len(v.Steps), name, of.got, want)
			}
		}
	}
}
