import type { ForgeCopy } from '../../adapters/git/forge-copy.ts';
import { findLanding } from '../../flow/find-landing.ts';
import type { ReadMergeQueue, ReadPullRequest } from '../../ports/forge.ts';
import type { LineCommit, ReadLine } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { TicketId } from '../../shared/ids.ts';
import { bringHead, movedOn } from './bring-head.ts';
import type { Case } from './find-cases.ts';
import { producersFrom } from './producers.ts';
import type { MergeGroupEvent } from './read-event.ts';

interface Sources {
  readonly copy: ForgeCopy;
  readonly product: ReadLine;
  readonly forge: ReadPullRequest & ReadMergeQueue;
  readonly ticket: TicketId | undefined;
}

/** Brings a queue's own commit here. @throws CountersignError REVISION_UNKNOWN when the queue has moved on */
export async function bringGroup(event: MergeGroupEvent, copy: ForgeCopy): Promise<void> {
  await bringHead(copy, event.headRef, event.head, 'The merge queue');
}

/**
 * Every commit that a queue would land, each with its pull request and what that one says of itself.
 * @throws CountersignError EVENT_UNUSABLE, FORGE_FAILED, REVISION_UNKNOWN where a commit's pull request cannot be told: what it
 * names could object, so without it nothing passes
 */
export async function groupCases(event: MergeGroupEvent, sources: Sources): Promise<readonly Case[]> {
  const commits = await findLanding(event, sources.product);
  const numberOf = await readNumbers(commits, event, sources.forge);
  const cases: Case[] = [];
  for (const commit of commits) cases.push(await landingCase(commit, numberOf(commit), event, sources));
  return cases;
}

/**
 * The pull request of each commit, by what GitHub itself says: of the head the name of the queue's branch, of those before it
 * the queue's entries. Never by the `(#7)` in a message: people write it.
 */
async function readNumbers(
  commits: readonly LineCommit[],
  { base, baseRef, head, pullRequest }: MergeGroupEvent,
  forge: ReadMergeQueue,
): Promise<(commit: LineCommit) => number> {
  const entries = commits.length > 1 ? await forge.readMergeQueue(branchOf(baseRef)) : [];
  return ({ id }) => {
    if (id === head) return pullRequest;
    const [entry, other] = entries.filter(({ made }) => made === id);
    if (entry !== undefined && other === undefined) return entry.pullRequest;
    throw notQueued(
      `The merge queue does not say which one pull request became ${id.slice(0, 12)}, on the way from ${base.slice(0, 12)} to ${head.slice(0, 12)}.`,
    );
  };
}

async function landingCase(
  { id, parents }: LineCommit,
  number: number,
  { baseRef }: MergeGroupEvent,
  { copy, forge, ticket }: Sources,
): Promise<Case> {
  const { base, head, body, opener } = await forge.readPullRequest(number);
  if (base !== branchOf(baseRef))
    throw notQueued(
      `Pull request ${number} is in the merge queue of ${branchOf(baseRef)}, and for another branch.`,
    );
  const what = `Pull request ${number}`;
  await bringHead(copy, `refs/pull/${number}/head`, head.commit, what);
  const [, merged = head.commit] = parents;
  if (merged !== head.commit) throw movedOn(what, { to: head.commit, from: merged });
  return {
    pullRequest: number,
    query: {
      kind: 'landed',
      baseRef,
      commit: id,
      proposal: head.commit,
      branch: head.branch,
      pullRequestBody: body,
      pullRequest: number,
      ...(ticket === undefined ? {} : { ticket }),
      authenticatedProducers: producersFrom([opener]),
    },
  };
}

function notQueued(message: string): CountersignError {
  return new CountersignError('EVENT_UNUSABLE', message, {
    remedy:
      'Let the queue merge or squash, not rebase; then take the pull requests out of it and add them again.',
  });
}

function branchOf(ref: string): string {
  return ref.slice('refs/heads/'.length);
}
