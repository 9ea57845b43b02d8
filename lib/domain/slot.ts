/** One of the two equal places a service runs in: a Deployment, a Service and a target group each (D1). */
export type SlotName = "blue" | "green";

export const slotNames: readonly SlotName[] = ["blue", "green"];

/** The slot that is not this one. */
export const otherSlot = (slot: SlotName): SlotName => (slot === "blue" ? "green" : "blue");

/** Share of requests each slot receives, percent; the two add up to 100. */
export type SlotWeights = Readonly<Record<SlotName, number>>;

/** Weights that give the canary its share and the stable slot the rest. */
export const weightsFor = (stableSlot: SlotName, canaryWeightPercent: number): SlotWeights =>
	stableSlot === "blue"
		? { blue: 100 - canaryWeightPercent, green: canaryWeightPercent }
		: { blue: canaryWeightPercent, green: 100 - canaryWeightPercent };
