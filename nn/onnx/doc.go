// Package onnx writes networks as ONNX files, for runtimes and tools that know
// nothing of this program, and reads such files as networks that can be trained.
//
// [Write] writes a network. Its input and output are channels last, [N, D, H, W,
// C], as everywhere in this program; the operators of the format want the
// channels behind the batch, so the axes are moved once on the way in and once
// where their order begins to matter. The batch axis is open. What comes before
// the network can be made part of the graph with a [Builder].
//
// [Open] reads a file's header, and [File.Layers] makes layers of its operators
// for examples of some sizes: an ordinary list of items, with the file's names as
// far as they fit, whose weights [Imported.Load] reads. Channels that the file has
// in front are last here. Small things that one would write otherwise are made
// into what one would write: a padding that is "same", the operators that a gelu is
// made of, the product and the sum that are a dense layer. An operator that has no
// layer here is refused by its name and place.
package onnx
