package stages

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

func TestLoadReadsATable(t *testing.T) {
	p := newProject(t)
	for i, name := range []string{"a", "b", "c"} {
		p.write("scans/"+name+".npy", saved("|u1", []int{2, 2, 2}, i))
		p.write("scans/"+name+"_mask.npy", saved("|u1", []int{2, 2, 2}, i+10))
	}
	p.write("scans/cases.csv", []byte("file,mask,dx,patient,part\nb.npy,b_mask.npy,ill,p1,test\na.npy,a_mask.npy,well,p2,train\nc.npy,c_mask.npy,well,p1,test\na.npy,a_mask.npy,ill,p3,train\n"))
	stage := "load: {table: scans/cases.csv, volumes: file, labels: dx, groups: patient, partition: part}"
	d := p.gives(true, stage)
	if got := pipeline.Summarize(d); got != "4 examples of [2, 2, 2], uint8, values 0..255, class_name labels, train 2 / test 2" {
		t.Error(got)
	}
	if !slices.Equal(d.Facts.Labels.Texts, []string{"ill", "well", "well", "ill"}) || !slices.Equal(d.Facts.Groups, []string{"p1", "p2", "p1", "p3"}) ||
		!slices.Equal(d.Facts.Members["test"], []int{0, 2}) || !slices.Equal(d.Facts.Members["train"], []int{1, 3}) {
		t.Errorf("%+v", d.Facts)
	}
	if got := values(t, p.runs(stage)); got[0] != 1 || got[8] != 0 || got[16] != 2 {
		t.Errorf("%v", got)
	}
	if got := pipeline.Summarize(p.gives(false, stage)); got != "N examples of [?], raw labels, train N_train / validation N_validation / test N_test" {
		t.Error(got)
	}
	v := p.runs("load: {table: scans/cases.csv, volumes: file, labels: mask}")
	if got := values(t, &pipeline.Volumes{Source: v.Masks}); v.Is.Labels.Kind != pipeline.Mask || got[0] != 11 || got[8] != 10 || got[16] != 12 {
		t.Errorf("%s %v", v.Is.Labels.Kind, got)
	}
	p.refuses(true, "YML122", `cases.csv has no column scan`, "load: {table: scans/cases.csv, volumes: scan}")
	p.refuses(true, "YML122", `row 0, counting from 0, says "p1"`, "load: {table: scans/cases.csv, volumes: file, partition: patient}")
	p.refuses(true, "FIL101", `there is no file .*p1`, "load: {table: scans/cases.csv, volumes: patient}")
	p.write("scans/torn.csv", []byte("file,mask\na.npy,a_mask.npy\nz.npy,b_mask.npy\nc.npy,z_mask.npy\n"))
	p.refuses(true, "LBL012", `of 3 rows 1 name a volume that is not there.*row 1 z.npy`, "load: {table: scans/torn.csv, volumes: file}")
	p.write("scans/torn.csv", []byte("file,mask\na.npy,a_mask.npy\nb.npy,b_mask.npy\nc.npy,z_mask.npy\n"))
	p.refuses(true, "LBL012", `of 3 rows 1 name a mask that is not there.*row 2 z_mask.npy`, "load: {table: scans/torn.csv, volumes: file, labels: mask}")
	p.refuses(true, "FIL101", `there is no file .*case.csv \| help: did you mean cases.csv`, "load: {table: scans/case.csv, volumes: file}")
}
