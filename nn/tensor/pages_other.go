//go:build !linux

package tensor

// onHugePages does nothing: other systems choose the size of pages themselves.
func onHugePages[T Float]([]T) {}
