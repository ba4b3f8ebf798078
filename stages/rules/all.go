package rules

import (
	"slices"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// all is the catalogue, family by family.
var all = []*Rule{
	SHP001, SHP002, SHP003, SHP004, SHP006, SHP008, SHP009, SHP010, SHP012, SHP015, SHP016, SHP017, SHP019,
	OUT001, OUT002, OUT003, OUT004, OUT005, OUT006, OUT007, OUT008, OUT009, OUT010, OUT012, OUT017, OUT018, OUT020, OUT021,
	MET001, MET002,
	PRE002, PRE003, PRE007, PRE012,
	DAT001, DAT011,
	LBL001, LBL002, LBL003, LBL004, LBL005, LBL007, LBL011, LBL018,
	SPL001, SPL002,
	TRN003, TRN004, TRN010, TRN019,
	RUN012, RUN013, RUN014, RUN015, RUN016, RUN018, RUN019, RUN026,
	PRD004,
	FPR001, FPR002, FPR003, FPR004, FPR005, FPR006, FPR007, FPR008, FPR009, FPR010, FPR011, FPR012, FPR013,
}

// All lists the rules family by family.
func All() []*Rule { return slices.Clone(all) }

// Codes lists the codes of all rules.
func Codes() []*diag.Code {
	codes := make([]*diag.Code, len(all))
	for i, r := range all {
		codes[i] = r.Code
	}
	return codes
}
