//go:build purego || !amd64

package kernel

// fastCurves are none here.
func fastCurves(string) *[formsInTotal]curves { return nil }

// fastContest is none here.
func fastContest(string, *contest) bool { return false }

// fastAdam is none here.
func fastAdam(string, *AdamStep) bool { return false }
