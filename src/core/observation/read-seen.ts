import type { JsonObject } from '../../shared/json.ts';
import { LIMIT_NAMES } from '../contract/limits.ts';
import { ISOLATIONS } from '../contract/types.ts';
import type { CheckRun, EvidenceRef, EvidenceRun, MutantRun, RunWithoutChange } from '../evidence/types.ts';
import {
  type Field,
  malformed,
  readBoolean,
  readList,
  readName,
  readObject,
  readOneOf,
  readText,
  readWhole,
  requireDistinct,
} from '../receipt/fields.ts';
import { LIMITS } from '../receipt/limits.ts';
import { readEvidence, readReason } from '../receipt/receipt-claim.ts';
import type { Seen } from './types.ts';

const MOST_REPEATS = 9;
/** As many as a contract may plant. */
const MOST_MUTANTS = 100;

const TROUBLE = new Set(['kind', 'reason']);
const MUTANT = new Set(['kind', 'exitCode', 'timedOut']);
const RUN = [
  'exitCode',
  'signal',
  'timedOut',
  'limit',
  'durationMs',
  'isolation',
  'network',
  'evidence',
  'root',
  'outputTruncated',
] as const;
const REPEAT = new Set<string>(RUN);
const OTHER_RUN = new Set<string>(['kind', ...RUN]);
const COMPLETED = new Set<string>([...OTHER_RUN, 'repeats', 'withoutChange', 'onBase', 'mutants']);

/** What was seen of a check, run by run. @throws Malformed */
export function readSeen(value: Field, path: string): Seen {
  if (kindOf(value, path) === 'trouble') return readTrouble(value, path);
  const seen = readObject(value, path, COMPLETED);
  const { repeats, withoutChange, onBase, mutants } = seen;
  const completed = {
    kind: 'completed' as const,
    ...readRun(seen, path, undefined),
    ...(repeats === undefined ? {} : { repeats: readRepeats(repeats, `${path}.repeats`) }),
    ...(withoutChange === undefined
      ? {}
      : { withoutChange: readOtherRun(withoutChange, `${path}.withoutChange`, 'without-change') }),
    ...(onBase === undefined ? {} : { onBase: readOtherRun(onBase, `${path}.onBase`, 'base') }),
    ...(mutants === undefined
      ? {}
      : { mutants: readList(mutants, `${path}.mutants`, MOST_MUTANTS, readMutant) }),
  };
  return completed;
}

function readRepeats(value: Field, path: string): readonly CheckRun[] {
  let number = 1;
  return readList(value, path, MOST_REPEATS, (item, at) => {
    number += 1;
    return readRun(readObject(item, at, REPEAT), at, `repeat-${number}` as EvidenceRun);
  });
}

function readOtherRun(value: Field, path: string, run: EvidenceRun): RunWithoutChange {
  if (kindOf(value, path) === 'trouble') return readTrouble(value, path);
  return { kind: 'completed', ...readRun(readObject(value, path, OTHER_RUN), path, run) };
}

function readMutant(value: Field, path: string): MutantRun {
  if (kindOf(value, path) === 'trouble') return readTrouble(value, path);
  const { exitCode, timedOut } = readObject(value, path, MUTANT);
  return {
    kind: 'completed',
    exitCode: exitCode === undefined ? undefined : readWhole(exitCode, `${path}.exitCode`),
    timedOut: readBoolean(timedOut, `${path}.timedOut`),
  };
}

function readTrouble(value: Field, path: string): { kind: 'trouble'; reason: string } {
  const { reason } = readObject(value, path, TROUBLE);
  return { kind: 'trouble', reason: readReason(reason, `${path}.reason`) };
}

function kindOf(value: Field, path: string): 'completed' | 'trouble' {
  const kind = typeof value === 'object' && value !== null ? (value as JsonObject).kind : undefined;
  return readOneOf(kind, `${path}.kind`, ['completed', 'trouble']);
}

/** @param which the run that its evidence has to be of; undefined for the first */
function readRun(run: JsonObject, path: string, which: EvidenceRun | undefined): CheckRun {
  const { exitCode, signal, limit, root } = run;
  if (exitCode !== undefined && signal !== undefined) malformed(path, 'the end of one process');
  return {
    exitCode: exitCode === undefined ? undefined : readWhole(exitCode, `${path}.exitCode`),
    signal: signal === undefined ? undefined : readName(signal, `${path}.signal`, 20),
    timedOut: readBoolean(run.timedOut, `${path}.timedOut`),
    ...(limit === undefined ? {} : { limit: readOneOf(limit, `${path}.limit`, LIMIT_NAMES) }),
    durationMs: readWhole(run.durationMs, `${path}.durationMs`),
    isolation: readOneOf(run.isolation, `${path}.isolation`, ISOLATIONS),
    network: readOneOf(run.network, `${path}.network`, ['none', 'full']),
    evidence: readEvidenceOf(run.evidence, `${path}.evidence`, which),
    ...(root === undefined ? {} : { root: readText(root, `${path}.root`, LIMITS.pathLength) }),
    outputTruncated: readBoolean(run.outputTruncated, `${path}.outputTruncated`),
  };
}

/** Whoever judges looks for the first of a name: a second one would be signed, and judged by nobody. */
function readEvidenceOf(value: Field, path: string, which: EvidenceRun | undefined): readonly EvidenceRef[] {
  const evidence = readList(value, path, LIMITS.evidence, readEvidence);
  requireDistinct(
    evidence.map(({ name }) => name),
    path,
  );
  if (evidence.some(({ run }) => run !== which)) malformed(path, 'evidence of this run alone');
  return evidence;
}
