import {
	DeleteObjectCommand,
	GetObjectCommand,
	ListObjectsV2Command,
	NoSuchKey,
	PutObjectCommand,
	type S3Client,
} from "@aws-sdk/client-s3";
import { CatalogUnavailableError } from "../ports/service-catalog.ts";
import { failureOf, statusOf } from "./aws-failure.ts";

/** An object's text, and the version of it that was read. */
export interface StoredText {
	readonly text: string;
	readonly etag: string;
}

/** Small texts in one bucket. All methods throw CatalogUnavailableError. */
export interface S3Objects {
	/** Null where there is no such object; that takes the permission to list the bucket, else S3 denies access instead. */
	get(key: string): Promise<StoredText | null>;
	put(key: string, text: string, contentType: string): Promise<void>;
	/** Deletes an object, but only in the version given, if one is. One that is gone already is success. */
	remove(key: string, etag?: string): Promise<void>;
	/** Keys that begin with a prefix, at most 1,000. */
	list(prefix: string): Promise<readonly string[]>;
}

/** Objects of an S3 bucket by their keys. */
export const s3Objects = (client: S3Client, bucketName: string): S3Objects => ({
	get: async (key) => {
		try {
			const { Body, ETag = "" } = await client.send(new GetObjectCommand({ Bucket: bucketName, Key: key }));
			return { text: (await Body?.transformToString()) ?? "", etag: ETag };
		} catch (error) {
			if (error instanceof NoSuchKey) return null;
			throw failureOf(`S3 GetObject ${key}`, error, CatalogUnavailableError);
		}
	},
	put: async (key, text, contentType) => {
		// The SDK leaves out the length of an empty body, and then warns about it.
		const content = { Body: text, ContentLength: Buffer.byteLength(text), ContentType: contentType };
		const command = new PutObjectCommand({ Bucket: bucketName, Key: key, ...content });
		await client.send(command).catch((error: unknown) => {
			throw failureOf(`S3 PutObject ${key}`, error, CatalogUnavailableError);
		});
	},
	remove: async (key, etag) => {
		const condition = etag === undefined ? {} : { IfMatch: etag };
		await client
			.send(new DeleteObjectCommand({ Bucket: bucketName, Key: key, ...condition }))
			.catch((error: unknown) => {
				// Precondition failed, or gone: what was to be deleted is not there any more.
				const isMoot = statusOf(error) === 412 || error instanceof NoSuchKey;
				if (!isMoot) throw failureOf(`S3 DeleteObject ${key}`, error, CatalogUnavailableError);
			});
	},
	list: (prefix) => listKeys(client, bucketName, prefix),
});

/** As many services as an environment may have. */
const mostListed = 1_000;

const listKeys = async (client: S3Client, bucketName: string, prefix: string): Promise<readonly string[]> => {
	const keys: string[] = [];
	let token: string | undefined;
	do {
		const page = await client
			.send(
				new ListObjectsV2Command({
					Bucket: bucketName,
					Prefix: prefix,
					MaxKeys: mostListed - keys.length,
					...(token !== undefined && { ContinuationToken: token }),
				}),
			)
			.catch((error: unknown) => {
				throw failureOf(`S3 ListObjectsV2 ${prefix}`, error, CatalogUnavailableError);
			});
		for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
		token = page.NextContinuationToken;
	} while (token !== undefined && keys.length < mostListed);
	return keys;
};
