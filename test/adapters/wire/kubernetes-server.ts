import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isDeepStrictEqual } from "node:util";
import type { ClusterAccess } from "../../../lib/adapters/eks-cluster-access.ts";
import type { Transport } from "../../../lib/adapters/kubernetes-api.ts";
import type { Autoscaler, ConfigMap, Deployment, KubernetesObject } from "../../../lib/adapters/kubernetes-objects.ts";
import { FailedPatchError, jsonPatched } from "./json-patch.ts";

/** One request as it came over the wire. */
interface RecordedRequest {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	readonly contentType: string | undefined;
	readonly accept: string | undefined;
	readonly body: unknown;
}

/** What the server does instead of answering as Kubernetes would; to requests of one method only where it names one. */
type Fault =
	| { readonly kind: "status"; readonly status: number; readonly body?: string; readonly method?: string }
	| { readonly kind: "silence" }
	/** Answers the next request of that method as a proxy in between does that has waited long enough. */
	| { readonly kind: "timeout"; readonly method: string; readonly hasEffect: boolean }
	/** Closes the connection without an answer: `times` of them, or until told otherwise. */
	| { readonly kind: "hang-up"; readonly times?: number };

/** A Kubernetes API server's double: objects in memory, plain HTTP, the answers that its documentation promises. */
export interface KubernetesServer {
	readonly access: ClusterAccess;
	readonly transport: Transport;
	readonly requests: readonly RecordedRequest[];
	/** The object under a path of the API, as it is stored. */
	stored<T extends KubernetesObject>(path: string): T | undefined;
	/** Last parts of all paths below this one, oldest first. */
	namesUnder(path: string): readonly string[];
	/** Puts or changes an object from behind, as a controller or another writer would; null removes it. */
	put(path: string, object: KubernetesObject | null): void;
	/** From now on answers with a fault; null ends it. */
	fail(fault: Fault | null): void;
	/** Runs once, before the first request that matches is looked at. */
	before(method: string, path: string, act: () => void): void;
	close(): Promise<void>;
}

class Refusal extends Error {
	readonly status: number;
	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

const bearerToken = "k8s-aws-v1.token";
const pageSize = 2;

const validated = (object: KubernetesObject, before?: KubernetesObject): void => {
	if (object.kind === "Deployment") {
		const { spec } = object as Deployment;
		if (before !== undefined && !isDeepStrictEqual(spec.selector, (before as Deployment).spec.selector))
			throw new Refusal(422, "spec.selector: field is immutable");
		for (const [name, value] of Object.entries(spec.selector.matchLabels ?? {}))
			if (spec.template.metadata?.labels?.[name] !== value)
				throw new Refusal(422, "`selector` does not match template `labels`");
	}
	if (object.kind === "ConfigMap") {
		const { data, binaryData, immutable } = object as ConfigMap;
		const { immutable: wasImmutable = false, ...old } = (before ?? {}) as Partial<ConfigMap>;
		const isSame = isDeepStrictEqual([data, binaryData, immutable], [old.data, old.binaryData, true]);
		if (wasImmutable && !isSame) throw new Refusal(422, "data: field is immutable when `immutable` is set");
		if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(object.metadata.name) || /[.-]\.|\.-/.test(object.metadata.name))
			throw new Refusal(422, "metadata.name: a lowercase RFC 1123 subdomain must consist of …");
	}
	if (object.kind === "HorizontalPodAutoscaler") {
		const { minReplicas = 1, maxReplicas } = (object as Autoscaler).spec;
		if (minReplicas < 1 || maxReplicas < minReplicas) throw new Refusal(422, "spec.maxReplicas: Invalid value");
	}
};

const defaulted = (object: KubernetesObject): KubernetesObject => {
	if (object.kind !== "Deployment") return object;
	const { spec, ...rest } = object as Deployment;
	const filled: Deployment = { ...rest, spec: { replicas: 1, ...spec } };
	return filled;
};

/** Whether the API server counts changes of an object's spec. */
const hasGeneration = ({ kind }: KubernetesObject): boolean => kind === "Deployment" || kind === "HTTPRoute";

/** Objects by path, versioned as etcd would. */
const makeObjects = () => {
	const objects = new Map<string, KubernetesObject>();
	let version = 100;

	const store = (path: string, object: KubernetesObject): KubernetesObject => {
		const before = objects.get(path);
		const { resourceVersion: _, ...metadata } = object.metadata;
		const isSame = isDeepStrictEqual({ ...object, metadata }, withoutVersion(before));
		if (before !== undefined && isSame) return before;
		const specChanged = !isDeepStrictEqual(Object(object).spec, Object(before).spec) && hasGeneration(object);
		const generation = (before?.metadata.generation ?? 0) + (specChanged ? 1 : 0);
		version += 1;
		const stored = { ...object, metadata: { ...metadata, generation, resourceVersion: String(version) } };
		objects.set(path, stored);
		return stored;
	};

	const withoutVersion = (object: KubernetesObject | undefined) => {
		if (object === undefined) return undefined;
		const { resourceVersion: _, ...metadata } = object.metadata;
		return { ...object, metadata };
	};

	return { objects, store };
};

const read = async (message: IncomingMessage): Promise<unknown> => {
	let text = "";
	for await (const chunk of message) text += chunk;
	return text === "" ? undefined : JSON.parse(text);
};

type Objects = ReturnType<typeof makeObjects>;

/** One term of a selector: `app=checkout`, or `!app` for objects without that label. */
const matches = (term: string, labels: Readonly<Record<string, string>>): boolean => {
	const [label = "", value] = term.split("=");
	return label.startsWith("!") ? labels[label.slice(1)] === undefined : labels[label] === value;
};

const listed = ({ objects }: Objects, url: URL) => {
	const offset = Number(url.searchParams.get("continue") || "0");
	const wanted = (url.searchParams.get("labelSelector") ?? "").split(",").filter((term) => term !== "");
	const inside = [...objects].filter(
		([
			path,
			{
				metadata: { labels = {} },
			},
		]) => path.slice(0, path.lastIndexOf("/")) === url.pathname && wanted.every((term) => matches(term, labels)),
	);
	const rest = offset + pageSize < inside.length ? { continue: String(offset + pageSize) } : {};
	return { items: inside.slice(offset, offset + pageSize).map(([, object]) => object), metadata: rest };
};

const answered = (all: Objects, call: RecordedRequest): { readonly status: number; readonly body: unknown } => {
	const url = new URL(call.url, "http://localhost");
	const live = all.objects.get(url.pathname);
	const isCollection = !/\/namespaces\/[^/]+\/[^/]+\/[^/]+$/.test(url.pathname);
	if (call.method === "GET") {
		const shape = /;as=(\w+);/.exec(call.accept ?? "")?.[1];
		const shown = (object: KubernetesObject) => (shape === undefined ? object : { metadata: object.metadata });
		if (isCollection) {
			if (shape === "PartialObjectMetadata") throw new Refusal(406, "the requested object is a list");
			const { items, metadata } = listed(all, url);
			return { status: 200, body: { items: items.map(shown), metadata } };
		}
		if (live === undefined) throw new Refusal(404, `${url.pathname} not found`);
		return { status: 200, body: shown(live) };
	}
	if (call.method === "DELETE" && !isCollection) {
		if (live === undefined) throw new Refusal(404, `${url.pathname} not found`);
		const { preconditions } = call.body as { readonly preconditions: { readonly resourceVersion: string } };
		if (preconditions.resourceVersion !== live.metadata.resourceVersion)
			throw new Refusal(409, "the ResourceVersion in the precondition does not match");
		all.objects.delete(url.pathname);
		return { status: 200, body: { kind: "Status", status: "Success" } };
	}
	if (url.searchParams.get("fieldManager") !== "sluice") throw new Refusal(400, "no field manager");
	if (call.method === "POST" && isCollection) {
		if (call.contentType !== "application/json") throw new Refusal(415, "unsupported media type");
		const object = defaulted(call.body as KubernetesObject);
		const path = `${url.pathname}/${object.metadata.name}`;
		if (all.objects.has(path)) throw new Refusal(409, `${path} already exists`);
		validated(object);
		return { status: 201, body: all.store(path, object) };
	}
	if (call.method === "PATCH" && !isCollection) {
		if (call.contentType !== "application/json-patch+json") throw new Refusal(415, "unsupported media type");
		if (live === undefined) throw new Refusal(404, `${url.pathname} not found`);
		const changed = jsonPatched(live, call.body as Parameters<typeof jsonPatched>[1]);
		validated(changed, live);
		return { status: 200, body: all.store(url.pathname, changed) };
	}
	throw new Refusal(405, "method not allowed");
};

/** A failed `test` answers as kube-apiserver does: 422, reason Invalid, and not a word of which test failed. */
const refused = (error: unknown): Refusal => {
	if (error instanceof Refusal) return error;
	if (error instanceof FailedPatchError)
		return new Refusal(422, "the server rejected our request due to an error in our request");
	return new Refusal(500, String(error));
};

/** Starts a server on a free port of this machine, with nothing in it. */
export const startKubernetesServer = async (): Promise<KubernetesServer> => {
	const all = makeObjects();
	const requests: RecordedRequest[] = [];
	let fault: Fault | null = null;
	let interlude: { readonly method: string; readonly path: string; readonly act: () => void } | null = null;

	const answer = (response: ServerResponse, status: number, body: string): void => {
		response.writeHead(status, { "content-type": "application/json" }).end(body);
	};
	const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
		const { method = "", url = "" } = message;
		const call = {
			method,
			url,
			contentType: message.headers["content-type"],
			accept: message.headers.accept,
			body: await read(message),
		};
		requests.push(call);
		if (fault?.kind === "silence") return;
		if (fault?.kind === "hang-up") {
			if (fault.times !== undefined) fault = fault.times > 1 ? { ...fault, times: fault.times - 1 } : null;
			return void message.socket.resetAndDestroy();
		}
		if (fault?.kind === "timeout" && fault.method === method) {
			if (fault.hasEffect) answered(all, call);
			fault = null;
			return answer(response, 504, "upstream request timeout");
		}
		if (fault?.kind === "status" && (fault.method ?? method) === method)
			return answer(response, fault.status, fault.body ?? JSON.stringify({ message: "fault" }));
		if (message.headers.authorization !== `Bearer ${bearerToken}`)
			return answer(response, 401, JSON.stringify({ message: "Unauthorized" }));
		if (interlude?.method === method && interlude.path === url.split("?")[0]) {
			const { act } = interlude;
			interlude = null;
			act();
		}
		try {
			const { status, body } = answered(all, call);
			answer(response, status, JSON.stringify(body));
		} catch (error) {
			const { status, message: reason } = refused(error);
			answer(response, status, JSON.stringify({ kind: "Status", status: "Failure", message: reason, code: status }));
		}
	};

	const server = createServer((message, response) => void handle(message, response));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const agent = new Agent({ keepAlive: true });
	return {
		access: { endpoint: `http://127.0.0.1:${port}`, certificateAuthority: "unused over plain HTTP", bearerToken },
		transport: { request, agent },
		requests,
		stored: <T extends KubernetesObject>(path: string) => all.objects.get(path) as T | undefined,
		namesUnder: (path) =>
			[...all.objects.keys()].filter((key) => key.startsWith(path)).map((key) => key.slice(path.length)),
		put: (path, object) => {
			if (object === null) all.objects.delete(path);
			else all.store(path, object);
		},
		fail: (next) => {
			fault = next;
		},
		before: (method, path, act) => {
			interlude = { method, path, act };
		},
		close: async () => {
			agent.destroy();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
};
