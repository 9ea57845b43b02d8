import { Readable } from "node:stream";

/** What an SDK client really sends: the double behind it reads nothing else. */
export interface WireRequest {
	readonly method: string;
	/** As sent: escaped. */
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export interface WireAnswer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: string;
}

/** A network between an SDK client and a product, and what can go wrong on it. */
export interface Wire {
	/** The client's option of that name. */
	readonly requestHandler: Record<string, unknown>;
	/** Everything that was sent, oldest first. */
	readonly requests: readonly WireRequest[];
	/** From now on nothing arrives and nothing is answered. */
	silence(): void;
	/** As `silence`, once this many more requests have been answered. */
	silenceAfter(requests: number): void;
	/** Ends a silence. */
	recover(): void;
	/** The next request has its effect, but its answer is lost. */
	loseNextAnswer(): void;
	/** The next request never reaches the product and is answered with this instead. */
	answerNext(answer: WireAnswer): void;
}

interface SentRequest {
	readonly method: string;
	readonly path: string;
	readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
}

const connectionReset = (): Error => Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

/** A wire to a product that answers requests one at a time. */
export const wireTo = (product: (request: WireRequest) => WireAnswer): Wire => {
	const requests: WireRequest[] = [];
	const scripted: WireAnswer[] = [];
	let left = Number.POSITIVE_INFINITY;
	let losesNext = false;
	const handle = async (sent: SentRequest) => {
		const request = received(sent);
		requests.push(request);
		if (left <= 0) throw connectionReset();
		left -= 1;
		const answer = scripted.shift() ?? product(request);
		if (losesNext) {
			losesNext = false;
			throw connectionReset();
		}
		const { status, headers = {}, body } = answer;
		return { response: { statusCode: status, headers, body: Readable.from([Buffer.from(body)]) } };
	};
	return {
		requestHandler: { handle, updateHttpClientConfig: () => undefined, httpHandlerConfigs: () => ({}) },
		requests,
		silence: () => {
			left = 0;
		},
		silenceAfter: (requests) => {
			left = requests;
		},
		recover: () => {
			left = Number.POSITIVE_INFINITY;
		},
		loseNextAnswer: () => {
			losesNext = true;
		},
		answerNext: (answer) => {
			scripted.push(answer);
		},
	};
};

const received = ({ method, path, query = {}, headers, body = "" }: SentRequest): WireRequest => ({
	method,
	path,
	query: Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value ?? "")])),
	headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value])),
	body: typeof body === "string" ? body : new TextDecoder().decode(body),
});

/** Options for a client on a wire: one attempt, no look-up of anything, made-up credentials. */
export const clientOptions = (wire: Wire) => ({
	region: "eu-central-1",
	credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
	maxAttempts: 1,
	requestHandler: wire.requestHandler,
});
