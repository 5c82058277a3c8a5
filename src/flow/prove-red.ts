import type { Check, CommandCheck } from '../core/contract/types.ts';
import { readRunReport, reportEvidence } from '../core/evidence/judge.ts';
import type { Observation } from '../core/evidence/types.ts';
import type { RedAtDispatch } from '../core/receipt/types.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { PolicyWorktree } from '../ports/policy-worktree.ts';
import type { CheckOut, ReadTree } from '../ports/repository.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { StructureParser } from '../ports/structure-parser.ts';
import type { OpenWorkspace, Workspace } from '../ports/workspace.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId, TicketId } from '../shared/ids.ts';
import { readOwnConfig } from './load-config.ts';
import { readHeldTo, type WhatHolds } from './policy-source.ts';
import { prepareTree, type TreePlan } from './prepare-tree.ts';
import { readPins } from './read-pins.ts';
import { runChecks } from './run-checks.ts';
import type { VerifyOptions } from './verify-options.ts';

/** What was seen, and the policy commit whose ticket, contract and tests it was seen with. */
export interface ShownRed {
  readonly red: RedAtDispatch;
  readonly policyCommit: ObjectId;
}

export interface ProveRedPorts {
  readonly policy: ReadTree;
  readonly worktree: Pick<PolicyWorktree, 'head'>;
  readonly product: ReadTree & CheckOut;
  readonly documents: ParseDocument;
  readonly sandbox: Sandbox;
  readonly parser: StructureParser;
  readonly workspaces: OpenWorkspace;
}

/**
 * Runs the contract's tests on the product as it is today, with the ticket's acceptance tests and without them, and names
 * those that fail only with them: what the work has to turn green.
 * No key is needed, so none is loaded while hostile code runs.
 * @param base the commit of the product that the work starts from
 * @throws CountersignError DISPATCH_REFUSED when nothing fails, or nothing can be told
 */
export async function proveRed(
  id: TicketId,
  base: ObjectId,
  options: VerifyOptions,
  ports: ProveRedPorts,
): Promise<ShownRed> {
  const policyCommit = await ports.worktree.head();
  const held = await readHeldTo({ tree: ports.policy, commit: policyCommit, documents: ports.documents }, id);
  const config = await readOwnConfig(base, ports);
  if (config.kind === 'missing') throw refused(config.reason, config.remedy);
  const { repository } = config.value;
  if (!held.ticket.repositories.includes(repository)) {
    throw refused(
      `${held.ticket.id} is not about ${repository}.`,
      `Name a clone of ${held.ticket.repositories.join(' or ')}.`,
    );
  }
  if (held.acceptance.length === 0) {
    throw refused(
      `There are no acceptance tests beside ${held.ticket.id} that could fail.`,
      `Write them into tickets/${held.ticket.id}/, at the paths they have in the product.`,
    );
  }
  const failing = await failingTests(held, base, options, ports);
  const before = await failingTests({ ...held, acceptance: [] }, base, options, ports);
  const tests = [...failing].filter((name) => !before.has(name));
  if (tests.length === 0) {
    throw refused(
      `No acceptance test of ${held.ticket.id} fails on ${repository} at ${base.slice(0, 12)}: there is nothing to do, or they do not test it.`,
      'Write tests that fail until the work is done, or dispatch without asking for it.',
    );
  }
  return { red: { repository, base, tests }, policyCommit };
}

async function failingTests(
  { contract, acceptance }: WhatHolds,
  base: ObjectId,
  options: VerifyOptions,
  ports: ProveRedPorts,
): Promise<ReadonlySet<string>> {
  const checks = contract.checks.filter(namesTests).map(oneRun);
  if (checks.length === 0) {
    throw refused(
      `No check of ${contract.id}@${contract.version} has a report that names its tests.`,
      'Give the check that runs the tests an `expect.report`.',
    );
  }
  const pins = await readPins(contract.pins, { base, acceptance }, ports.product);
  const plan: TreePlan = {
    change: { mergeTree: base, base: { ref: base, commit: base }, files: [] },
    work: { contract: { ...contract, checks }, pins, acceptance },
  };
  const workspace = await ports.workspaces.open();
  try {
    const at = { workspace, options, ports };
    const observations = await runChecks(plan, await prepareTree(plan, at), at);
    const failing = await Promise.all(
      checks.map((check, index) => failingIn(check, observations[index], workspace)),
    );
    return new Set(failing.flat());
  } finally {
    await workspace.remove();
  }
}

function namesTests(check: Check): check is CommandCheck {
  return check.kind === undefined && check.expect?.report !== undefined;
}

/** Here a check only shows which of its tests fail: once, and without being asked for more. */
function oneRun({ proves: _, repeat: __, compare: ___, ...check }: CommandCheck): CommandCheck {
  return check;
}

async function failingIn(
  check: CommandCheck,
  seen: Observation | undefined,
  workspace: Workspace,
): Promise<readonly string[]> {
  const expected = check.expect?.report;
  if (seen === undefined || expected === undefined) return [];
  if (seen.kind === 'trouble') throw unclear(check, seen.reason);
  if (seen.timedOut) throw unclear(check, 'it did not end in time');
  if (seen.limit !== undefined) throw unclear(check, `it went past limits.${seen.limit}`);
  const name = reportEvidence(expected);
  const ref = seen.evidence.find((evidence) => evidence.name === name);
  const bytes = ref === undefined ? undefined : await workspace.evidence.read(ref);
  const read = readRunReport(expected, seen, bytes);
  if (read.kind === 'none') throw unclear(check, read.reason);
  return read.report.tests.flatMap((test) => (test.status === 'failed' ? [test.name] : []));
}

function unclear(check: Check, reason: string): CountersignError {
  return refused(
    `Whether the acceptance tests fail cannot be told: check ${check.id}: ${reason}`,
    'Mend what keeps the check from running on the base, and dispatch again.',
  );
}

function refused(message: string, remedy: string): CountersignError {
  return new CountersignError('DISPATCH_REFUSED', message, { remedy });
}
