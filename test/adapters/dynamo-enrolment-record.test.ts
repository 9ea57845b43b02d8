import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoEnrolmentRecord } from "../../lib/adapters/dynamo-enrolment-record.ts";
import { serviceItemOf, serviceStateOf } from "../../lib/adapters/dynamo-service-item.ts";
import { enrolmentRecordContract } from "../contracts/enrolment-record.contract.ts";
import { DynamoProduct } from "./wire/dynamo-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

enrolmentRecordContract("DynamoDB enrolment record on the wire", () => {
	const product = new DynamoProduct("sluice");
	const wire = wireTo(product.answer);
	return {
		record: dynamoEnrolmentRecord(new DynamoDBClient(clientOptions(wire)), "sluice"),
		begin: async () => {
			const [item] = product.items.filter(({ item }) => item?.S === "state");
			if (item !== undefined) product.put(serviceItemOf({ ...serviceStateOf(item), phase: "preparing" }));
		},
		silence: wire.silence,
	};
});
