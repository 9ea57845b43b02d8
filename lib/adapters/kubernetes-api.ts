import type { ClientRequest, Agent as HttpAgent, IncomingMessage } from "node:http";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import { ConflictError, InvalidError } from "../ports/errors.ts";
import { clusterPatience } from "../ports/patience.ts";
import { WorkloadsUnavailableError } from "../ports/workloads.ts";
import { type ClusterAccess, type ClusterAccessOf, InvalidClusterAccessError } from "./eks-cluster-access.ts";
import type { KubernetesObject, ObjectList } from "./kubernetes-objects.ts";

/** Kubernetes will never take this request: a failed `test` of a JSON Patch (422) is one of them. */
export class InvalidObjectError extends InvalidError {
	override readonly name = "InvalidObjectError";
}

/** 409: the object exists already, or somebody else wrote it at the same moment. */
export class ObjectConflictError extends ConflictError {
	override readonly name = "ObjectConflictError";
}

/** 404: what should be patched is not there. */
export class ObjectGoneConflictError extends ConflictError {
	override readonly name = "ObjectGoneConflictError";
}

/** One operation of RFC 6902, as far as Sluice uses it. */
export type JsonPatchOperation =
	| { readonly op: "test" | "add" | "replace"; readonly path: string; readonly value: unknown }
	| { readonly op: "remove"; readonly path: string };

/**
 * The verbs of a cluster's API that Sluice uses. Paths are absolute, as `objectPath` makes them.
 * All throw WorkloadsUnavailableError (silence, 429, 5xx) and InvalidClusterAccessError (401, 403).
 */
export interface KubernetesApi {
	/** Null where there is nothing under that path. */
	get<T>(path: string): Promise<T | null>;
	/** As `get`, without anything but metadata. */
	getMetadata(path: string): Promise<KubernetesObject | null>;
	/** One page of a collection, without anything but metadata. */
	listMetadata(path: string): Promise<ObjectList<KubernetesObject>>;
	/** @throws ObjectConflictError when one of that name exists, InvalidObjectError */
	create(collectionPath: string, body: object): Promise<void>;
	/** Applies all operations or none. @throws InvalidObjectError when a `test` failed, ObjectConflictError, ObjectGoneConflictError */
	jsonPatch(path: string, operations: readonly JsonPatchOperation[]): Promise<void>;
	/** Removes an object as it was read. @throws ObjectConflictError when it was written since, ObjectGoneConflictError */
	remove(path: string, resourceVersion: string): Promise<void>;
}

/** How bytes travel: node:https in production; tests use node:http through the same code. */
export interface Transport {
	readonly request: (url: URL, options: RequestOptions, onResponse: (r: IncomingMessage) => void) => ClientRequest;
	readonly agent: HttpAgent;
}

const secureTransport = (): Transport => ({
	request: httpsRequest,
	agent: new Agent({ keepAlive: true, maxSockets: 8 }),
});

/** Asks for metadata alone; whoever cannot give that gives all. An object's kind does not do for a list (406). */
const onlyMetadata = (kind: "PartialObjectMetadata" | "PartialObjectMetadataList"): string =>
	`application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;

/** etcd holds objects of up to 1.5 MiB; a list page of autoscalers stays below this as well. */
const maxResponseBytes = 8 * 1024 * 1024;

/** Path of an object, or of its collection where no name is given. `group` as in apiVersion: "apps/v1", "v1". */
export const objectPath = (group: string, namespace: string, resource: string, name?: string): string => {
	const root = group.includes("/") ? `/apis/${group}` : `/api/${group}`;
	const collection = `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
	return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`;
};

interface Call {
	readonly method: "GET" | "POST" | "PATCH" | "DELETE";
	readonly path: string;
	readonly accept?: string;
	readonly contentType?: string;
	readonly body?: unknown;
}

interface Answer {
	readonly status: number;
	readonly text: string;
}

const exchange = (transport: Transport, access: ClusterAccess, call: Call, timeoutMs: number): Promise<Answer> =>
	new Promise((resolve, reject) => {
		const body = call.body === undefined ? undefined : JSON.stringify(call.body);
		const options: RequestOptions = {
			method: call.method,
			agent: transport.agent,
			ca: access.certificateAuthority,
			signal: AbortSignal.timeout(timeoutMs),
			headers: {
				authorization: `Bearer ${access.bearerToken}`,
				accept: call.accept ?? "application/json",
				"user-agent": "sluice",
				...(body !== undefined && {
					"content-type": call.contentType ?? "application/json",
					"content-length": Buffer.byteLength(body),
				}),
			},
		};
		const request = transport.request(new URL(call.path, access.endpoint), options, (response) => {
			const chunks: Buffer[] = [];
			let bytes = 0;
			response.on("data", (chunk: Buffer) => {
				bytes += chunk.length;
				if (bytes <= maxResponseBytes) chunks.push(chunk);
				else
					response.destroy(
						new InvalidObjectError(`Answer to ${call.path} is too long: allowed are ${maxResponseBytes} bytes.`),
					);
			});
			response.on("error", reject);
			response.on("end", () =>
				resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
			);
		});
		request.on("error", (error) => reject(Object.assign(error, { wasReused: request.reusedSocket })));
		request.end(body);
	});

/** A sandbox that was frozen holds sockets that the other side has closed; the first use of one says so. */
const isStaleSocket = (error: unknown): boolean =>
	error instanceof Error &&
	"wasReused" in error &&
	error.wasReused === true &&
	"code" in error &&
	(error.code === "ECONNRESET" || error.code === "EPIPE");

const messageIn = (text: string): string => {
	try {
		const status: unknown = JSON.parse(text);
		if (typeof status === "object" && status !== null && "message" in status) return String(status.message);
	} catch {
		// A proxy in between answers in words of its own; its first line is all there is.
	}
	return text.slice(0, 200);
};

const errorFor = (clusterName: string, call: Call, { status, text }: Answer): Error => {
	const what = `${call.method} ${call.path} on cluster "${clusterName}" answered ${status}: ${messageIn(text)}`;
	if (status === 401 || status === 403)
		return new InvalidClusterAccessError(
			`${what}. The role needs an access entry of the cluster with group "sluice", and that group its role binding.`,
		);
	if (status === 404) return new ObjectGoneConflictError(what);
	if (status === 409) return new ObjectConflictError(what);
	if (status === 408 || status === 429 || status >= 500) return new WorkloadsUnavailableError(what);
	return new InvalidObjectError(what);
};

/** Speaks to the API of any cluster that `access` opens; connections are kept alive and shared by a sandbox. */
export const kubernetesApi = (
	access: ClusterAccessOf,
	transport: Transport = secureTransport(),
	timeoutMs: number = clusterPatience.requestTimeoutMs,
): ((clusterName: string) => KubernetesApi) => {
	const send = async (clusterName: string, call: Call): Promise<Answer> => {
		const way = await access(clusterName);
		const attempt = () => exchange(transport, way, call, timeoutMs);
		const answer = await attempt()
			// Every call is a read, a create that fails on a second one, a fenced patch or a conditional removal: once more is safe.
			.catch((error: unknown) => (isStaleSocket(error) ? attempt() : Promise.reject(error)))
			.catch((cause: unknown) => {
				if (cause instanceof InvalidObjectError) throw cause;
				const reason = cause instanceof Error ? cause.message : String(cause);
				throw new WorkloadsUnavailableError(
					`${call.method} ${call.path} on cluster "${clusterName}" got no answer (limit ${timeoutMs} ms): ${reason}`,
					{ cause },
				);
			});
		if (answer.status < 200 || answer.status > 299) throw errorFor(clusterName, call, answer);
		return answer;
	};

	const read = async <T>(clusterName: string, path: string, accept?: string): Promise<T | null> => {
		try {
			const { text } = await send(clusterName, { method: "GET", path, ...(accept !== undefined && { accept }) });
			return JSON.parse(text) as T;
		} catch (error) {
			if (error instanceof ObjectGoneConflictError) return null;
			if (error instanceof SyntaxError)
				throw new WorkloadsUnavailableError(`GET ${path} answered no JSON: ${error.message}`, { cause: error });
			throw error;
		}
	};

	return (clusterName) => ({
		get: (path) => read(clusterName, path),
		getMetadata: (path) => read(clusterName, path, onlyMetadata("PartialObjectMetadata")),
		listMetadata: async (path) =>
			(await read(clusterName, path, onlyMetadata("PartialObjectMetadataList"))) ?? { items: [] },
		create: async (collectionPath, body) => {
			await send(clusterName, { method: "POST", path: `${collectionPath}?fieldManager=sluice`, body });
		},
		jsonPatch: async (path, operations) => {
			await send(clusterName, {
				method: "PATCH",
				path: `${path}?fieldManager=sluice`,
				contentType: "application/json-patch+json",
				body: operations,
			});
		},
		remove: async (path, resourceVersion) => {
			await send(clusterName, { method: "DELETE", path, body: { preconditions: { resourceVersion } } });
		},
	});
};
