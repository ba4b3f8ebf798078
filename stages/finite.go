package stages

import (
	"errors"
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// notFinite is an example with values from which nothing can be learnt.
type notFinite struct {
	// example counts from 0; wrong of its values are NaN or infinite.
	example, wrong, of int
}

func (e *notFinite) Error() string {
	return fmt.Sprintf("sample %d has %d of %d values that are NaN or infinite", e.example, e.wrong, e.of)
}

// finite gives a *notFinite if an example has values that are not finite.
func finite(example int, values []float32) error {
	wrong := 0
	for _, v := range values {
		if d := float64(v); math.IsNaN(d) || math.IsInf(d, 0) {
			wrong++
		}
	}
	if wrong > 0 {
		return &notFinite{example: example, wrong: wrong, of: len(values)}
	}
	return nil
}

// placed gives the error of a stage that reads voxels its place where the dataset
// began, if it is the voxels' fault, and counts all that is wrong with them.
func placed(r *pipeline.Run, v *pipeline.Volumes, err error) error {
	var fault *notFinite
	if !errors.As(err, &fault) {
		return err
	}
	found, failed := scan.Of(r.Context, v.Source, scan.Settings{}, threads(r))
	if failed != nil {
		return failed
	}
	stored, failed := scan.Of(r.Context, v.Stored().Source, scan.Settings{}, threads(r))
	if failed != nil {
		return failed
	}
	d, beyond := rules.BeyondFloat16(v.Is, stored, v.Members(pipeline.All))
	if !beyond {
		d, _ = rules.NotFinite(v.Is, found)
	}
	return pipeline.Fail(d.And(r.Item.KindSpan, fmt.Sprintf("%s would learn from it", r.ID)))
}
