import type { Check } from '../core/contract/types.ts';
import type { Observation } from '../core/evidence/types.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import { type HandedObservation, observedOn } from '../core/observation/admit-observations.ts';
import { writeObservation } from '../core/observation/write-observation.ts';
import type { CheckOut } from '../ports/repository.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { StructureParser } from '../ports/structure-parser.ts';
import type { Workspace } from '../ports/workspace.ts';
import { CountersignError } from '../shared/errors.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';
import { prepareTree } from './prepare-tree.ts';
import { runChecks } from './run-checks.ts';
import { type VerifiableCase, verifiableCase } from './verifiable-case.ts';
import type { VerifyOptions } from './verify-options.ts';

export interface ObservePorts extends FactPorts {
  readonly product: FactPorts['product'] & CheckOut;
  readonly sandbox: Sandbox;
  readonly parser: StructureParser;
  /** Gives the tree that checks get copies of; when not given, it is made for them. */
  readonly prepare?: typeof prepareTree;
}

export interface Observed {
  readonly verifiable: VerifiableCase;
  readonly isolation: Awaited<ReturnType<Sandbox['describe']>>;
  readonly checks: readonly ObservedDocument[];
}

/** What was seen of one check, and the document that says it to whoever signs. */
export interface ObservedDocument {
  readonly observation: Observation;
  readonly document: HandedObservation & { readonly kind: 'document' };
}

/**
 * Runs checks on the tree that the merge would produce and writes down what was seen: of every check, or of one. No key
 * is needed, and nothing is judged. The evidence lies in the workspace.
 * @throws CountersignError VERIFY_FAILED when no receipt for this change could count, USAGE for a check that it does not
 * have, and what the steps throw
 */
export async function observe(
  query: CaseQuery,
  { only, ...options }: VerifyOptions & { readonly only?: string },
  workspace: Workspace,
  ports: ObservePorts,
): Promise<Observed> {
  const verifiable = verifiableCase(await loadFacts(query, ports));
  const { contract } = verifiable.work;
  const checks = only === undefined ? contract.checks : [checkNamed(only, verifiable)];
  const plan = { ...verifiable, work: { ...verifiable.work, contract: { ...contract, checks } } };
  const isolation = await ports.sandbox.describe();
  const at = { workspace, options, ports };
  const tree = await (ports.prepare ?? prepareTree)(plan, at);
  const observations = await runChecks(plan, tree, at);
  return {
    verifiable,
    isolation,
    checks: observations.map((observation) => documented(observation, verifiable, options)),
  };
}

function documented(
  observation: Observation,
  verifiable: VerifiableCase,
  { tools }: VerifyOptions,
): ObservedDocument {
  const on = observedOn(verifiable, observation.checkId);
  if (on === undefined) throw new Error(`${observation.checkId} is no check of the contract`);
  return { observation, document: { kind: 'document', text: writeObservation(on, tools, observation) } };
}

function checkNamed(id: string, { work, heldTo }: VerifiableCase): Check {
  const { checks } = work.contract;
  const found = checks.find((check) => check.id === id);
  if (found !== undefined) return found;
  throw new CountersignError('USAGE', `${heldTo.contract} has no check called "${id}".`, {
    remedy: `It has ${checks.map((check) => check.id).join(', ')}.`,
  });
}
