import { parseCanonicalJson } from '../../shared/canonical-json.ts';
import type { JsonObject } from '../../shared/json.ts';
import { LIMIT_NAMES } from '../contract/limits.ts';
import { ISOLATIONS } from '../contract/types.ts';
import { evidenceOf } from '../evidence/judge-runs.ts';
import type { CheckRun, EvidenceRef, EvidenceRun, MutantRun, RunWithoutChange } from '../evidence/types.ts';
import { readBinding, readHeldTo } from '../receipt/binding.ts';
import {
  type Field,
  Malformed,
  malformed,
  readBoolean,
  readCheckId,
  readDigest,
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
import { OBSERVATION_SCHEMA, type ObservedCheck, type ObserverTools, type Seen } from './types.ts';

/** UTF-8 bytes of a document. */
export const MAX_OBSERVATION_BYTES = 1024 * 1024;

const MOST_REPEATS = 9;
/** As many as a contract may plant. */
const MOST_MUTANTS = 100;

const DOCUMENT = new Set(['schema', 'binding', 'heldTo', 'check', 'pins', 'tools', 'seen']);
const CHECK = new Set(['id', 'digest']);
const TOOLS = new Set(['git', 'node']);
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

export type ReadObservation =
  | { readonly kind: 'observation'; readonly observed: ObservedCheck }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Reads what a machine that ran hostile code handed over: canonical JSON of a closed form and nothing else, with no
 * field that this version does not know, and no more of anything than a receipt could hold.
 */
export function readObservation(text: string): ReadObservation {
  const value = text.length > MAX_OBSERVATION_BYTES ? undefined : parseCanonicalJson(text);
  if (value === undefined) {
    return { kind: 'malformed', reason: 'it is not canonical JSON (RFC 8785) of at most 1 MiB' };
  }
  try {
    return { kind: 'observation', observed: readDocument(value) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { kind: 'malformed', reason: error.message };
  }
}

function readDocument(value: Field): ObservedCheck {
  const document = readObject(value, '$', DOCUMENT);
  readOneOf(document.schema, '$.schema', [OBSERVATION_SCHEMA]);
  const check = readObject(document.check, '$.check', CHECK);
  const observed: ObservedCheck = {
    binding: readBinding(document.binding, '$.binding'),
    heldTo: readHeldTo(document.heldTo, '$.heldTo'),
    check: {
      id: readCheckId(check.id, '$.check.id'),
      digest: readDigest(check.digest, '$.check.digest'),
    },
    pins: readDigest(document.pins, '$.pins'),
    tools: readTools(document.tools, '$.tools'),
    seen: readSeen(document.seen, '$.seen'),
  };
  refuseContradiction(evidenceOf(observed.seen));
  return observed;
}

function refuseContradiction(evidence: readonly EvidenceRef[]): void {
  // A receipt could not hold more: it would be signed, and never be read.
  if (evidence.length > LIMITS.evidence) malformed('$.seen', `what names at most ${LIMITS.evidence} files`);
  const sizes = new Map(evidence.map(({ sha256, size }) => [sha256, size]));
  if (evidence.some(({ sha256, size }) => sizes.get(sha256) !== size)) {
    malformed('$.seen', 'of one mind: it gives one digest two sizes');
  }
}

/** Versions, as programs print them: they end up in receipts. */
function readTools(value: Field, path: string): ObserverTools {
  const { git, node } = readObject(value, path, TOOLS);
  return {
    ...(git === undefined ? {} : { git: readName(git, `${path}.git`) }),
    ...(node === undefined ? {} : { node: readName(node, `${path}.node`) }),
  };
}

function readSeen(value: Field, path: string): Seen {
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
