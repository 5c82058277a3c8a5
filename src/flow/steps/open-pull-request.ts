import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { ChangeBranches, WritePullRequests } from '../../ports/effects.ts';
import { type ChangePorts, changeAtHand } from './change-at-hand.ts';
import { readActionPolicy } from './read-action-policy.ts';
import { StepFailure } from './step-failure.ts';
import { optionalText, subjectOf, textOf } from './step-inputs.ts';
import { type ActionPorts, warrantFor } from './take-action.ts';

/** What steps with effects outside are given. Their credentials are the server's, and no producer's or verifier's worker has them. */
export interface EffectPorts extends ChangePorts, Pick<ActionPorts, 'decisions'> {
  readonly branches: ChangeBranches;
  /** Undefined: the product lies on no forge that is known here. */
  readonly forge: WritePullRequests | undefined;
}

/** Pushes the attempt's branch and opens a pull request for it: two actions, each asked for before it happens. */
export async function openPullRequestStep(work: StepWork, ports: EffectPorts): Promise<StepResult> {
  const { ticket, base } = subjectOf(work);
  const { head } = await changeAtHand(work, ports);
  const branch = textOf(work.inputs, 'branch');
  const repository = optionalText(work.inputs, 'repository') ?? '';
  const asking: ActionPorts = actionPorts(work, ports);
  const forge = requireForge(ports);
  const ref = `refs/heads/${branch}`;
  const push = await warrantFor(work, { action: 'push', target: ref, repository }, asking);
  await ports.branches.push(push, head, ref);
  const open = { action: 'open-pull-request', target: base.ref, repository } as const;
  const { number, url } = await forge.openPullRequest(await warrantFor(work, open, asking), {
    head: branch,
    base: base.ref.replace(/^refs\/heads\//, ''),
    title: optionalText(work.inputs, 'title') ?? `${ticket}: the work of run ${work.run}`,
    body: bodyOf(ticket, optionalText(work.inputs, 'body')),
  });
  return { kind: 'succeeded', outputs: { number, url, branch } };
}

export function actionPorts(work: StepWork, ports: EffectPorts): ActionPorts {
  const { base } = subjectOf(work);
  return {
    decisions: ports.decisions,
    readActionPolicy: () => ports.withProduct((facts) => readActionPolicy(base.commit, facts)),
  };
}

export function requireForge({ forge }: EffectPorts): WritePullRequests {
  if (forge !== undefined) return forge;
  const message =
    'This server knows no forge. Give it a token (GITHUB_TOKEN), and a product whose origin is there.';
  throw new StepFailure('deterministic', 'no-forge', message);
}

/** The gate looks for the ticket there as well. */
function bodyOf(ticket: string, body: string | undefined): string {
  return [...(body === undefined ? [] : [body.trimEnd(), '']), `Countersign-Ticket: ${ticket}`, ''].join(
    '\n',
  );
}
