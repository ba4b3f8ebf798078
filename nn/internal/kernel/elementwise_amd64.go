//go:build !purego

package kernel

//go:generate go -C asm run ./elementwise -out ../elementwise_amd64.s

// fastCurves are the kernels in assembly of an engine, if it has any.
func fastCurves(engine string) *[formsInTotal]curves {
	switch engine {
	case "avx512":
		return &avx512Curves
	case "avx2":
		return &avx2Curves
	}
	return nil
}

var avx512Curves = [formsInTotal]curves{
	exponential: {value: avx512Exp},
	relu:        {value: avx512Relu, slope: avx512ReluSlope},
	leaky:       {value: avx512Leaky, slope: avx512LeakySlope},
	elu:         {value: avx512Elu, slope: avx512EluSlope},
	logistic:    {value: avx512Logistic, slope: avx512LogisticSlope},
	hyperbolic:  {value: avx512Tanh, slope: avx512TanhSlope},
	softplus:    {value: avx512Softplus, slope: avx512SoftplusSlope},
	silu:        {value: avx512Silu, slope: avx512SiluSlope},
	gelu:        {value: avx512Gelu, slope: avx512GeluSlope},
	geluByTanh:  {value: avx512GeluByTanh, slope: avx512GeluByTanhSlope},
}

var avx2Curves = [formsInTotal]curves{
	exponential: {value: avx2Exp},
	relu:        {value: avx2Relu, slope: avx2ReluSlope},
	leaky:       {value: avx2Leaky, slope: avx2LeakySlope},
	elu:         {value: avx2Elu, slope: avx2EluSlope},
	logistic:    {value: avx2Logistic, slope: avx2LogisticSlope},
	hyperbolic:  {value: avx2Tanh, slope: avx2TanhSlope},
	softplus:    {value: avx2Softplus, slope: avx2SoftplusSlope},
	silu:        {value: avx2Silu, slope: avx2SiluSlope},
	gelu:        {value: avx2Gelu, slope: avx2GeluSlope},
	geluByTanh:  {value: avx2GeluByTanh, slope: avx2GeluByTanhSlope},
}

// fastContest runs the kernel in assembly of an engine, if it has any.
func fastContest(engine string, c *contest) bool {
	switch engine {
	case "avx512":
		avx512Contest(c)
	case "avx2":
		avx2Contest(c)
	default:
		return false
	}
	return true
}

// fastAdam runs the kernel in assembly of an engine, if it has any.
func fastAdam(engine string, a *AdamStep) bool {
	switch engine {
	case "avx512":
		avx512Adam(a)
	case "avx2":
		avx2Adam(a)
	default:
		return false
	}
	return true
}

//go:noescape
func avx512Adam(a *AdamStep)

//go:noescape
func avx2Adam(a *AdamStep)

//go:noescape
func avx512Contest(c *contest)

//go:noescape
func avx2Contest(c *contest)

//go:noescape
func avx512Exp(s *strand)

//go:noescape
func avx512Relu(s *strand)

//go:noescape
func avx512ReluSlope(s *strand)

//go:noescape
func avx512Leaky(s *strand)

//go:noescape
func avx512LeakySlope(s *strand)

//go:noescape
func avx512Elu(s *strand)

//go:noescape
func avx512EluSlope(s *strand)

//go:noescape
func avx512Logistic(s *strand)

//go:noescape
func avx512LogisticSlope(s *strand)

//go:noescape
func avx512Tanh(s *strand)

//go:noescape
func avx512TanhSlope(s *strand)

//go:noescape
func avx512Softplus(s *strand)

//go:noescape
func avx512SoftplusSlope(s *strand)

//go:noescape
func avx512Silu(s *strand)

//go:noescape
func avx512SiluSlope(s *strand)

//go:noescape
func avx512Gelu(s *strand)

//go:noescape
func avx512GeluSlope(s *strand)

//go:noescape
func avx512GeluByTanh(s *strand)

//go:noescape
func avx512GeluByTanhSlope(s *strand)

//go:noescape
func avx2Exp(s *strand)

//go:noescape
func avx2Relu(s *strand)

//go:noescape
func avx2ReluSlope(s *strand)

//go:noescape
func avx2Leaky(s *strand)

//go:noescape
func avx2LeakySlope(s *strand)

//go:noescape
func avx2Elu(s *strand)

//go:noescape
func avx2EluSlope(s *strand)

//go:noescape
func avx2Logistic(s *strand)

//go:noescape
func avx2LogisticSlope(s *strand)

//go:noescape
func avx2Tanh(s *strand)

//go:noescape
func avx2TanhSlope(s *strand)

//go:noescape
func avx2Softplus(s *strand)

//go:noescape
func avx2SoftplusSlope(s *strand)

//go:noescape
func avx2Silu(s *strand)

//go:noescape
func avx2SiluSlope(s *strand)

//go:noescape
func avx2Gelu(s *strand)

//go:noescape
func avx2GeluSlope(s *strand)

//go:noescape
func avx2GeluByTanh(s *strand)

//go:noescape
func avx2GeluByTanhSlope(s *strand)
