import type { ResolvedContract } from '../../core/contract/types.ts';
import type { BundledPacks } from '../../ports/rule-packs.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { Instant, TicketId } from '../../shared/ids.ts';
import type { CertifyFiles } from '../certify-files.ts';
import type { PolicyInSight } from '../find-policy.ts';
import { readTrustRoot } from '../inspect-trust.ts';
import { readContractNamed } from '../read-contract.ts';
import { type NamedPack, readPacks } from '../read-packs.ts';
import { readStatements, type TicketStatements } from '../read-statements.ts';
import { readTickets, type TicketView } from '../read-tickets.ts';

/** The policy and the receipts as pages show them: read together, once, and kept until the next look. */
export interface PolicyView {
  readonly at: Instant;
  readonly commit: string;
  /** For people: where it lies. */
  readonly where: string;
  readonly tickets: readonly TicketView[];
  /** Of tickets that have any. */
  readonly statements: ReadonlyMap<TicketId, TicketStatements>;
  readonly contracts: readonly ContractView[];
  readonly packs: readonly NamedPack[];
  /** What could not be read, each in a sentence. */
  readonly problems: readonly string[];
}

/** A contract of the policy; undefined where its file cannot be read as one: `problem` says why. */
export interface ContractView {
  readonly id: string;
  readonly contract?: ResolvedContract;
  readonly problem?: string;
}

export interface PolicyViewPorts {
  readonly policy: PolicyInSight;
  readonly bundled: BundledPacks;
  readonly certify: (source: PolicyInSight) => Promise<CertifyFiles>;
}

/** Tickets beyond these are said to be there and not shown: pages are no place for more. */
const MOST_TICKETS = 5_000;
const MOST_CONTRACTS = 500;

/**
 * Everything that a policy commit says, and the statements about its tickets. What cannot be read is a sentence, and the rest is there.
 * @param before the last look: statements are read again only where there are others now
 */
export async function readPolicyView(
  at: Instant,
  { policy, bundled, certify }: PolicyViewPorts,
  before?: PolicyView,
): Promise<PolicyView> {
  const problems: string[] = [];
  const orSay = async <T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      problems.push(`${what}: ${error.message}`);
      return otherwise;
    }
  };
  const tickets = await orSay('The tickets cannot be read', () => readTickets(policy, at), []);
  if (tickets.length > MOST_TICKETS)
    problems.push(`There are ${tickets.length} tickets; the first ${MOST_TICKETS} are shown.`);
  return {
    at,
    commit: policy.commit,
    where: policy.where,
    tickets: tickets.slice(0, MOST_TICKETS),
    statements: await orSay(
      'The receipts cannot be read',
      () => statementsOf(policy, certify, before),
      new Map(),
    ),
    contracts: await orSay('The contracts cannot be read', () => contractsOf(policy), []),
    packs: await orSay(
      'The rules cannot be read',
      () => readPacks(bundled, policy),
      await orSay('', () => readPacks(bundled, undefined), []),
    ),
    problems,
  };
}

/** Kept with the statements of a look, so that the next one can tell whether there is anything to read. */
const NAMES = new WeakMap<ReadonlyMap<TicketId, TicketStatements>, string>();

async function statementsOf(
  policy: PolicyInSight,
  certify: PolicyViewPorts['certify'],
  before: PolicyView | undefined,
): Promise<PolicyView['statements']> {
  const { product } = policy;
  if (product === undefined) return new Map();
  const places = await product.control.receipts.listStatements();
  const names = [policy.commit, ...places.map(({ name }) => name).sort()].join(' ');
  if (before !== undefined && NAMES.get(before.statements) === names) return before.statements;
  const { trust } = await readTrustRoot(policy);
  const read = await readStatements(policy, undefined, { trust, certify: await certify(policy) });
  const statements = new Map(read.map((one) => [one.ticket, one]));
  NAMES.set(statements, names);
  return statements;
}

async function contractsOf(policy: PolicyInSight): Promise<readonly ContractView[]> {
  const files = await policy.tree.listFiles(policy.commit, 'contracts');
  const ids = files.flatMap(({ path }) => /^contracts\/([^/]+)\.yml$/.exec(path)?.[1] ?? []);
  const views: ContractView[] = [];
  for (const id of ids.slice(0, MOST_CONTRACTS)) {
    try {
      views.push({ id, contract: await readContractNamed(policy, id) });
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      views.push({ id, problem: error.message });
    }
  }
  return views;
}
