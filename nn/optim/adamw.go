package optim

// AdamW adds a `weight_decay` of 0.004 to `adam`: every step also takes a share
// of each weight away, learning_rate × weight_decay. That keeps weights small
// which the loss does not ask for, whatever the size of their gradients.
//
// The rule is that of Loshchilov and Hutter, "Decoupled Weight Decay
// Regularization" (2019), with Keras' defaults. PyTorch's differ: a weight_decay
// of 0.01, and an epsilon of 1e-8 that is added after the mean was corrected.
type AdamW struct {
	Adam `yaml:",inline"`
}
