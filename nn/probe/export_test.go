package probe

// CostOf is for tests.
var CostOf = costOf
