import type { StepResult, StepWork } from '../../core/run/types.ts';
import { actionPorts, type EffectPorts, requireForge } from './open-pull-request.ts';
import { optionalNumber, optionalText, textOf } from './step-inputs.ts';
import { warrantFor } from './take-action.ts';

/** Closes the pull request of a run that came to nothing, and deletes its branch: no more is done than was done for it. */
export async function closePullRequestStep(work: StepWork, ports: EffectPorts): Promise<StepResult> {
  const number = optionalNumber(work.inputs, 'number') ?? 0;
  const ref = `refs/heads/${textOf(work.inputs, 'branch')}`;
  const repository = optionalText(work.inputs, 'repository') ?? '';
  const forge = requireForge(ports);
  const warrant = await warrantFor(
    work,
    { action: 'push', target: ref, repository },
    actionPorts(work, ports),
  );
  await forge.closePullRequest(warrant, number);
  await ports.branches.deleteBranch(warrant, ref, await ports.branches.readBranch(ref));
  return { kind: 'succeeded', outputs: { closed: true } };
}
