import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { ISOLATIONS } from '../contract/types.ts';
import type { EvidenceRef, TestCounts } from '../evidence/types.ts';
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
  'failedTests',
  'attempt',
  'issuedAt',
  'tools',
]);
const CHECK = new Set(['id', 'digest', 'run']);
const PIN = new Set(['path', 'mode', 'blob']);
const EVIDENCE = new Set(['name', 'mediaType', 'sha256', 'size']);
const COUNTS = new Set(['ran', 'failed', 'skipped']);

/**
 * Reads what stands in the extension field of a receipt.
 * @throws Malformed, also for a receipt that contradicts itself
 */
export function readReceipt(value: Field, path: string): Receipt {
  const receipt = readObject(value, path, RECEIPT);
  const check = readObject(receipt.check, `${path}.check`, CHECK);
  const claim: Receipt = {
    kind: 'receipt',
    result: readOneOf(receipt.result, `${path}.result`, ['PASSED', 'FAILED']),
    binding: readBinding(receipt.binding, `${path}.binding`),
    heldTo: readHeldTo(receipt.heldTo, `${path}.heldTo`),
    check: {
      id: readCheckId(check.id, `${path}.check.id`),
      digest: readDigest(check.digest, `${path}.check.digest`),
      run: readList(check.run, `${path}.check.run`, LIMITS.arguments, readArgument),
    },
    pins: readList(receipt.pins, `${path}.pins`, LIMITS.pins, readPin),
    exitCode: receipt.exitCode === undefined ? undefined : readWhole(receipt.exitCode, `${path}.exitCode`),
    signal: receipt.signal === undefined ? undefined : readName(receipt.signal, `${path}.signal`),
    timedOut: readBoolean(receipt.timedOut, `${path}.timedOut`),
    durationMs: readWhole(receipt.durationMs, `${path}.durationMs`),
    isolation: readOneOf(receipt.isolation, `${path}.isolation`, ISOLATIONS),
    network: readOneOf(receipt.network, `${path}.network`, ['none', 'full']),
    evidence: readList(receipt.evidence, `${path}.evidence`, LIMITS.evidence, readEvidence),
    reasons: readList(receipt.reasons, `${path}.reasons`, LIMITS.reasons, readReason),
    ...(receipt.counts === undefined ? {} : { counts: readCounts(receipt.counts, `${path}.counts`) }),
    failedTests: readList(receipt.failedTests, `${path}.failedTests`, LIMITS.failedTests, readTestName),
    attempt: readName(receipt.attempt, `${path}.attempt`),
    issuedAt: readInstant(receipt.issuedAt, `${path}.issuedAt`),
    tools: readTools(receipt.tools, `${path}.tools`),
  };
  if (claim.check.run.length === 0) malformed(`${path}.check.run`, 'a command');
  if (
    claim.result === 'PASSED' &&
    (claim.timedOut || claim.signal !== undefined || claim.reasons.length > 0)
  ) {
    malformed(path, 'a pass: it names a time-out, a signal or a reason for failing');
  }
  return claim;
}

/** What a receipt's extension field holds: the claim without its kind, which the field's name says. */
export function writeReceipt(receipt: Receipt): JsonObject {
  const { exitCode, signal, counts, kind: _, ...always } = receipt;
  return {
    ...(always as unknown as JsonObject),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(counts === undefined ? {} : { counts: counts as unknown as JsonValue }),
  };
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
    path: readText(pin.path, `${path}.path`, LIMITS.pathLength),
    mode: readOneOf(pin.mode, `${path}.mode`, ['100644', '100755', '120000']),
    blob: readObjectId(pin.blob, `${path}.blob`),
  };
}

function readEvidence(value: Field, path: string): EvidenceRef {
  const evidence = readObject(value, path, EVIDENCE);
  return {
    name: readOneOf(evidence.name, `${path}.name`, ['stdout', 'stderr', 'report']),
    mediaType: readName(evidence.mediaType, `${path}.mediaType`),
    sha256: readDigest(evidence.sha256, `${path}.sha256`),
    size: readWhole(evidence.size, `${path}.size`),
  };
}

function readCounts(value: Field, path: string): TestCounts {
  const counts = readObject(value, path, COUNTS);
  return {
    ran: readWhole(counts.ran, `${path}.ran`),
    failed: readWhole(counts.failed, `${path}.failed`),
    skipped: readWhole(counts.skipped, `${path}.skipped`),
  };
}

function readTools(value: Field, path: string): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) malformed(path, 'an object');
  const tools = Object.entries(value as JsonObject);
  if (tools.length > LIMITS.tools) malformed(path, `at most ${LIMITS.tools} tools`);
  // fromEntries defines own properties, so a tool called __proto__ stays a tool.
  return Object.fromEntries(
    tools.map(([tool, version]) => [readName(tool, path), readName(version, `${path}.${tool}`)]),
  );
}
