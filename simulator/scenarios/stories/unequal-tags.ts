import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** A multi-architecture push is several pushes, of which one has a tag; and not every tag is a release. */
export const unequalTags: Scenario = {
	name: "unequal-tags",
	story:
		"An index is pushed after its untagged manifests, between tags that are no release: only the index is rolled out.",
	service: "search",
	expected: "promoted",
	lastsSeconds: 5_400,
	candidate: {},
	begin: (stage) => {
		stage.after(30, () => stage.push("nightly", "nightly"));
		stage.after(60, () => stage.push("amd64", null));
		stage.after(62, () => stage.push("arm64", null));
		stage.after(64, () => stage.push("candidate", "release-1"));
		stage.after(600, () => stage.push("draft", "release-2-draft"));
		stage.after(4_500, () => stage.push("later", "latest"));
	},
	react: approvePromptly,
	broken: (ending) => [
		...hasBegun(ending, 1),
		...["nightly", "amd64", "arm64", "draft", "later"].flatMap((version) => {
			const { good, bad } = ending.requestsOf(version);
			return unless(good + bad === 0, `${version} is no release and served ${good + bad} requests.`);
		}),
	],
};
