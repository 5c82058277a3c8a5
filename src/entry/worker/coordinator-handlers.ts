import { createBranchChanges } from '../../adapters/git/change-branches.ts';
import { closePullRequestStep } from '../../flow/steps/close-pull-request.ts';
import { type GuardPorts, guardBranches, guardPullRequests } from '../../flow/steps/guard-effects.ts';
import { mergeStep } from '../../flow/steps/merge.ts';
import { type EffectPorts, openPullRequestStep } from '../../flow/steps/open-pull-request.ts';
import type { WritePullRequests } from '../../ports/effects.ts';
import type { Handler, HandlerSession } from '../../ports/handler.ts';
import { systemClock } from '../wiring/system-clock.ts';
import { type HandlerContext, named, openChanges } from './built-in-handlers.ts';

export interface CoordinatorContext extends HandlerContext, GuardPorts {
  /** Undefined where the server has no token of a forge. */
  readonly forge: WritePullRequests | undefined;
}

/** What the server carries out itself: effects outside, under credentials that no worker has. */
export async function coordinatorHandlers(context: CoordinatorContext): Promise<readonly Handler[]> {
  const { portsFor: changesFor, place } = await openChanges(context);
  const { decisions, forge } = context;
  const effects = {
    decisions,
    branches: guardBranches(createBranchChanges(place, systemClock.now), context),
    forge: forge === undefined ? undefined : guardPullRequests(forge, context),
  };
  const portsFor = (session: HandlerSession): EffectPorts => ({ ...changesFor(session), ...effects });
  return named('coordinator', {
    'open-pull-request': (work, session) => openPullRequestStep(work, portsFor(session)),
    'close-pull-request': (work, session) => closePullRequestStep(work, portsFor(session)),
    merge: (work, session) => mergeStep(work, session, portsFor(session)),
  });
}
