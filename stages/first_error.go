package stages

import (
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// firstError is a site at which warnings are told and the first error ends the
// stage.
type firstError struct {
	pipeline.Site
	err error
}

// Report passes warnings on and keeps the first error.
func (f *firstError) Report(d diag.Diagnostic) { f.ReportUnless(nil, d) }

// ReportUnless passes warnings on and keeps the first error.
func (f *firstError) ReportUnless(allowed []diag.Allow, d diag.Diagnostic) {
	switch {
	case d.Severity != diag.Error:
		f.Site.ReportUnless(allowed, d)
	case f.err == nil:
		f.err = pipeline.Fail(d)
	}
}
