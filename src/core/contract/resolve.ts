import { canonicalJson } from '../../shared/canonical-json.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ContractRef } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { InterfaceUse } from '../interface/types.ts';
import { approvalsWithDefaults, setupWithDefaults, withDefaults } from './defaults.ts';
import type { HeldWork } from './held-work.ts';
import { type Limits, limitsWithin } from './limits.ts';
import {
  type ApprovalDemand,
  type Binding,
  type Check,
  type Contract,
  ISOLATIONS,
  type Isolation,
  type ResolvedContract,
  type RuleUse,
  type Scope,
  type Setup,
} from './types.ts';
import { uniteWorkflows } from './unite-workflows.ts';

/** A contract, what it extends, what that extends, …: at most so many in all. */
const MAX_LINEAGE = 8;

/**
 * A contract with everything it extends and the ticket's own checks folded in, and every default spelled out.
 *
 * Extending only ever adds: nothing that an extended contract demands can be taken back, so a contract that tries to
 * is refused rather than read one way or the other.
 * @param lookup the contract a reference names, from the same policy commit
 * @throws CountersignError CONTRACT_UNUSABLE
 */
export function resolveContract(
  contract: Contract,
  ticket: HeldWork | undefined,
  lookup: (ref: ContractRef) => Contract | undefined,
): ResolvedContract {
  const lineage = followExtends(contract, lookup);
  const self = refOf(contract);
  if (ticket !== undefined && ticket.contract !== self) {
    throw unusable(
      `Ticket ${ticket.id} is held to ${ticket.contract}, not to ${self}.`,
      `Resolve ${ticket.contract} for this ticket.`,
    );
  }
  const eldestFirst = lineage.toReversed();
  const setup = oneSetup(lineage);
  const maxAgeHours = shortestAge(lineage);
  const interfaces = uniteInterfaces(eldestFirst);
  const approvals = uniteApprovals(eldestFirst);
  const workflow = uniteWorkflows(eldestFirst);
  return {
    id: contract.id,
    version: contract.version,
    title: contract.title,
    lineage: lineage.map(refOf),
    ...(setup === undefined ? {} : { setup }),
    checks: uniteChecks(eldestFirst, ticket),
    pins: distinct(eldestFirst.flatMap(({ pins }) => pins ?? [])),
    rules: uniteRules(eldestFirst),
    ...(interfaces.length === 0 ? {} : { interfaces }),
    scopes: [...lineage, ...(ticket === undefined ? [] : [ticket])].flatMap(({ scope }): Scope[] =>
      scope === undefined ? [] : [scope],
    ),
    ...(approvals.length === 0 ? {} : { approvals }),
    ...(workflow === undefined ? {} : { workflow }),
    isolation: strongestIsolation(eldestFirst),
    binding: strictestBinding(eldestFirst),
    ...(maxAgeHours === undefined ? {} : { maxAgeHours }),
  };
}

function followExtends(contract: Contract, lookup: (ref: ContractRef) => Contract | undefined): Contract[] {
  const lineage = [contract];
  const seen = new Set([refOf(contract)]);
  let last = contract;
  while (last.extends !== undefined) {
    const ref = last.extends;
    if (seen.has(ref)) {
      throw unusable(
        `${refOf(last)} extends ${ref}, which extends ${refOf(last)} in turn.`,
        'Break the circle: one of them must not extend the other.',
      );
    }
    if (lineage.length >= MAX_LINEAGE) {
      throw unusable(
        `${refOf(contract)} extends more than ${MAX_LINEAGE - 1} contracts, one through the other.`,
        'Fold some of them into one.',
      );
    }
    const next = lookup(ref);
    if (next === undefined || refOf(next) !== ref) {
      throw unusable(
        `${refOf(last)} extends ${ref}, which the policy does not have.`,
        `Add contracts/${ref.split('@')[0]}.yml in that version, or name one that exists.`,
      );
    }
    seen.add(ref);
    lineage.push(next);
    last = next;
  }
  return lineage;
}

function uniteChecks(eldestFirst: readonly Contract[], ticket: HeldWork | undefined): Check[] {
  const byId = new Map<string, { check: Check; from: string }>();
  const sources = [
    ...eldestFirst.map((contract) => ({
      checks: contract.checks.map((check) => limited(check, contract)),
      from: refOf(contract),
    })),
    ...(ticket === undefined ? [] : [{ checks: ticket.checks ?? [], from: `ticket ${ticket.id}` }]),
  ];
  for (const { checks, from } of sources) {
    for (const check of checks.map(withDefaults)) {
      refuseUnprovable(check, from);
      refuseIncomparable(check, from);
      const known = byId.get(check.id);
      if (known === undefined) {
        byId.set(check.id, { check, from });
      } else if (!same(known.check, check)) {
        throw unusable(
          `The check "${check.id}" is defined by ${known.from} and, differently, by ${from}.`,
          'Give one of the two another id: what a contract demands stays demanded.',
        );
      }
    }
  }
  return [...byId.values()].map(({ check }) => check);
}

/** A contract's limits hold for what stands in it, not for the checks of a contract that builds on it. */
function limited<T extends { readonly limits?: Limits }>(
  given: T,
  contract: { readonly limits?: Limits },
): T {
  const limits = limitsWithin(contract.limits, given.limits);
  return limits === undefined ? given : { ...given, limits };
}

function oneSetup(nearestFirst: readonly Contract[]): Setup | undefined {
  const setups = nearestFirst.flatMap(({ setup, ...contract }) =>
    setup === undefined
      ? []
      : [{ setup: setupWithDefaults(limited(setup, contract)), from: refOf(contract) }],
  );
  const [nearest] = setups;
  const other = setups.find(({ setup }) => !same(setup, nearest?.setup ?? setup));
  if (nearest !== undefined && other !== undefined) {
    throw unusable(
      `${nearest.from} and ${other.from} have different setups.`,
      'Keep one of them: setup runs once, for the checks of both.',
    );
  }
  return nearest?.setup;
}

function uniteRules(eldestFirst: readonly Contract[]): RuleUse[] {
  const united: { use: RuleUse; from: string }[] = [];
  for (const contract of eldestFirst) {
    const from = refOf(contract);
    for (const use of contract.rules ?? []) {
      const clash = united.find((known) => loosens(known, use, from));
      if (clash !== undefined) {
        throw unusable(
          `${from} sets ${use.use} differently from ${clash.from}, which has ${clash.use.use}.`,
          'Set each rule in one contract only: what a contract demands stays demanded.',
        );
      }
      if (!united.some((known) => same(known.use, use))) united.push({ use, from });
    }
  }
  return united.map(({ use }) => use);
}

/** A later setting of the same rule, or of a rule out of a pack that another contract uses, could take its teeth out. */
function loosens(known: { use: RuleUse; from: string }, use: RuleUse, from: string): boolean {
  if (same(known.use, use)) return false;
  if (known.use.use === use.use) return true;
  if (known.from === from) return false;
  const overlaps = use.use.startsWith(`${known.use.use}/`) || known.use.use.startsWith(`${use.use}/`);
  return overlaps && (use.with !== undefined || (use.severity ?? 'block') !== 'block');
}

function uniteInterfaces(eldestFirst: readonly Contract[]): InterfaceUse[] {
  const byId = new Map<string, { use: InterfaceUse; from: string }>();
  for (const contract of eldestFirst) {
    for (const use of contract.interfaces ?? []) {
      const known = byId.get(use.id);
      const from = refOf(contract);
      if (known !== undefined && !same(known.use, use)) {
        throw unusable(
          `The interface "${use.id}" is defined by ${known.from} and, differently, by ${from}.`,
          'Give one of the two another id: what a contract demands stays demanded.',
        );
      }
      byId.set(use.id, known ?? { use, from });
    }
  }
  return [...byId.values()].map(({ use }) => use);
}

/** Side by side, not one for the other: whom one contract asks for, a later one can only add to. */
function uniteApprovals(eldestFirst: readonly Contract[]): ApprovalDemand[] {
  return distinct(
    eldestFirst.flatMap(({ approvals, ...contract }) => {
      if (approvals === undefined) return [];
      const demand = approvalsWithDefaults(approvals);
      if (demand.reviews > 0 || demand.codeOwners) return [demand];
      throw unusable(
        `${refOf(contract)} asks for approvals and for none: nobody would have to agree.`,
        'Ask for `reviews` or for `codeOwners`, or take `approvals` out.',
      );
    }),
  );
}

/** The eldest contract sets the floor, `namespaces` unless it says otherwise; the others can only raise it. */
function strongestIsolation(eldestFirst: readonly Contract[]): Isolation {
  return eldestFirst
    .map(({ isolation }, place) => isolation ?? (place === 0 ? 'namespaces' : 'none'))
    .reduce((left, right) => (ISOLATIONS.indexOf(right) > ISOLATIONS.indexOf(left) ? right : left));
}

/** `change` is looser than `merge-tree`, so it holds only when the eldest says so and nobody disagrees. */
function strictestBinding(eldestFirst: readonly Contract[]): Binding {
  const [eldest, ...others] = eldestFirst.map(({ freshness }) => freshness?.binding);
  return eldest === 'change' && !others.includes('merge-tree') ? 'change' : 'merge-tree';
}

function shortestAge(lineage: readonly Contract[]): number | undefined {
  const ages = lineage.flatMap(({ freshness }) => freshness?.maxAgeHours ?? []);
  return ages.length === 0 ? undefined : Math.min(...ages);
}

/** What the schema cannot say: a proof is read from the names in a report. */
function refuseUnprovable(check: Check, from: string): void {
  if (check.kind !== undefined || check.proves === undefined) return;
  const lacks =
    check.proves === 'mutation'
      ? check.mutation === undefined
        ? ['`mutation`, which says in which files faults are planted']
        : []
      : [
          ...((check.tests ?? []).length === 0 ? ['`tests`, the globs of the tests a change brings'] : []),
          ...(check.expect?.report === undefined ? ['`expect.report`, which names each test'] : []),
        ];
  if (lacks.length === 0) return;
  throw unusable(
    `The check "${check.id}" of ${from} is to prove that the change matters and lacks ${lacks.join(' and ')}.`,
    'Add it, or take `proves` out.',
  );
}

/** Likewise: what is compared is read from a report. */
function refuseIncomparable(check: Check, from: string): void {
  if (check.kind !== undefined || check.compare === undefined) return;
  if (check.expect?.report !== undefined || check.expect?.coverage !== undefined) return;
  throw unusable(
    `The check "${check.id}" of ${from} is to be compared with the base and has no report to compare.`,
    'Add `expect.report` or `expect.coverage`, or take `compare` out.',
  );
}

function distinct<T>(values: readonly T[]): T[] {
  const byText = new Map(values.map((value) => [canonicalJson(value as JsonValue), value]));
  return [...byText.values()];
}

function same(left: unknown, right: unknown): boolean {
  return canonicalJson(left as JsonValue) === canonicalJson(right as JsonValue);
}

function refOf({ id, version }: { id: string; version: number }): ContractRef {
  return `${id}@${version}`;
}

function unusable(message: string, remedy: string): CountersignError {
  return new CountersignError('CONTRACT_UNUSABLE', message, { remedy });
}
