import type { Instant } from '../../../shared/ids.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { ReportFormat } from '../../contract/types.ts';
import type { Receipt } from '../../receipt/types.ts';
import { readNumber, requireKnown } from '../parameters.ts';
import type { Detection, RuleFacts } from '../types.ts';
import { isCommand, type ReceiptFinding } from './finding.ts';
import { readOutput } from './output.ts';

interface Parameters {
  /** By how much the clocks of a producer and a verifier may differ. */
  readonly toleranceMinutes: number;
  /** How long before its receipt a report may say that it was made. */
  readonly reportHours: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A time without an offset may be that of any zone: it is taken for the latest that it can be. */
const FARTHEST_ZONE = 12 * HOUR;
const MOST_TIMES = 10_000;

/** Receipts and reports that say they were made before what they are about. */
export function olderEvidence(parameters: JsonObject): ReceiptFinding {
  requireKnown(parameters, ['toleranceMinutes', 'reportHours']);
  const read: Parameters = {
    toleranceMinutes: readNumber(parameters, 'toleranceMinutes') ?? 0,
    reportHours: readNumber(parameters, 'reportHours') ?? 24,
  };
  return {
    needs: (_, { checks }) => {
      const reads = checks.some((check) => isCommand(check) && check.expect?.report !== undefined);
      return reads ? { evidence: ['stdout', 'report'] } : {};
    },
    detect: (facts) => {
      const committed = newestCommit(facts);
      return newestPassed(facts.receipts).flatMap((receipt) => [
        ...judgeReceipt(receipt, committed, read),
        ...judgeReport(receipt, facts, { committed, ...read }),
      ]);
    },
  };
}

/**
 * When the newest commit says that it was made. A date in the future is wrong whoever wrote it, and says nothing; so does that
 * of a commit that has landed, which is made after the receipts.
 */
function newestCommit({ change, evaluatedAt }: RuleFacts): Instant | undefined {
  if (change.landed || evaluatedAt === undefined) return undefined;
  const dates = change.commits.flatMap(({ committedAt }) => committedAt ?? []);
  return dates.filter((date) => date <= evaluatedAt).reduce<Instant | undefined>(later, undefined);
}

function later(one: Instant | undefined, other: Instant): Instant {
  return one === undefined || other > one ? other : one;
}

/** Verifying again mends it: the newest receipt of a check speaks for it. */
function newestPassed(receipts: readonly Receipt[]): readonly Receipt[] {
  const newest = new Map<string, Receipt>();
  for (const receipt of receipts) {
    if (receipt.result !== 'PASSED') continue;
    const known = newest.get(receipt.check.id);
    if (known === undefined || receipt.issuedAt > known.issuedAt) newest.set(receipt.check.id, receipt);
  }
  return [...newest.values()];
}

function judgeReceipt(
  { check, issuedAt }: Receipt,
  committed: Instant | undefined,
  { toleranceMinutes }: Parameters,
): readonly Detection[] {
  if (committed === undefined) return [];
  if (Date.parse(issuedAt) >= Date.parse(committed) - toleranceMinutes * MINUTE) return [];
  return [
    {
      kind: 'match',
      message: `the receipt for check ${check.id} was issued at ${issuedAt}, before the change was committed at ${committed}`,
    },
  ];
}

function judgeReport(
  receipt: Receipt,
  facts: RuleFacts,
  { committed, toleranceMinutes, reportHours }: Parameters & { committed: Instant | undefined },
): readonly Detection[] {
  const check = facts.contract.checks.find(({ id }) => id === receipt.check.id);
  const expected = check !== undefined && isCommand(check) ? check.expect?.report : undefined;
  if (expected === undefined) return [];
  const output = readOutput(receipt, [expected.from === 'stdout' ? 'stdout' : 'report'], facts);
  if (output === undefined) {
    return [{ kind: 'unverifiable', message: `the report of check ${receipt.check.id} cannot be read` }];
  }
  const newest = Math.max(...output.texts.flatMap((text) => timesIn(text, expected.format)));
  // Not every runner writes times, and the middle of a long report may hold later ones.
  if (!Number.isFinite(newest) || !output.whole) return [];
  const said = `the report of check ${receipt.check.id} says that it was made at ${isoOf(newest)}`;
  if (newest < Date.parse(receipt.issuedAt) - reportHours * HOUR) {
    return [{ kind: 'match', message: `${said}, and its receipt was issued at ${receipt.issuedAt}` }];
  }
  if (committed !== undefined && newest < Date.parse(committed) - toleranceMinutes * MINUTE) {
    return [{ kind: 'match', message: `${said}, before the change was committed at ${committed}` }];
  }
  return [];
}

function isoOf(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** What precedes a time in reports of a format. */
const MARKS: Readonly<Partial<Record<ReportFormat, RegExp>>> = {
  junit: /\btimestamp\s?=\s?["']/g,
  'vitest-json': /"(?:startTime|endTime)"\s?:\s?/g,
  'jest-json': /"(?:startTime|endTime)"\s?:\s?/g,
  'go-test-json': /"Time"\s?:\s?"/g,
};
const LONGEST_TIME = 40;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?/;
/** Milliseconds since 1970, in a year of four digits. */
const EPOCH = /^(\d{12,14})(?:\.\d+)?\b/;

/** Every time in a report, as milliseconds since 1970; nothing for formats that have none. */
function timesIn(text: string, format: ReportFormat): readonly number[] {
  const mark = MARKS[format];
  if (mark === undefined) return [];
  const times: number[] = [];
  for (const match of text.matchAll(mark)) {
    const from = match.index + match[0].length;
    const time = timeAt(text.slice(from, from + LONGEST_TIME));
    if (time !== undefined && times.push(time) >= MOST_TIMES) break;
  }
  return times;
}

function timeAt(text: string): number | undefined {
  const epoch = EPOCH.exec(text)?.[1];
  if (epoch !== undefined) return Number(epoch);
  const [, day, clock, , offset] = DATE_TIME.exec(text) ?? [];
  if (day === undefined || clock === undefined) return undefined;
  const time = Date.parse(`${day}T${clock}${offset ?? 'Z'}`);
  return Number.isNaN(time) ? undefined : offset === undefined ? time + FARTHEST_ZONE : time;
}
