// Package nn says what a layer is and joins layers to a network that can be run
// forwards and backwards. It is usable by itself: it knows nothing of configs,
// pipelines or diagnostics.
//
// A network goes through three forms:
//
//   - as written: a list of [Item]s, each a [Unit] with its settings. A [Spec] is a
//     layer; an [Alias] is another name for one; a [Composite] stands for several.
//   - resolved: [Resolve] lays the list flat into a [Graph] and works out every
//     shape by the layers' own rules. What does not fit is refused here, before
//     anything is allocated. Sizes may be symbols.
//   - alive: [Build] gives a [Network], which holds weights. Its Forward and
//     Backward work on a batch; a [Pass] lends them workers and memory.
//
// There is no half-built state: what is written holds no weights, what is alive
// has all of them.
//
// Shapes are channels last, [N, D, H, W, C]; names, settings, defaults and weight
// layouts are those of Keras 3. The same seed gives the same bits for any number
// of threads.
//
// The layers are in nn/layers, the losses in nn/loss, the optimizers in nn/optim,
// and nn/train runs them. nn/weights stores weights as safetensors, nn/onnx writes
// and reads networks as ONNX, and nn/data gives examples. The program in
// examples/library goes through all of them.
package nn
