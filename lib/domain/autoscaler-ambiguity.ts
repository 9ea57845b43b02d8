/** What is wrong where an autoscaler of a slot does not follow the load, and what its owner does about it. */
export const ambiguityOf = (autoscaler: string): string =>
	`Autoscaler "${autoscaler}" does not follow the load (AmbiguousSelector): Kubernetes remembers another one that means its pods, mostly the one of your own Deployment. Bounds hold. While that Deployment is at zero, delete that one and create it again as it was.`;
