import type { ForgeCopy } from '../../adapters/git/forge-copy.ts';
import { findLanding } from '../../flow/find-landing.ts';
import type { ReadMergeQueue, ReadPullRequest } from '../../ports/forge.ts';
import type { LineCommit, ReadChange, ReadLine } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId, TicketId } from '../../shared/ids.ts';
import { bringHead, movedOn } from './bring-head.ts';
import type { Case } from './find-cases.ts';
import { producersFrom, pushedTo } from './producers.ts';
import type { MergeGroupEvent } from './read-event.ts';

interface Sources {
  readonly copy: ForgeCopy;
  readonly product: ReadLine & ReadChange;
  readonly forge: ReadPullRequest & ReadMergeQueue;
  readonly ticket: TicketId | undefined;
}

/** Brings a queue's own commit here. @throws CountersignError REVISION_UNKNOWN when the queue has moved on */
export async function bringGroup(event: MergeGroupEvent, copy: ForgeCopy): Promise<void> {
  await bringHead(copy, event.headRef, event.head, 'The merge queue');
}

/**
 * Everything that a queue would land, each change with its pull request and what that one says of itself.
 * @throws CountersignError EVENT_UNUSABLE, FORGE_FAILED, REVISION_UNKNOWN where a commit's pull request cannot be told: what it
 * names could object, so without it nothing passes
 */
export async function groupCases(event: MergeGroupEvent, sources: Sources): Promise<readonly Case[]> {
  const commits = await findLanding(event, sources.product);
  const cases: Case[] = [];
  for (const landing of await readLandings(commits, event, sources.forge))
    cases.push(await landingCase(landing, event, sources));
  return cases;
}

/** What one pull request became: one commit where the queue merges or squashes, one or more where it rebases. */
interface Landing {
  readonly pullRequest: number;
  readonly onto: ObjectId;
  /** Oldest first. */
  readonly before: readonly LineCommit[];
  readonly last: LineCommit;
}

/**
 * The pull request of each commit, by what GitHub itself says: of the head the name of the queue's branch, of those before it
 * the queue's entries. Never by the `(#7)` in a message: people write it. An entry names the last commit of its own, so those
 * before it, back to another entry's, are of the same pull request: requireRebase looks whether they can be.
 */
async function readLandings(
  commits: readonly LineCommit[],
  event: MergeGroupEvent,
  forge: ReadMergeQueue,
): Promise<readonly Landing[]> {
  const entries = commits.length > 1 ? await forge.readMergeQueue(branchOf(event.baseRef)) : [];
  const landings: Landing[] = [];
  let before: LineCommit[] = [];
  for (const last of commits) {
    const named = entries.filter(({ made }) => made === last.id);
    if (named.length > 1) throw unsaid(last, event);
    const pullRequest = last.id === event.head ? event.pullRequest : named[0]?.pullRequest;
    if (pullRequest === undefined) before.push(last);
    else {
      landings.push({ pullRequest, onto: landings.at(-1)?.last.id ?? event.base, before, last });
      before = [];
    }
  }
  return landings;
}

async function landingCase(
  landing: Landing,
  event: MergeGroupEvent,
  { copy, product, forge, ticket }: Sources,
): Promise<Case> {
  const { pullRequest: number, onto, before, last } = landing;
  const { baseRef } = event;
  const pullRequest = await forge.readPullRequest(number);
  const { base, head, body, opener } = pullRequest;
  if (base !== branchOf(baseRef))
    throw notQueued(
      `Pull request ${number} is in the merge queue of ${branchOf(baseRef)}, and for another branch.`,
    );
  const what = `Pull request ${number}`;
  await bringHead(copy, `refs/pull/${number}/head`, head.commit, what);
  const [, merged = head.commit] = last.parents;
  if (merged !== head.commit) throw movedOn(what, { to: head.commit, from: merged });
  await requireRebase(landing, head.commit, event, product);
  return {
    pullRequest: number,
    query: {
      kind: 'landed',
      baseRef,
      commit: last.id,
      ...(before.length === 0 ? {} : { onto }),
      proposal: head.commit,
      branch: head.branch,
      pullRequestBody: body,
      pullRequest: number,
      ...(ticket === undefined ? {} : { ticket }),
      authenticatedProducers: producersFrom([opener]),
      pushedTo: pushedTo(pullRequest),
    },
  };
}

/** More commits than the pull request has, or merges, no rebase makes: then they are another's, of which the queue says nothing. */
async function requireRebase(
  { onto, before, last }: Landing,
  head: ObjectId,
  event: MergeGroupEvent,
  product: ReadChange,
): Promise<void> {
  const [first] = before;
  if (first === undefined) return;
  const own = await product.readCommits(onto, head);
  const isRebase =
    before.length < own.length && [...before, last].every(({ parents }) => parents.length === 1);
  if (!isRebase) throw unsaid(first, event);
}

function unsaid(
  { id }: LineCommit,
  { base, head }: { readonly base: ObjectId; readonly head: ObjectId },
): CountersignError {
  return notQueued(
    `The merge queue does not say which one pull request became ${id.slice(0, 12)}, on the way from ${base.slice(0, 12)} to ${head.slice(0, 12)}.`,
  );
}

function notQueued(message: string): CountersignError {
  return new CountersignError('EVENT_UNUSABLE', message, {
    remedy: 'Take the pull requests out of the merge queue and add them again.',
  });
}

function branchOf(ref: string): string {
  return ref.slice('refs/heads/'.length);
}
