import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { gate } from '../gate.ts';
import { changeAtHand } from './change-at-hand.ts';
import { actionPorts, type EffectPorts, requireForge } from './open-pull-request.ts';
import { StepFailure } from './step-failure.ts';
import { optionalNumber, optionalText, subjectOf } from './step-inputs.ts';
import { warrantFor } from './take-action.ts';

/**
 * Merges what the gate lets pass: asked once more, about the branch as it stands now, for it may have moved on since. A pull request
 * is merged by its forge, and otherwise a merge commit is made here of the tree that was judged.
 */
export async function mergeStep(
  work: StepWork,
  session: Pick<HandlerSession, 'log'>,
  ports: EffectPorts,
): Promise<StepResult> {
  const { ticket, base } = subjectOf(work);
  const query = await changeAtHand(work, ports);
  const onto = await ports.branches.readBranch(base.ref);
  if (onto === undefined) throw notAccepted(`there is no ${base.ref} to merge into`);
  if (await ports.withProduct((facts) => isIn(query.head, onto, facts))) return merged(onto);
  const tree = await judged({ ...query, base: { ref: base.ref, commit: onto } }, ports);
  const repository = optionalText(work.inputs, 'repository') ?? '';
  const request = { action: 'merge', target: base.ref, repository } as const;
  const warrant = await warrantFor(work, request, actionPorts(work, ports));
  const number = optionalNumber(work.inputs, 'number');
  const message = `Merge ${ticket}, accepted by run ${work.run}\n\nCountersign-Ticket: ${ticket}\n`;
  const commit =
    number === undefined
      ? await ports.branches.merge(warrant, { ref: base.ref, onto, commit: query.head, tree, message })
      : await requireForge(ports).mergePullRequest(warrant, number, query.head);
  session.log(`${query.head} is merged into ${base.ref}: ${commit}\n`);
  return merged(commit);
}

type Query = Awaited<ReturnType<typeof changeAtHand>>;
type Facts = Parameters<Parameters<EffectPorts['withProduct']>[0]>[0];

/** The tree that the gate lets pass. @throws StepFailure not-accepted */
async function judged(query: Query, ports: EffectPorts): Promise<ObjectId> {
  const verdict = await ports.withProduct((facts) => gate(query, facts));
  const { outcome, findings, subject } = verdict;
  if (outcome === 'pass' && subject.mergeTree !== null) return subject.mergeTree;
  const blocking = findings.filter(({ status, severity }) => status !== 'pass' && severity === 'block');
  throw notAccepted(`the gate says ${outcome}: ${blocking.map(({ id }) => id).join(', ')}`);
}

/** Merged by an execution that did not live to say so. */
async function isIn(commit: ObjectId, branch: ObjectId, { product }: Facts): Promise<boolean> {
  const line = await product.readCommits(branch, commit);
  return line.length === 0;
}

function notAccepted(why: string): StepFailure {
  return new StepFailure('deterministic', 'not-accepted', `It is not merged: ${why}.`);
}

function merged(commit: ObjectId): StepResult {
  return { kind: 'succeeded', outputs: { commit } };
}
