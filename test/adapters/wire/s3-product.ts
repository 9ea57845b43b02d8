import { createHash } from "node:crypto";
import type { WireAnswer, WireRequest } from "./wire.ts";

const host = (bucketName: string): string => `${bucketName}.s3.eu-central-1.amazonaws.com`;

const xmlText = (text: string): string =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The answer by which S3 says no. */
export const s3Refusal = (status: number, code: string): WireAnswer => ({
	status,
	headers: { "content-type": "application/xml" },
	body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});

const etagOf = (text: string): string => `"${createHash("md5").update(text).digest("hex")}"`;

/** One bucket of S3 as it looks from the wire. */
export class S3Product {
	readonly #host: string;
	readonly #objects = new Map<string, string>();
	/** Keys on one page of a listing; S3's own limit is 1,000. */
	pageSize = 1_000;

	constructor(bucketName: string) {
		this.#host = host(bucketName);
	}

	/** Keys and texts of all objects; a test may change them behind the wire's back. */
	get objects(): Map<string, string> {
		return this.#objects;
	}

	readonly answer = (request: WireRequest): WireAnswer => {
		if (request.headers.host !== this.#host) return s3Refusal(404, "NoSuchBucket");
		const key = decodeURIComponent(request.path.slice(1));
		const isListing = request.method === "GET" && key === "" && request.query["list-type"] === "2";
		if (isListing) return this.#list(request.query);
		switch (request.method) {
			case "GET":
				return this.#get(key);
			case "PUT":
				return this.#put(key, request);
			case "DELETE":
				return this.#delete(key, request.headers["if-match"]);
			default:
				return s3Refusal(405, "MethodNotAllowed");
		}
	};

	#get(key: string): WireAnswer {
		const body = this.#objects.get(key);
		return body === undefined ? s3Refusal(404, "NoSuchKey") : { status: 200, headers: { etag: etagOf(body) }, body };
	}

	#put(key: string, { headers, body }: WireRequest): WireAnswer {
		// This double reads whole bodies; chunked ones carry signatures between the text.
		if (headers["content-encoding"]?.includes("aws-chunked")) return s3Refusal(501, "NotImplemented");
		if (Buffer.byteLength(key) > 1_024) return s3Refusal(400, "KeyTooLongError");
		this.#objects.set(key, body);
		return { status: 200, headers: { etag: etagOf(body) }, body: "" };
	}

	#delete(key: string, ifMatch: string | undefined): WireAnswer {
		const present = this.#objects.get(key);
		if (ifMatch !== undefined && present === undefined) return s3Refusal(404, "NoSuchKey");
		if (ifMatch !== undefined && present !== undefined && etagOf(present) !== ifMatch)
			return s3Refusal(412, "PreconditionFailed");
		this.#objects.delete(key);
		return { status: 204, body: "" };
	}

	#list(query: Readonly<Record<string, string>>): WireAnswer {
		const { prefix = "", "continuation-token": after = "" } = query;
		const size = Math.min(Number(query["max-keys"] ?? 1_000), this.pageSize);
		const rest = [...this.#objects.keys()].sort().filter((key) => key.startsWith(prefix) && key > after);
		const page = rest.slice(0, size);
		const contents = page.map((key) => `<Contents><Key>${xmlText(key)}</Key></Contents>`).join("");
		const next = rest.length > page.length ? xmlText(page.at(-1) ?? "") : "";
		const more = next === "" ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`;
		const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>${next !== ""}</IsTruncated>${contents}${more}</ListBucketResult>`;
		return { status: 200, headers: { "content-type": "application/xml" }, body };
	}
}
