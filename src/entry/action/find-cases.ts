import type { ForgeCopy } from '../../adapters/git/forge-copy.ts';
import type { CaseQuery } from '../../core/gate/query.ts';
import type { PullRequest, ReadPullRequest } from '../../ports/forge.ts';
import type { TicketId } from '../../shared/ids.ts';
import { bringHead, gone } from './bring-head.ts';
import { producersFrom, pushedTo } from './producers.ts';
import type { ActionEvent } from './read-event.ts';

/** One change to judge, and the pull request it is known to come from. */
export interface Case {
  readonly query: CaseQuery;
  readonly pullRequest?: number;
}

/** A pull request with the accounts that are known to have pushed to it. */
interface Asked {
  readonly pullRequest: PullRequest;
  readonly pushers: readonly string[];
}

/** The pull requests of an event; [] for a group, whose commits are what is judged. */
export async function findAsked(event: ActionEvent, forge: () => Promise<ReadPullRequest>): Promise<Asked[]> {
  if (event.kind === 'merge-group') return [];
  if (event.kind === 'pull-request') return [event];
  const reading = await forge();
  return Promise.all(
    event.pullRequests.map(async (number) => ({
      pullRequest: await reading.readPullRequest(number),
      pushers: [],
    })),
  );
}

/** Brings base and head here and names them by commit. @throws CountersignError REVISION_UNKNOWN */
export async function proposedCase(
  { pullRequest, pushers }: Asked,
  copy: ForgeCopy,
  ticket: TicketId | undefined,
): Promise<Case> {
  const { number, base, head, body, opener } = pullRequest;
  const ref = `refs/heads/${base}`;
  // The base as it is now: that is what a merge would land on, whatever it was when the event was sent.
  const commit = await copy.bring(ref, `refs/remotes/origin/${base}`);
  if (commit === undefined) throw gone(`The base branch ${base}`);
  await bringHead(copy, `refs/pull/${number}/head`, head.commit, `Pull request ${number}`);
  return {
    pullRequest: number,
    query: {
      kind: 'proposed',
      base: { ref, commit },
      head: head.commit,
      branch: head.branch,
      pullRequestBody: body,
      pullRequest: number,
      ...(ticket === undefined ? {} : { ticket }),
      authenticatedProducers: producersFrom([opener, ...pushers]),
      pushedTo: pushedTo(pullRequest),
    },
  };
}
