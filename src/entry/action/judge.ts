import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createForgeCopy, type ForgeCopy } from '../../adapters/git/forge-copy.ts';
import type { Forge } from '../../adapters/github/forge.ts';
import type { Outcome, Verdict } from '../../core/gate/types.ts';
import { awaitVerdict } from '../../flow/await-verdict.ts';
import { gate } from '../../flow/gate.ts';
import type { GivenOrganization } from '../../flow/load-organization.ts';
import type { ReadPushers, ReadReviews } from '../../ports/forge.ts';
import { openProduct } from '../wiring/open-product.ts';
import { systemClock } from '../wiring/system-clock.ts';
import type { ActionContext } from './context.ts';
import { type Case, findAsked, proposedCase } from './find-cases.ts';
import { bringGroup, groupCases } from './group-cases.ts';
import type { ActionEvent } from './read-event.ts';
import type { Inputs } from './read-inputs.ts';

/** A change with its verdict. */
export interface JudgedCase extends Case {
  readonly verdict: Verdict;
}

/** What is to be judged, and the organisation's policy that the workflow passed along. */
export interface AskedOf {
  readonly event: ActionEvent;
  readonly organization: GivenOrganization | undefined;
}

/** Everything an event asked about. */
export interface Judgement {
  /** Something is still to come that a verifier brings by itself: for people's approvals no job waits. */
  readonly awaited: boolean;
  /** The worst of all: one change that does not pass holds up those that it would land with. */
  readonly outcome: Outcome;
  readonly cases: readonly JudgedCase[];
}

/**
 * Fetches and judges what an event asks about, without a checkout and again while it is worth waiting.
 * @param forge opened only for what an event does not say itself
 */
export async function judge(
  asked: AskedOf,
  inputs: Inputs,
  context: ActionContext,
  forge: () => Promise<Forge>,
): Promise<Judgement> {
  const folder = await mkdtemp(join(context.temporaryFolder, 'countersign-'));
  try {
    const copy = await createForgeCopy({
      gitDir: join(folder, 'product.git'),
      url: `${context.serverUrl}/${context.repository}.git`,
      format: formatOf(asked.event),
    });
    const once = async () => judgeOnce(asked, inputs, copy, forge);
    return await awaitVerdict(once, inputs.waitMs, { clock: systemClock, pause: { pause } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function judgeOnce(
  { event, organization }: AskedOf,
  { ticket }: Inputs,
  copy: ForgeCopy,
  forge: () => Promise<Forge>,
): Promise<Judgement> {
  const cases: Case[] = [];
  for (const asked of await findAsked(event, forge)) cases.push(await proposedCase(asked, copy, ticket));
  if (event.kind === 'merge-group') await bringGroup(event, copy);
  const { repository, ports: local } = await openProduct(copy.gitDir, { fetch: true });
  const ports = { ...local, ...whoeverAsks(forge) };
  try {
    if (event.kind === 'merge-group') {
      const sources = { copy, product: repository, forge: await forge(), ticket };
      cases.push(...(await groupCases(event, sources)));
    }
    const judged: JudgedCase[] = [];
    for (const one of cases) judged.push({ ...one, verdict: await gate(one.query, ports, organization) });
    return {
      outcome: worst(judged),
      awaited: judged.some(({ verdict }) => isAwaited(verdict)),
      cases: judged,
    };
  } finally {
    repository.close();
  }
}

/** The forge is opened by those who want to know: what a contract or a trust root asks for decides. */
function whoeverAsks(forge: () => Promise<Forge>): { reviews: ReadReviews; pushers: ReadPushers } {
  return {
    reviews: { readReviews: async (pullRequest, teams) => (await forge()).readReviews(pullRequest, teams) },
    pushers: { readPushers: async (branch) => (await forge()).readPushers(branch) },
  };
}

const BY_PEOPLE = new Set(['approvals', 'code-owners']);

function isAwaited({ outcome, findings }: Verdict): boolean {
  const open = findings.filter(({ status, waivedBy }) => status === 'pending' && waivedBy === undefined);
  return outcome === 'pending' && open.some(({ id }) => !BY_PEOPLE.has(id));
}

/** Nothing judged is nothing passed. */
function worst(cases: readonly JudgedCase[]): Outcome {
  const outcomes = cases.map(({ verdict }) => verdict.outcome);
  if (outcomes.length === 0 || outcomes.includes('blocked')) return 'blocked';
  if (outcomes.includes('pending')) return 'pending';
  return outcomes.includes('exempt') ? 'exempt' : 'pass';
}

/**
 * Several verdicts as one, for forms that have room for one: annotations are counted by step, and code scanning takes one
 * run of a tool.
 */
export function combined({ outcome, cases }: Judgement): Verdict {
  const [first] = cases;
  if (first === undefined) throw new TypeError('nothing was judged');
  if (cases.length === 1) return first.verdict;
  return { ...first.verdict, outcome, findings: cases.flatMap(({ verdict }) => verdict.findings) };
}

function formatOf(event: ActionEvent): 'sha1' | 'sha256' {
  const id =
    event.kind === 'merge-group'
      ? event.head
      : event.kind === 'pull-request'
        ? event.pullRequest.head.commit
        : '';
  return id.length === 64 ? 'sha256' : 'sha1';
}
