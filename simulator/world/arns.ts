/** Names that AWS gives to what lives in one region of one account. */
export interface Arns {
	cluster(clusterName: string): string;
	table(tableName: string): string;
	index(tableName: string, indexName: string): string;
	bucket(bucketName: string): string;
	object(bucketName: string, key: string): string;
	repository(repositoryName: string): string;
	bus(busName: string): string;
}

/** ARNs of one region of one account. */
export const arnsOf = (region: string, account: string): Arns => {
	const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;
	return {
		cluster: (clusterName) => arn("eks", `cluster/${clusterName}`),
		table: (tableName) => arn("dynamodb", `table/${tableName}`),
		index: (tableName, indexName) => arn("dynamodb", `table/${tableName}/index/${indexName}`),
		bucket: (bucketName) => `arn:aws:s3:::${bucketName}`,
		object: (bucketName, key) => `arn:aws:s3:::${bucketName}/${key}`,
		repository: (repositoryName) => arn("ecr", `repository/${repositoryName}`),
		bus: (busName) => arn("events", `event-bus/${busName}`),
	};
};
