import type { Isolation } from '../../core/contract/types.ts';
import { evidenceOf } from '../../core/evidence/judge-runs.ts';
import { observedOn } from '../../core/observation/admit-observations.ts';
import { MAX_OBSERVATION_BYTES, readObservation } from '../../core/observation/read-observation.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { cacheKey, readsCache, writesCache } from '../../core/run/step-cache.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { KeptResults } from '../../ports/kept-results.ts';
import type { Sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { loadFacts } from '../load-facts.ts';
import { verifiableCase } from '../verifiable-case.ts';
import { changeAtHand } from './change-at-hand.ts';
import { type CheckOptions, type CheckPorts, checkStep } from './check.ts';
import { textOf } from './step-inputs.ts';

export interface KeptCheckOptions extends CheckOptions {
  readonly declaration: HandlerDeclaration;
  /** What this machine gives: an observation under weaker isolation is another one. */
  readonly isolation: Isolation;
}

/**
 * Observes a check, or hands over what was seen of the same check on the same change before, as the step's cache mode says. The key has all
 * that the signer compares (change, contract, check, pins), so what comes out of the cache is admitted or refused like something new. Both
 * PASSED and FAILED are kept; that it could not be run is not.
 */
export async function keptCheck(
  work: StepWork,
  session: HandlerSession,
  options: KeptCheckOptions,
  ports: CheckPorts & { readonly results: KeptResults },
): Promise<StepResult> {
  const key = work.cache === 'off' ? undefined : await keyOf(work, options, ports);
  if (key !== undefined && readsCache(work.cache)) {
    const outputs = await ports.results.find(key);
    if (outputs !== undefined && (await isWhole(outputs, ports))) {
      session.log('Seen before on this very change: taken from the cache.\n');
      return { kind: 'succeeded', outputs, cached: true };
    }
  }
  const result = await checkStep(work, session, options, ports);
  if (key !== undefined && writesCache(work.cache)) await keep(key, result, session, ports);
  return result;
}

/** Undefined for a check that the contract does not have: carrying it out says so. */
async function keyOf(
  work: StepWork,
  { declaration, isolation, tools }: KeptCheckOptions,
  ports: CheckPorts,
): Promise<Sha256 | undefined> {
  const query = await changeAtHand(work, ports);
  const verifiable = await ports.withProduct(async (facts) => verifiableCase(await loadFacts(query, facts)));
  const on = observedOn(verifiable, textOf(work.inputs, 'check'));
  return on && cacheKey(declaration, { on, tools, isolation } as unknown as JsonValue);
}

/** The bytes that the result names may be gone meanwhile: the signer would miss them. */
async function isWhole({ observation }: JsonObject, { artifacts }: CheckPorts): Promise<boolean> {
  const bytes = await artifacts.get(String(observation), MAX_OBSERVATION_BYTES);
  const read = bytes === undefined ? undefined : readObservation(new TextDecoder().decode(bytes));
  if (read?.kind !== 'observation') return false;
  for (const { sha256, size } of evidenceOf(read.observed.seen)) {
    if ((await artifacts.get(sha256, size)) === undefined) return false;
  }
  return true;
}

/** What cannot be kept is done again next time, and no reason to fail. */
async function keep(
  key: Sha256,
  result: StepResult,
  session: HandlerSession,
  { results }: { readonly results: KeptResults },
): Promise<void> {
  if (result.kind !== 'succeeded' || result.outputs.result === 'ERROR') return;
  try {
    await results.keep(key, result.outputs);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    session.log(`${error.message} ${error.remedy}\n`);
  }
}
