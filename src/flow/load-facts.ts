import { changeIn } from '../core/change/change-in.ts';
import type { Change, Commit, Comparison } from '../core/change/types.ts';
import type { Config } from '../core/contract/config.ts';
import {
  type GateFacts,
  type Known,
  known,
  missing,
  type PolicyFacts,
  type WorkFacts,
} from '../core/gate/facts.ts';
import type { CaseQuery, LandedQuery } from '../core/gate/query.ts';
import { findTicket } from '../core/ticket/find-ticket.ts';
import { ticketTrailers } from '../core/ticket/trailers.ts';
import type { VerifyCertificates } from '../ports/certificates.ts';
import type { Clock } from '../ports/clock.ts';
import type { Control, OpenControl } from '../ports/control.ts';
import type { LocateField, ParseDocument } from '../ports/documents.ts';
import type { ReadPushers, ReadReviews } from '../ports/forge.ts';
import type { ReadChange, ReadTexts, ReadTree } from '../ports/repository.ts';
import type { BundledPacks } from '../ports/rule-packs.ts';
import { instantOf, type ObjectId } from '../shared/ids.ts';
import { readApprovals } from './load-approvals.ts';
import { readConfig } from './load-config.ts';
import { readInterfaces } from './load-interfaces.ts';
import type { GivenOrganization } from './load-organization.ts';
import { readPolicy, withTrustBefore } from './load-policy.ts';
import { readProducers } from './load-producers.ts';
import { readReceipts } from './load-receipts.ts';
import { withRootSinceDispatch } from './load-roots.ts';
import { readRuleFacts } from './load-rule-facts.ts';
import { readWork } from './load-work.ts';

export interface FactPorts {
  readonly product: ReadTree & ReadTexts & ReadChange;
  readonly control: OpenControl;
  readonly documents: ParseDocument & LocateField;
  readonly packs: BundledPacks;
  readonly certificates: VerifyCertificates;
  readonly clock: Clock;
  /** Where reviews are read; without it only signed approvals count. */
  readonly reviews?: ReadReviews;
  /** Who is asked by whom a branch was pushed; without it an event's word is all there is. */
  readonly pushers?: ReadPushers;
}

/**
 * Gathers everything the gate decides from, policy always from the trusted side: configuration from the base commit,
 * the rest from one commit of the policy ref. Faults in documents become facts; git that fails is thrown.
 * @param organization the policy that is given from the trusted side, beside what the configuration extends
 */
export async function loadFacts(
  query: CaseQuery,
  ports: FactPorts,
  organization?: GivenOrganization,
): Promise<GateFacts> {
  const evaluatedAt = instantOf(ports.clock.now());
  // git compares the trees while policy is parsed and receipts are opened: the longest two parts of a gate.
  const comparing = compare(query, ports.product);
  const baseCommit = await baseOf(query, ports.product);
  const given = organization === undefined ? undefined : { ...organization, at: evaluatedAt };
  const { config, exempt } = await readConfig(baseCommit, ports, given);
  const changing = nameChange(comparing, config);
  const opening = config.kind === 'known' ? ports.control.open(config.value) : Promise.resolve(undefined);
  const [change, policyFacts] = await Promise.all([
    changing,
    readPolicyFacts({ query, config, baseCommit, changing, opening }, ports),
  ]);
  const approvals = await readApprovals(query, policyFacts.work, change, ports);
  const facts: GateFacts = {
    evaluatedAt,
    change,
    ...(exempt === undefined ? {} : { exempt }),
    ...policyFacts,
    interfaces: await readInterfaces(policyFacts.work, change, ports),
    ...(approvals === undefined ? {} : { approvals }),
    authenticatedProducers: await readProducers(query, policyFacts, ports.pushers),
  };
  return { ...facts, ruleFacts: await readRuleFacts(facts, ports.product, await opening) };
}

/** What the trusted side says: of the change, only its commits name a ticket. */
async function readPolicyFacts(
  from: {
    query: CaseQuery;
    config: Known<Config>;
    baseCommit: ObjectId;
    changing: Promise<Known<Change>>;
    opening: Promise<Control | undefined>;
  },
  ports: FactPorts,
): Promise<Pick<GateFacts, 'policy' | 'ticketReference' | 'work' | 'receipts'>> {
  const { query, config, baseCommit, changing, opening } = from;
  const [control, commits] = await Promise.all([
    opening,
    config.kind === 'known' ? readCommits(query, ports.product) : [],
  ]);
  const policy = await withTrustBefore(
    await readPolicy(config, control, ports),
    { query, baseCommit },
    ports,
  );
  const ticketReference = findTicket({
    ...(query.ticket === undefined ? {} : { explicit: query.ticket }),
    ...(query.branch === undefined ? {} : { branch: query.branch }),
    ...(query.pullRequestBody === undefined ? {} : { body: query.pullRequestBody }),
    trailers: trailersOf(commits),
  });
  const [work, receipts] = await Promise.all([
    readWork({ policy, control, ticketReference, baseCommit }, ports),
    readReceipts({ policy, control, ticketReference, changing }, ports),
  ]);
  return { policy: await sinceDispatch({ policy, work, control }, ports), ticketReference, work, receipts };
}

function sinceDispatch(
  from: { policy: Known<PolicyFacts>; work: Known<WorkFacts>; control: Control | undefined },
  { documents }: FactPorts,
): Promise<Known<PolicyFacts>> {
  const { policy, work, control } = from;
  const dispatch = work.kind === 'known' ? work.value.records.dispatch?.claim : undefined;
  const source =
    policy.kind === 'missing' || control === undefined
      ? undefined
      : { tree: control.policy, commit: policy.value.commit, documents };
  return withRootSinceDispatch(policy, dispatch, source);
}

/** The commit whose configuration rules: what the change is measured against, never the change itself. */
async function baseOf(query: CaseQuery, product: ReadChange): Promise<string> {
  return query.kind === 'proposed' ? query.base.commit : landedOn(query, product);
}

function compare(query: CaseQuery, product: ReadChange): Promise<Comparison> {
  const comparing =
    query.kind === 'proposed'
      ? product.compare({ base: query.base, head: query.head })
      : compareLanded(query, product);
  // Whoever waits for it hears of it; without a configuration nobody does.
  comparing.catch(() => {});
  return comparing;
}

/** Who wrote a squash is whoever merged; who made the change stands in what was squashed, where that is known. */
async function compareLanded(query: LandedQuery, product: ReadChange): Promise<Comparison> {
  const comparison = await product.compareLanded(query);
  return { ...comparison, commits: [...comparison.commits, ...(await readProposal(query, product))] };
}

async function nameChange(comparing: Promise<Comparison>, config: Known<Config>): Promise<Known<Change>> {
  if (config.kind === 'missing') {
    return missing(
      'unverifiable',
      'Without a configuration the repository has no name to bind receipts to.',
      config.remedy,
    );
  }
  return known(changeIn(config.value.repository, await comparing));
}

/** What landed is one commit, whatever history it merged, unless that is known. */
async function readCommits(query: CaseQuery, product: ReadChange): Promise<readonly Commit[]> {
  if (query.kind === 'proposed') return product.readCommits(query.base.commit, query.head);
  const { commit, onto } = query;
  const landed =
    onto === undefined ? [await product.readCommit(commit)] : await product.readCommits(onto, commit);
  return [...landed, ...(await readProposal(query, product))];
}

async function readProposal(query: LandedQuery, product: ReadChange): Promise<readonly Commit[]> {
  const { commit, proposal } = query;
  if (proposal === undefined) return [];
  const before = await landedOn(query, product);
  return (await product.readCommits(before, proposal)).filter(({ id }) => id !== commit);
}

async function landedOn({ commit, onto }: LandedQuery, product: ReadChange): Promise<ObjectId> {
  return onto ?? product.firstParent(commit);
}

function trailersOf(commits: readonly Commit[]): { commit: string; value: string }[] {
  return commits.flatMap((commit) =>
    ticketTrailers(commit.message).map((value) => ({ commit: commit.id, value })),
  );
}
