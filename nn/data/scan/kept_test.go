package scan_test

import (
	"reflect"
	"testing"

	"github.com/voxelpipe/pipe/nn/data/scan"
)

func TestAResultIsKept(t *testing.T) {
	for _, settings := range []scan.Settings{{}, {Sketch: true}, {Sketch: true, Group: []int{2, 0, 2}, Groups: 3}} {
		for _, sizes := range [][]int{{8, 9, 10, 2}, {5}} {
			want := result(t, noise(3, 1, sizes...), settings, 1)
			data, err := want.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			got := new(scan.Result)
			if err := got.UnmarshalBinary(data); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%v %+v: something else comes back", sizes, settings)
			}
			if !got.Of(3, sizes) || got.Of(2, sizes) || got.Of(3, []int{4}) {
				t.Errorf("%v: of other examples", sizes)
			}
		}
	}
}

func TestOtherBytesAreNoResult(t *testing.T) {
	data, err := result(t, noise(2, 1, 3, 3, 3), scan.Settings{}, 1).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	r := &scan.Result{Channels: 7}
	for n := range len(data) {
		if err := r.UnmarshalBinary(data[:n]); err == nil {
			t.Fatalf("%d bytes of %d are taken", n, len(data))
		}
	}
	if !reflect.DeepEqual(r, &scan.Result{Channels: 7}) {
		t.Error("an error leaves something behind")
	}
}
