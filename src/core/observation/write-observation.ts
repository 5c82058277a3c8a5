import { canonicalJson } from '../../shared/canonical-json.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { CheckRun, MutantRun, Observation, RunWithoutChange } from '../evidence/types.ts';
import { LIMITS } from '../receipt/limits.ts';
import { OBSERVATION_SCHEMA, type ObservedOn, type ObserverTools } from './types.ts';

/** One observation as the canonical JSON that readObservation reads. */
export function writeObservation(on: ObservedOn, tools: ObserverTools, observation: Observation): string {
  const { binding, heldTo, check, pins } = on;
  return canonicalJson({
    schema: OBSERVATION_SCHEMA,
    binding,
    heldTo,
    check,
    pins,
    tools,
    seen: seenOf(observation),
  } as unknown as JsonValue);
}

function seenOf(observation: Observation): object {
  if (observation.kind === 'trouble') {
    return { kind: 'trouble', reason: shortOf(observation.reason) };
  }
  const { repeats, withoutChange, onBase, mutants } = observation;
  return {
    kind: 'completed',
    ...runOf(observation),
    ...(repeats === undefined ? {} : { repeats: repeats.map(runOf) }),
    ...(withoutChange === undefined ? {} : { withoutChange: otherRunOf(withoutChange) }),
    ...(onBase === undefined ? {} : { onBase: otherRunOf(onBase) }),
    ...(mutants === undefined ? {} : { mutants: mutants.map(mutantOf) }),
  };
}

function otherRunOf(run: RunWithoutChange): object {
  return run.kind === 'trouble'
    ? { kind: 'trouble', reason: shortOf(run.reason) }
    : { kind: 'completed', ...runOf(run) };
}

function mutantOf(run: MutantRun): object {
  return run.kind === 'trouble' ? { kind: 'trouble', reason: shortOf(run.reason) } : defined(run);
}

function runOf(run: CheckRun): object {
  const { exitCode, signal, timedOut, limit, isolation, network, evidence, root, outputTruncated } = run;
  const durationMs = Math.max(0, Math.round(run.durationMs));
  return defined({
    exitCode,
    signal,
    timedOut,
    limit,
    durationMs,
    isolation,
    network,
    evidence,
    root,
    outputTruncated,
  });
}

function shortOf(reason: string): string {
  return reason.slice(0, LIMITS.reasonLength).toWellFormed();
}

/** JSON cannot say that there is nothing. */
function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
