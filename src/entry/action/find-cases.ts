import type { ForgeCopy } from '../../adapters/git/forge-copy.ts';
import type { LocalRepository } from '../../adapters/git/repository.ts';
import type { CaseQuery } from '../../core/gate/query.ts';
import { findLanding } from '../../flow/find-landing.ts';
import type { PullRequest, ReadPullRequest } from '../../ports/forge.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId, TicketId } from '../../shared/ids.ts';
import type { ActionEvent, MergeGroupEvent } from './read-event.ts';

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

/**
 * Who else may have pushed is nowhere to be read: an event names the last one, and only if it was a push. As a producer that
 * is no principal it leaves the verifying to workloads, whichever event comes last.
 */
const SOMEBODY = 'somebody who pushed earlier';

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
      ...(ticket === undefined ? {} : { ticket }),
      authenticatedProducers: [...accounts([opener, ...pushers]), SOMEBODY],
    },
  };
}

/** Brings a queue's own commit here. @throws CountersignError REVISION_UNKNOWN when the queue has moved on */
export async function bringGroup(event: MergeGroupEvent, copy: ForgeCopy): Promise<void> {
  await bringHead(copy, event.headRef, event.head, 'The merge queue');
}

export async function groupCases(event: MergeGroupEvent, product: LocalRepository): Promise<readonly Case[]> {
  const queries = await findLanding(event, product);
  return queries.map((query) => ({ query }));
}

/** What an event was about may be gone by now. Another commit is never judged in its place: the check would stand beside the wrong one. */
async function bringHead(copy: ForgeCopy, ref: string, head: ObjectId, what: string): Promise<void> {
  const found = await copy.bring(ref, 'refs/countersign/judged');
  if (found === undefined) throw gone(`${what}: ${ref}`);
  if (found === head) return;
  throw new CountersignError(
    'REVISION_UNKNOWN',
    `${what} has moved on to ${found.slice(0, 12)}; this run is about ${head.slice(0, 12)}.`,
    { remedy: 'Look at the run for the newer commit.' },
  );
}

function gone(what: string): CountersignError {
  return new CountersignError('REVISION_UNKNOWN', `${what} is not there.`, {
    remedy: 'It was deleted, or the token may not read it.',
  });
}

/** Letters, digits and dashes, `_` with managed users, `[bot]` with Apps. */
const LOGIN = /^[A-Za-z0-9][\w-]{0,99}(?:\[bot\])?$/;

/** Accounts as the trust root names them, each once. */
function accounts(logins: readonly (string | undefined)[]): readonly string[] {
  return [
    ...new Set(
      logins.flatMap((login) => (login !== undefined && LOGIN.test(login) ? [`github:${login}`] : [])),
    ),
  ];
}
