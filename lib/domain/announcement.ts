import type { LifecycleEvent, LifecycleKind } from "./lifecycle-event.ts";

type DetailOf<K extends LifecycleKind> = Extract<LifecycleEvent, { kind: K }>["detail"];

/**
 * An event ready to be published. Its id is made of what it says, so that saying it again after a crash
 * gives the same id and consumers can drop the second one. `occasion` tells apart what may happen several times.
 */
export const announce = <K extends LifecycleKind>(
	kind: K,
	detail: DetailOf<K>,
	occasion: string | number = "",
): LifecycleEvent => {
	const about = detail as { readonly service: string; readonly rolloutId?: string };
	const id = [about.service, about.rolloutId ?? "", kind, String(occasion)].join("/");
	return { id, kind, detail } as LifecycleEvent;
};
