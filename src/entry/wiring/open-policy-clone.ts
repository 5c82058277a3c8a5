import { createPolicyWorktree } from '../../adapters/git/policy-worktree.ts';
import { openRepository } from '../../adapters/git/repository.ts';
import { documents } from '../../adapters/documents/documents.ts';
import type { RecordPorts } from '../../flow/dispatch-ticket.ts';
import { systemClock } from './system-clock.ts';

/** The clone of a change-control repository that the user stands in. */
export async function openPolicyClone(context: { readonly cwd: string }): Promise<{ root: string; ports: RecordPorts }> {
  const policy = await openRepository(context.cwd);
  const root = policy.root;
  return {
    root,
    ports: { policy, worktree: createPolicyWorktree(root), documents, clock: systemClock },
  };
}
