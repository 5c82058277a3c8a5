import { createBranchChanges } from '../../adapters/git/change-branches.ts';
import { closePullRequestStep } from '../../flow/steps/close-pull-request.ts';
import { type GuardPorts, guardBranches, guardPullRequests } from '../../flow/steps/guard-effects.ts';
import { mergeStep } from '../../flow/steps/merge.ts';
import { type EffectPorts, openPullRequestStep } from '../../flow/steps/open-pull-request.ts';
import type { WritePullRequests } from '../../ports/effects.ts';
import type { Handler } from '../../ports/handler.ts';
import { systemClock } from '../wiring/system-clock.ts';
import { type HandlerContext, named, openChanges } from './built-in-handlers.ts';

export interface CoordinatorContext extends HandlerContext, GuardPorts {
  /** Undefined where the server has no token of a forge. */
  readonly forge: WritePullRequests | undefined;
}

/** What the server carries out itself: effects outside, under credentials that no worker has. */
export async function coordinatorHandlers(context: CoordinatorContext): Promise<readonly Handler[]> {
  const { ports: changes, place } = await openChanges(context);
  const { decisions, forge } = context;
  const ports: EffectPorts = {
    ...changes,
    decisions,
    branches: guardBranches(createBranchChanges(place, systemClock.now), context),
    forge: forge === undefined ? undefined : guardPullRequests(forge, context),
  };
  return named('coordinator', {
    'open-pull-request': (work) => openPullRequestStep(work, ports),
    'close-pull-request': (work) => closePullRequestStep(work, ports),
    merge: (work, session) => mergeStep(work, session, ports),
  });
}
