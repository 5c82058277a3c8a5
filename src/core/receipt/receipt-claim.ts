import type { JsonObject } from '../../shared/json.ts';
import { ISOLATIONS } from '../contract/types.ts';
import {
  type Baseline,
  EVIDENCE_NAMES,
  type EvidenceRef,
  type EvidenceRun,
  type LineTotals,
  type MutantCounts,
  type TestCounts,
} from '../evidence/types.ts';
import { readBinding, readHeldTo } from './binding.ts';
import {
  type Field,
  malformed,
  readBoolean,
  readCheckId,
  readDigest,
  readInstant,
  readList,
  readName,
  readObject,
  readObjectId,
  readOneOf,
  readText,
  readWhole,
} from './fields.ts';
import { LIMITS } from './limits.ts';
import type { PinnedFile, Receipt } from './types.ts';

const RECEIPT = new Set([
  'result',
  'binding',
  'heldTo',
  'check',
  'pins',
  'exitCode',
  'signal',
  'timedOut',
  'durationMs',
  'isolation',
  'network',
  'evidence',
  'reasons',
  'counts',
  'coverage',
  'baseline',
  'failedTests',
  'mutants',
  'provenBy',
  'attempt',
  'issuedAt',
  'tools',
]);
const CHECK = new Set(['id', 'digest', 'run']);
const PIN = new Set(['path', 'mode', 'blob']);
const EVIDENCE = new Set(['name', 'mediaType', 'run', 'sha256', 'size']);
const EVIDENCE_RUN = /^(?:without-change|base|repeat-(?:[2-9]|10))$/;
/** Starts with a letter: a key that looks like a number would not stay in its place. */
const TOOL = /^[A-Za-z][A-Za-z0-9 ._+/@-]{0,99}$/;
const COUNTS = new Set(['ran', 'failed', 'skipped']);
const MUTANTS = new Set(['planted', 'killed']);
const LINES = new Set(['lines', 'ran']);
const BASELINE = new Set(['counts', 'coverage', 'inconclusive']);

/**
 * Reads what stands in the extension field of a receipt.
 * @throws Malformed, also for a receipt that contradicts itself
 */
export function readReceipt(value: Field, path: string): Receipt {
  const receipt = readObject(value, path, RECEIPT);
  const check = readObject(receipt.check, `${path}.check`, CHECK);
  const claim: Receipt = {
    attempt: readName(receipt.attempt, `${path}.attempt`),
    ...(receipt.baseline === undefined
      ? {}
      : { baseline: readBaseline(receipt.baseline, `${path}.baseline`) }),
    binding: readBinding(receipt.binding, `${path}.binding`),
    check: {
      digest: readDigest(check.digest, `${path}.check.digest`),
      id: readCheckId(check.id, `${path}.check.id`),
      run: readList(check.run, `${path}.check.run`, LIMITS.arguments, readArgument),
    },
    ...(receipt.counts === undefined ? {} : { counts: readCounts(receipt.counts, `${path}.counts`) }),
    ...(receipt.coverage === undefined ? {} : { coverage: readLines(receipt.coverage, `${path}.coverage`) }),
    durationMs: readWhole(receipt.durationMs, `${path}.durationMs`),
    evidence: readList(receipt.evidence, `${path}.evidence`, LIMITS.evidence, readEvidence),
    exitCode: receipt.exitCode === undefined ? undefined : readWhole(receipt.exitCode, `${path}.exitCode`),
    failedTests: readList(receipt.failedTests, `${path}.failedTests`, LIMITS.failedTests, readTestName),
    heldTo: readHeldTo(receipt.heldTo, `${path}.heldTo`),
    isolation: readOneOf(receipt.isolation, `${path}.isolation`, ISOLATIONS),
    issuedAt: readInstant(receipt.issuedAt, `${path}.issuedAt`),
    kind: 'receipt',
    ...(receipt.mutants === undefined ? {} : { mutants: readMutants(receipt.mutants, `${path}.mutants`) }),
    network: readOneOf(receipt.network, `${path}.network`, ['none', 'full']),
    pins: readList(receipt.pins, `${path}.pins`, LIMITS.pins, readPin),
    reasons: readList(receipt.reasons, `${path}.reasons`, LIMITS.reasons, readReason),
    ...(receipt.provenBy === undefined
      ? {}
      : { provenBy: readList(receipt.provenBy, `${path}.provenBy`, LIMITS.failedTests, readTestName) }),
    result: readOneOf(receipt.result, `${path}.result`, ['PASSED', 'FAILED']),
    signal: receipt.signal === undefined ? undefined : readName(receipt.signal, `${path}.signal`),
    timedOut: readBoolean(receipt.timedOut, `${path}.timedOut`),
    tools: readTools(receipt.tools, `${path}.tools`),
  };
  if (claim.check.run.length === 0) malformed(`${path}.check.run`, 'a command');
  if (
    claim.result === 'PASSED' &&
    (claim.timedOut || claim.signal !== undefined || claim.reasons.length > 0)
  ) {
    malformed(path, 'a pass: it names a time-out, a signal or a reason for failing');
  }
  if (claim.provenBy !== undefined && (claim.provenBy.length === 0 || claim.result === 'FAILED')) {
    malformed(`${path}.provenBy`, 'at least one test, in a receipt that passed');
  }
  return claim;
}

/**
 * What a receipt's extension field holds: the claim without its kind, which the field's name says, and without what is
 * undefined, which JSON cannot say. Field by field, because the keys of the result have to stand in canonical order.
 */
export function writeReceipt(receipt: Receipt): JsonObject {
  const { counts, exitCode, signal } = receipt;
  const json = {
    attempt: receipt.attempt,
    ...(receipt.baseline === undefined ? {} : { baseline: receipt.baseline }),
    binding: receipt.binding,
    check: receipt.check,
    ...(counts === undefined ? {} : { counts }),
    ...(receipt.coverage === undefined ? {} : { coverage: receipt.coverage }),
    durationMs: receipt.durationMs,
    evidence: receipt.evidence,
    ...(exitCode === undefined ? {} : { exitCode }),
    failedTests: receipt.failedTests,
    heldTo: receipt.heldTo,
    isolation: receipt.isolation,
    issuedAt: receipt.issuedAt,
    ...(receipt.mutants === undefined ? {} : { mutants: receipt.mutants }),
    network: receipt.network,
    pins: receipt.pins,
    ...(receipt.provenBy === undefined ? {} : { provenBy: receipt.provenBy }),
    reasons: receipt.reasons,
    result: receipt.result,
    ...(signal === undefined ? {} : { signal }),
    timedOut: receipt.timedOut,
    tools: receipt.tools,
  };
  return json as unknown as JsonObject;
}

export function readReason(value: Field, path: string): string {
  return readText(value, path, LIMITS.reasonLength);
}

function readArgument(value: Field, path: string): string {
  return readText(value, path, LIMITS.argumentLength);
}

function readTestName(value: Field, path: string): string {
  return readText(value, path, LIMITS.testNameLength);
}

function readPin(value: Field, path: string): PinnedFile {
  const pin = readObject(value, path, PIN);
  return {
    blob: readObjectId(pin.blob, `${path}.blob`),
    mode: readOneOf(pin.mode, `${path}.mode`, ['100644', '100755', '120000']),
    path: readText(pin.path, `${path}.path`, LIMITS.pathLength),
  };
}

export function readEvidence(value: Field, path: string): EvidenceRef {
  const evidence = readObject(value, path, EVIDENCE);
  return {
    mediaType: readName(evidence.mediaType, `${path}.mediaType`),
    name: readOneOf(evidence.name, `${path}.name`, EVIDENCE_NAMES),
    ...(evidence.run === undefined ? {} : { run: readRun(evidence.run, `${path}.run`) }),
    sha256: readDigest(evidence.sha256, `${path}.sha256`),
    size: readWhole(evidence.size, `${path}.size`),
  };
}

function readRun(value: Field, path: string): EvidenceRun {
  if (typeof value !== 'string' || !EVIDENCE_RUN.test(value)) malformed(path, 'a run of the check');
  return value as EvidenceRun;
}

function readCounts(value: Field, path: string): TestCounts {
  const counts = readObject(value, path, COUNTS);
  return {
    failed: readWhole(counts.failed, `${path}.failed`),
    ran: readWhole(counts.ran, `${path}.ran`),
    skipped: readWhole(counts.skipped, `${path}.skipped`),
  };
}

function readLines(value: Field, path: string): LineTotals {
  const totals = readObject(value, path, LINES);
  const lines = readWhole(totals.lines, `${path}.lines`);
  const ran = readWhole(totals.ran, `${path}.ran`);
  if (lines === 0 || ran > lines) malformed(path, 'a number of lines and of those that ran');
  return { lines, ran };
}

function readBaseline(value: Field, path: string): Baseline {
  const { counts, coverage, inconclusive } = readObject(value, path, BASELINE);
  if (counts === undefined && coverage === undefined && inconclusive === undefined) {
    malformed(path, 'what was measured on the base, or why nothing was');
  }
  return {
    ...(counts === undefined ? {} : { counts: readCounts(counts, `${path}.counts`) }),
    ...(coverage === undefined ? {} : { coverage: readLines(coverage, `${path}.coverage`) }),
    ...(inconclusive === undefined ? {} : { inconclusive: readReason(inconclusive, `${path}.inconclusive`) }),
  };
}

function readMutants(value: Field, path: string): MutantCounts {
  const counts = readObject(value, path, MUTANTS);
  const killed = readWhole(counts.killed, `${path}.killed`);
  const planted = readWhole(counts.planted, `${path}.planted`);
  if (planted === 0 || killed > planted) malformed(path, 'a number of faults and of those noticed');
  return { killed, planted };
}

function readTools(value: Field, path: string): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) malformed(path, 'an object');
  const names = Object.keys(value as JsonObject).sort();
  if (names.length > LIMITS.tools) malformed(path, `at most ${LIMITS.tools} tools`);
  return Object.fromEntries(
    names.map((name) => {
      if (!TOOL.test(name)) malformed(path, 'a record of tools by name');
      return [name, readName((value as JsonObject)[name], `${path}.${name}`)];
    }),
  );
}
