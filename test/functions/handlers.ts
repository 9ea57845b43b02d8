import { makeHandler as admitRelease } from "../../functions/admit-release/handler.ts";
import { makeHandler as applyCommand } from "../../functions/apply-command/handler.ts";
import { makeHandler as awaitPerson } from "../../functions/await-person/handler.ts";
import { makeHandler as closeRollout } from "../../functions/close-rollout/handler.ts";
import { makeHandler as collectContents } from "../../functions/collect-contents/handler.ts";
import { makeHandler as ensureCapacity } from "../../functions/ensure-capacity/handler.ts";
import { makeHandler as finishRollout } from "../../functions/finish-rollout/handler.ts";
import { makeHandler as moveInClusterService } from "../../functions/move-in-cluster-service/handler.ts";
import { makeHandler as observeZero } from "../../functions/observe-zero/handler.ts";
import { makeHandler as openTrial } from "../../functions/open-trial/handler.ts";
import { makeHandler as pageOperators } from "../../functions/page-operators/handler.ts";
import { makeHandler as planStep } from "../../functions/plan-step/handler.ts";
import { makeHandler as prepareCanary } from "../../functions/prepare-canary/handler.ts";
import { makeHandler as promoteCanary } from "../../functions/promote-canary/handler.ts";
import { makeHandler as reconcileServices } from "../../functions/reconcile-services/handler.ts";
import { makeHandler as registerService } from "../../functions/register-service/handler.ts";
import { makeHandler as retireSlot } from "../../functions/retire-slot/handler.ts";
import { makeHandler as rollBack } from "../../functions/roll-back/handler.ts";
import { makeHandler as shiftTraffic } from "../../functions/shift-traffic/handler.ts";
import { makeHandler as stopRollout } from "../../functions/stop-rollout/handler.ts";
import { makeHandler as watchCanary } from "../../functions/watch-canary/handler.ts";
import { environment, type Ports } from "./function-ports.ts";

/** Every function, as its composition root would make it of these ports. */
export const handlersOf = (ports: Ports) => ({
	admitRelease: admitRelease(ports, environment),
	applyCommand: applyCommand(ports, environment),
	awaitPerson: awaitPerson(ports),
	closeRollout: closeRollout(ports),
	collectContents: collectContents(ports),
	ensureCapacity: ensureCapacity(ports),
	finishRollout: finishRollout(ports),
	moveInClusterService: moveInClusterService(ports),
	observeZero: observeZero(ports),
	openTrial: openTrial(ports),
	pageOperators: pageOperators(ports),
	planStep: planStep(ports),
	prepareCanary: prepareCanary(ports),
	promoteCanary: promoteCanary(ports),
	reconcileServices: reconcileServices(ports, environment),
	registerService: registerService(ports),
	retireSlot: retireSlot(ports),
	rollBack: rollBack(ports),
	shiftTraffic: shiftTraffic(ports),
	stopRollout: stopRollout(ports, environment),
	watchCanary: watchCanary(ports),
});

export type Handlers = ReturnType<typeof handlersOf>;
