package diag

import "encoding/json"

// Record is a diagnostic as programs read it. Slices are never nil, so that
// every list appears in JSON as a list. A diagnostic without a place has zeros
// for its lines and columns.
type Record struct {
	Code      string          `json:"code"`
	Severity  Severity        `json:"severity"`
	Summary   string          `json:"summary"`
	File      string          `json:"file"`
	Line      int             `json:"line"`
	Column    int             `json:"column"`
	EndLine   int             `json:"end_line"`
	EndColumn int             `json:"end_column"`
	Label     string          `json:"label"`
	Related   []RelatedRecord `json:"related"`
	Notes     []string        `json:"notes"`
	Help      []string        `json:"help"`
}

// RelatedRecord is a place where a fact was decided, as programs read it.
type RelatedRecord struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Label  string `json:"label"`
}

// AllowedRecord is a warning that was not told because the config allows it.
type AllowedRecord struct {
	Record
	Reason string `json:"reason"`
}

// AllowedRecords gives what the config allows, never nil.
func AllowedRecords(list *List) []AllowedRecord {
	records := []AllowedRecord{}
	for _, s := range list.Silenced() {
		records = append(records, AllowedRecord{s.Diagnostic.Record(), s.Reason})
	}
	return records
}

// Records gives the list in its order, never nil.
func Records(list *List) []Record {
	records := []Record{}
	for _, d := range list.All() {
		records = append(records, d.Record())
	}
	return records
}

// MarshalJSON gives the list as an array of records.
func (l *List) MarshalJSON() ([]byte, error) { return json.Marshal(Records(l)) }

// Record is the diagnostic as programs read it.
func (d Diagnostic) Record() Record {
	span := d.Primary.Span
	record := Record{
		Code: d.Code.ID, Severity: d.Severity, Summary: d.Summary,
		File: span.File, Line: span.Start.Line, Column: span.Start.Column,
		EndLine: span.End.Line, EndColumn: span.End.Column,
		Label:   d.Primary.Label,
		Related: []RelatedRecord{}, Notes: append([]string{}, d.Notes...), Help: []string{},
	}
	for _, place := range d.Related {
		record.Related = append(record.Related, RelatedRecord{
			File: place.Span.File, Line: place.Span.Start.Line, Column: place.Span.Start.Column, Label: place.Label,
		})
	}
	for _, help := range d.Help {
		record.Help = append(record.Help, help.Text)
	}
	return record
}
