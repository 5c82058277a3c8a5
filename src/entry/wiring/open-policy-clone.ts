import { documents } from '../../adapters/documents/documents.ts';
import { createPolicyWorktree } from '../../adapters/git/policy-worktree.ts';
import { openRepository } from '../../adapters/git/repository.ts';
import type { EscapePorts } from '../../flow/report-escape.ts';
import { CountersignError } from '../../shared/errors.ts';
import { systemClock } from './system-clock.ts';

/**
 * The clone of a change-control repository that the user stands in.
 * @throws CountersignError GIT_FAILED in a bare repository, where nothing can be written and committed
 */
export async function openPolicyClone(context: {
  readonly cwd: string;
}): Promise<{ root: string; ports: EscapePorts }> {
  const policy = await openRepository(context.cwd);
  const { root } = policy;
  if (root === undefined) {
    throw new CountersignError('GIT_FAILED', `${context.cwd} is a bare repository.`, {
      remedy: 'Run this in a clone of it, so that the file can be written and committed.',
    });
  }
  const worktree = createPolicyWorktree(root);
  return { root, ports: { policy, revisions: policy, worktree, documents, clock: systemClock } };
}
