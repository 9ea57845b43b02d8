import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { serviceItemOf } from "../../lib/adapters/dynamo-service-item.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { dynamoTrialSeats } from "../../lib/adapters/dynamo-trial-seats.ts";
import { trialSeatsContract } from "../contracts/trial-seats.contract.ts";
import { DynamoProduct } from "./wire/dynamo-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

trialSeatsContract("dynamoTrialSeats", async () => {
	const product = new DynamoProduct("services");
	const wire = wireTo(product.answer);
	const client = new DynamoDBClient(clientOptions(wire));
	return {
		seats: dynamoTrialSeats(client, "services"),
		store: dynamoServiceStore(client, "services"),
		enrol: async (state) => product.put(serviceItemOf(state)),
		silence: () => wire.silence(),
	};
});
