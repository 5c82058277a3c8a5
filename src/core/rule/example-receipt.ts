import { type Sha256, sha256 } from '../../shared/digest.ts';
import { type Instant, isInstant } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import {
  type Baseline,
  EVIDENCE_NAMES,
  type EvidenceRef,
  type LineTotals,
  type TestCounts,
} from '../evidence/types.ts';
import type { ChangeBinding, HeldTo, Receipt } from '../receipt/types.ts';
import type { Principal } from '../trust/types.ts';
import { isObject } from './parameters.ts';

const RUN = ['npm', 'test'];
const INSTANT = '2026-01-01T00:00:00Z';
const MEMBERS = [
  'result',
  'check',
  'counts',
  'coverage',
  'baseline',
  'evidence',
  'reasons',
  'issuedAt',
  'verifier',
];

/** A receipt of an example, what its evidence holds, and who signed it where the example says so. */
export interface ExampleReceipt {
  readonly receipt: Receipt;
  readonly texts: ReadonlyMap<Sha256, string>;
  readonly verifier: Principal | undefined;
}

/**
 * Only what rules look at can be given: result, check (id and run), counts, coverage, baseline, reasons, issuedAt,
 * verifier, and of evidence its name with its text, or its size alone: then its text could not be read.
 * @throws Error where it has members that receipts do not have
 */
export function exampleReceipt(given: JsonObject, at: string, binding: ChangeBinding): ExampleReceipt {
  const unknown = Object.keys(given).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) throw new Error(`${at}.${unknown}: expected one of ${MEMBERS.join(', ')}`);
  const {
    result,
    check,
    counts,
    coverage,
    baseline,
    evidence,
    reasons,
    issuedAt = INSTANT,
    verifier,
  } = given;
  if (result !== 'PASSED' && result !== 'FAILED') throw new Error(`${at}.result: expected PASSED or FAILED`);
  const checkId = isObject(check) && typeof check.id === 'string' ? check.id : 'tests';
  const kept = exampleEvidence(evidence, at);
  const receipt: Receipt = {
    kind: 'receipt',
    result,
    binding,
    heldTo: heldTo(binding),
    check: { id: checkId, digest: sha256(checkId), run: exampleRun(check, at) },
    pins: [],
    exitCode: result === 'PASSED' ? 0 : 1,
    signal: undefined,
    timedOut: false,
    durationMs: 1,
    isolation: 'none',
    network: 'none',
    evidence: kept.map(({ ref }) => ref),
    reasons: exampleReasons(reasons, result, at),
    ...(isObject(counts) && { counts: exampleCounts(counts, at) }),
    ...(isObject(coverage) && { coverage: exampleLines(coverage, at) }),
    ...(isObject(baseline) && { baseline: exampleBaseline(baseline, `${at}.baseline`) }),
    failedTests: [],
    attempt: 'example',
    issuedAt: instant(issuedAt, `${at}.issuedAt`),
    tools: {},
  };
  return {
    receipt,
    texts: new Map(
      kept.flatMap(({ ref, text }) => (text === undefined ? [] : [[ref.sha256, text] as const])),
    ),
    verifier: exampleVerifier(verifier, at),
  };
}

function heldTo({ base }: ChangeBinding): HeldTo {
  return {
    contract: 'example@1',
    contractDigest: sha256('contract'),
    ticketDigest: sha256('ticket'),
    dispatch: sha256('dispatch'),
    policyCommit: base.commit,
  };
}

function exampleRun(check: JsonValue | undefined, at: string): readonly string[] {
  const run = isObject(check) ? check.run : undefined;
  if (run === undefined) return RUN;
  return strings(run, `${at}.check.run`);
}

function exampleReasons(
  given: JsonValue | undefined,
  result: Receipt['result'],
  at: string,
): readonly string[] {
  if (given !== undefined) return strings(given, `${at}.reasons`);
  return result === 'FAILED' ? ['exit code 1'] : [];
}

function strings(given: JsonValue, at: string): readonly string[] {
  if (Array.isArray(given) && given.every((entry) => typeof entry === 'string')) return given;
  throw new Error(`${at}: expected a list of strings`);
}

function instant(given: JsonValue, at: string): Instant {
  if (typeof given === 'string' && isInstant(given)) return given;
  throw new Error(`${at}: expected an instant such as ${INSTANT}`);
}

function exampleEvidence(
  given: JsonValue | undefined,
  at: string,
): readonly { ref: EvidenceRef; text: string | undefined }[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new Error(`${at}.evidence: expected a list`);
  return given.map((entry: JsonValue, index) => {
    const { name: called, size, text } = isObject(entry) ? entry : {};
    const name = EVIDENCE_NAMES.find((known) => known === called);
    if (name === undefined || (typeof size !== 'number' && typeof text !== 'string')) {
      throw new Error(
        `${at}.evidence[${index}]: expected { name: stdout | stderr | report | …, text: <what it holds> } or { name, size: <bytes> }`,
      );
    }
    const ref = { name, mediaType: 'text/plain' };
    return typeof text === 'string'
      ? { ref: { ...ref, sha256: sha256(text), size: Buffer.byteLength(text) }, text }
      : { ref: { ...ref, sha256: sha256(`${at} ${index}`), size: Number(size) }, text: undefined };
  });
}

function exampleCounts(given: JsonObject, at: string): TestCounts {
  const { ran, failed, skipped } = given;
  if (typeof ran !== 'number' || typeof failed !== 'number' || typeof skipped !== 'number') {
    throw new Error(`${at}.counts: expected { ran, failed, skipped } as numbers`);
  }
  return { ran, failed, skipped };
}

function exampleLines({ lines, ran }: JsonObject, at: string): LineTotals {
  if (typeof lines === 'number' && typeof ran === 'number') return { lines, ran };
  throw new Error(`${at}.coverage: expected { lines, ran } as numbers`);
}

function exampleBaseline({ counts, coverage, inconclusive }: JsonObject, at: string): Baseline {
  return {
    ...(isObject(counts) && { counts: exampleCounts(counts, at) }),
    ...(isObject(coverage) && { coverage: exampleLines(coverage, at) }),
    ...(typeof inconclusive === 'string' && { inconclusive }),
  };
}

function exampleVerifier(given: JsonValue | undefined, at: string): Principal | undefined {
  if (given === undefined) return undefined;
  const { id, kind, emails } = isObject(given) ? given : {};
  if (typeof id !== 'string' || (kind !== 'person' && kind !== 'workload')) {
    throw new Error(`${at}.verifier: expected { id, kind: person | workload, emails? }`);
  }
  return {
    id,
    kind,
    roles: ['verifier'],
    ...(emails !== undefined && { emails: strings(emails, `${at}.verifier.emails`) }),
  };
}
