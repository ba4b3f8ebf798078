package stages

import "testing"

func TestPathAndPart(t *testing.T) {
	for text, want := range map[string][2]string{
		"scans.npy":                   {"scans.npy", ""},
		"all.npz#images":              {"all.npz", "images"},
		"all.NPZ#a/b#c":               {"all.NPZ", "a/b#c"},
		"cases.csv#label":             {"cases.csv", "label"},
		"scans.npy#x":                 {"scans.npy", "x"},
		"study#3/v1.2#b/scan.npz#im":  {"study#3/v1.2#b/scan.npz", "im"},
		"study#3/*.npy":               {"study#3/*.npy", ""},
		"study#3":                     {"study#3", ""},
		"":                            {"", ""},
		"scans/*.npz#image":           {"scans/*.npz", "image"},
		"scans.npz/odd.npy#x":         {"scans.npz/odd.npy", "x"},
		"all.npz#":                    {"all.npz", ""},
		"patients.npz#d/x.npz#member": {"patients.npz", "d/x.npz#member"},
	} {
		if path, part := PathAndPart(text); [2]string{path, part} != want {
			t.Errorf("%q is %q and %q, want %q", text, path, part, want)
		}
	}
}
