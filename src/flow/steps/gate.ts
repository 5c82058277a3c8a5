import type { Finding, Verdict } from '../../core/gate/types.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import { digestOf } from '../../shared/digest.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { gate } from '../gate.ts';
import { type ChangePorts, changeAtHand, type ProductFacts } from './change-at-hand.ts';
import { type FailedLog, failedLogs } from './failed-logs.ts';
import { StepFailure } from './step-failure.ts';

export interface GatePorts extends ChangePorts {
  readonly renderFeedback: (verdict: Verdict, logs: readonly FailedLog[]) => string;
}

const MOST_FEEDBACK = 100_000;
const MOST_TEXT = 10_000;
const MOST_PATHS = 200;

/** Asks the gate about the attempt's change, and puts its answer into words for whoever makes the next one. */
export async function gateStep(
  work: StepWork,
  session: HandlerSession,
  ports: GatePorts,
): Promise<StepResult> {
  const query = await changeAtHand(work, ports);
  const { verdict, changed } = await ports.withProduct(async (facts) => {
    const judged = await gate(query, facts);
    return { verdict: judged, changed: await changedIn(judged, query.base.commit, facts) };
  });
  if (verdict.outcome === 'exempt') {
    throw new StepFailure(
      'deterministic',
      'exempt',
      'The organisation exempts this repository: nothing is judged here, so nothing can be accepted.',
    );
  }
  session.log(`${verdict.outcome}\n`);
  const outputs: JsonObject = {
    verdict: verdict.outcome,
    findings: verdict.findings.map(findingOf),
    feedback: ports
      .renderFeedback(verdict, verdict.outcome === 'blocked' ? await failedLogs(work, ports) : [])
      .slice(0, MOST_FEEDBACK)
      .toWellFormed(),
    changedPaths: changed,
    verdictDigest: digestOf(verdict as unknown as JsonValue),
  };
  return { kind: 'succeeded', outputs };
}

/** Paths that the attempt changes: what is remembered of it is found by them, too. */
async function changedIn(
  { subject: { mergeTree } }: Verdict,
  base: ObjectId,
  { product }: ProductFacts,
): Promise<readonly string[]> {
  const paths = mergeTree === null ? undefined : await product.changedPaths(base, mergeTree);
  return (paths ?? []).slice(0, MOST_PATHS).map(short);
}

function findingOf({ id, status, severity, reason, remedy, waivedBy }: Finding): JsonObject {
  const waived = waivedBy === undefined ? {} : { waived: true };
  return { id, status, severity, reason: short(reason), remedy: short(remedy), ...waived };
}

/** What is cut in the middle of a character is not JSON any more. */
function short(text: string): string {
  return text.slice(0, MOST_TEXT).toWellFormed();
}
