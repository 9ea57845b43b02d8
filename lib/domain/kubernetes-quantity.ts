const factors: Readonly<Record<string, number>> = {
	n: 1e-9,
	u: 1e-6,
	m: 1e-3,
	"": 1,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	P: 1e15,
	E: 1e18,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
	Pi: 2 ** 50,
	Ei: 2 ** 60,
};

/**
 * The number that a Kubernetes quantity stands for: "250m" → 0.25, "1Gi" → 1,073,741,824, "1e3" → 1,000.
 * Null for what is none. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export const quantityOf = (text: string): number | null => {
	const [, digits, suffix = ""] = /^([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
	const factor = factors[suffix];
	return digits === undefined || factor === undefined ? null : Number(digits) * factor;
};
