/** Resources by logical id, as in a template. */
export type Resources = Readonly<Record<string, { readonly Type: string; readonly [key: string]: unknown }>>;

export const place = { region: "eu-central-1", account: "111122223333" };

/** A synthesized stack of these resources. */
export const stackOf = (Resources: Resources, stackName = "small") => ({ stackName, template: { Resources } });

/** A role that a service may take on, and that may do this. */
export const roleFor = (service: string, ...statements: readonly object[]) => ({
	Type: "AWS::IAM::Role",
	Properties: {
		AssumeRolePolicyDocument: {
			Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: service } }],
		},
		Policies: [{ PolicyName: "inline", PolicyDocument: { Statement: statements } }],
	},
});

/** The smallest control plane: a function that a rule invokes, and a machine that a rule starts. */
export const smallStack: Resources = {
	ActRole: roleFor("lambda.amazonaws.com", { Effect: "Allow", Action: "s3:GetObject", Resource: "*" }),
	Act: {
		Type: "AWS::Lambda::Function",
		Properties: {
			FunctionName: { "Fn::Join": ["-", ["sluice", { Ref: "AWS::Region" }]] },
			Role: { "Fn::GetAtt": ["ActRole", "Arn"] },
			Timeout: 20,
			ReservedConcurrentExecutions: 5,
			Environment: { Variables: { BUS_NAME: { Ref: "Bus" } } },
		},
		Metadata: { "sluice:entry": "functions/plan-step" },
	},
	ActInvoke: {
		Type: "AWS::Lambda::EventInvokeConfig",
		Properties: {
			FunctionName: { Ref: "Act" },
			Qualifier: "$LATEST",
			MaximumRetryAttempts: 1,
			MaximumEventAgeInSeconds: 60,
			DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": ["Dead", "Arn"] } } },
		},
	},
	Dead: { Type: "AWS::SQS::Queue", Properties: {} },
	Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "sluice-small" } },
	FlowRole: roleFor("states.amazonaws.com"),
	Flow: {
		Type: "AWS::StepFunctions::StateMachine",
		Properties: {
			StateMachineName: "flow",
			RoleArn: { "Fn::GetAtt": ["FlowRole", "Arn"] },
			DefinitionString: `{"StartAt":"Act","States":{"Act":{"Arn":"\${ActArn}"}}}`,
			DefinitionSubstitutions: { ActArn: { "Fn::GetAtt": ["Act", "Arn"] } },
		},
	},
	StartRole: roleFor("events.amazonaws.com", {
		Effect: "Allow",
		Action: "states:StartExecution",
		Resource: { Ref: "Flow" },
	}),
	Push: {
		Type: "AWS::Events::Rule",
		Properties: {
			EventPattern: { source: ["aws.ecr"] },
			State: "ENABLED",
			Targets: [{ Id: "0", Arn: { "Fn::GetAtt": ["Act", "Arn"] } }],
		},
	},
	PushPermission: {
		Type: "AWS::Lambda::Permission",
		Properties: {
			Action: "lambda:InvokeFunction",
			Principal: "events.amazonaws.com",
			FunctionName: { "Fn::GetAtt": ["Act", "Arn"] },
			SourceArn: { "Fn::GetAtt": ["Push", "Arn"] },
		},
	},
	Alarmed: {
		Type: "AWS::Events::Rule",
		Properties: {
			EventBusName: { Ref: "Bus" },
			EventPattern: { source: ["aws.cloudwatch"] },
			Targets: [{ Id: "0", Arn: { Ref: "Flow" }, RoleArn: { "Fn::GetAtt": ["StartRole", "Arn"] } }],
		},
	},
};
