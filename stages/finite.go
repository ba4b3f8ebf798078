package stages

import (
	"errors"
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
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

// allFinite looks at every example of a source that is held in memory.
func allFinite(s data.Source) error {
	values := make([]float32, data.Elements(s.Shape()))
	for i := range s.Len() {
		if err := s.Read(i, values); err != nil {
			return err
		}
		if err := finite(i, values); err != nil {
			return err
		}
	}
	return nil
}

// placed gives the error of a stage that reads voxels its place where the dataset
// began, if it is the voxels' fault.
func placed(r *pipeline.Run, d *pipeline.Dataset, err error) error {
	var fault *notFinite
	if !errors.As(err, &fault) {
		return err
	}
	return pipeline.Fail(diag.New(rules.DAT001.Code, d.ExamplesAt.Span, fault.Error()).
		And(r.Item.KindSpan, fmt.Sprintf("%s would learn from it", r.ID)).
		Note("samples count from 0").
		Suggest("mend the sample, or leave it out of volumes and labels").
		Suggest("or, if infinite values are meant, keep them in bounds above this stage: clip: {range: [low, high]}"))
}
