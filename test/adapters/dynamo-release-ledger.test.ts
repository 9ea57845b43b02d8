import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoReleaseLedger } from "../../lib/adapters/dynamo-release-ledger.ts";
import { serviceItemOf } from "../../lib/adapters/dynamo-service-item.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { releaseLedgerContract } from "../contracts/release-ledger.contract.ts";
import { DynamoProduct } from "./wire/dynamo-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

releaseLedgerContract("dynamoReleaseLedger", async () => {
	const product = new DynamoProduct("services");
	const wire = wireTo(product.answer);
	const client = new DynamoDBClient(clientOptions(wire));
	return {
		ledger: dynamoReleaseLedger(client, "services"),
		store: dynamoServiceStore(client, "services"),
		enrol: async (state) => product.put(serviceItemOf(state)),
		silence: () => wire.silence(),
	};
});
