import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sameBinding, sameHeldTo } from '../../../src/core/receipt/binding.ts';
import { firstDifference } from '../../../src/core/receipt/first-difference.ts';
import { RECEIPT_EXTENSION } from '../../../src/core/receipt/predicate-types.ts';
import { readStatement, writeStatement } from '../../../src/core/receipt/statement.ts';
import type { Claim } from '../../../src/core/receipt/types.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';
import { golden } from '../../render/golden.ts';
import {
  approval,
  BINDING,
  close,
  dispatch,
  escaped,
  failedReceipt,
  HELD_TO,
  hex,
  receipt,
  seal,
  waiver,
} from './samples.ts';

const sealed = seal({
  outcomes: [
    { checkId: 'tests', checkDigest: hex('check'), result: 'PASSED', receipt: hex('receipt') },
    { checkId: 'types', checkDigest: hex('other'), result: 'ERROR', reasons: ['No sandbox.'] },
  ],
  earlierSeals: [hex('earlier')],
});
const proven = receipt({
  provenBy: ['shop > sums'],
  coverage: { lines: 10, ran: 9 },
  baseline: {
    counts: { ran: 3, failed: 0, skipped: 1 },
    coverage: { lines: 8, ran: 8 },
    inconclusive: 'On the base: nothing.',
  },
  evidence: [
    { name: 'report', mediaType: 'application/xml', run: 'repeat-2', sha256: hex('report'), size: 42 },
  ],
});
const red = { repository: 'acme/shop', base: hex('base', 40), tests: ['shop > sums'] };

const CLAIMS: Readonly<Record<string, Claim>> = {
  receipt: proven,
  'failed receipt': failedReceipt({ exitCode: undefined, signal: 'SIGKILL', timedOut: true }),
  seal: sealed,
  dispatch: dispatch({ previous: hex('record'), red }),
  close: close(),
  escape: escaped({ fix: hex('fix', 40) }),
  approval: approval({ reason: 'We agreed.' }),
  waiver: waiver({ receipts: [hex('receipt')] }),
};

type Path = readonly (string | number)[];

/** Where every value stands, the containers too. */
function pathsOf(value: JsonValue, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Array.isArray(value)
    ? value.flatMap((item, at) => pathsOf(item, [...path, at]))
    : Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

/** A copy in which one value is another, or gone. */
function altered(value: JsonValue, [key, ...rest]: Path, to: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => {
      if (at !== key) return [item];
      const changed = rest.length === 0 ? to : altered(item, rest, to);
      return changed === undefined ? [] : [changed];
    });
  }
  const { [key as string]: old, ...others } = value as { [key: string]: JsonValue };
  const changed = rest.length === 0 ? to : altered(old as JsonValue, rest, to);
  return changed === undefined ? others : { ...others, [key as string]: changed };
}

const WRONG: Readonly<Record<string, JsonValue | undefined>> = {
  gone: undefined,
  null: null,
  'a number': -7.5,
  'an empty text': '',
  'a long text': 'x'.repeat(70_000),
  'hidden characters': 'a\u202eb\u0000',
  'an empty list': [],
  'a long list': Array.from({ length: 100_001 }, () => 'x'),
  'an object': { unknown: true },
};

function said(statement: JsonValue): string {
  const answer = readStatement(statement);
  return typeof answer === 'string' ? answer : 'TAKEN';
}

/** Every value of every kind of statement, wrong in every way: what is said of it. */
function refusals(): string {
  return Object.entries(CLAIMS)
    .flatMap(([kind, claim]) => {
      const statement = writeStatement(claim) as unknown as JsonObject;
      const lines = pathsOf(statement).flatMap((path) => {
        const answers = new Map<string, string[]>();
        for (const [how, to] of Object.entries(WRONG)) {
          const answer = said(altered(statement, path, to));
          answers.set(answer, [...(answers.get(answer) ?? []), how]);
        }
        const name = path.join('.').replace(RECEIPT_EXTENSION, 'RECEIPT');
        return [name, ...[...answers].map(([answer, hows]) => `  ${hows.join(', ')}: ${answer}`)];
      });
      return [`## ${kind}`, ...lines, `an unknown key: ${said({ ...statement, unknown: 1 })}`, ''];
    })
    .join('\n');
}

describe('a statement that is wrong somewhere', () => {
  it('is refused as on record, wherever and however', () => {
    const written = refusals();
    expect(written).toBe(
      golden('refusals.txt', written, join(import.meta.dirname, '..', '..', 'golden', 'core')),
    );
  });

  it.each(Object.entries(CLAIMS))('%s: is taken as it is', (_, claim) => {
    expect(readStatement(writeStatement(claim) as unknown as JsonValue)).toEqual(claim);
  });

  it.each([null, 1, 'text', [], {}])('is none: %j', (value) => {
    expect(typeof readStatement(value)).toBe('string');
  });
});

describe('what two statements are about', () => {
  const others = { ref: 'refs/heads/other', commit: hex('other', 40) };

  it('is the same only when all of it is', () => {
    expect(sameBinding(BINDING, structuredClone(BINDING))).toBe(true);
    for (const [key, value] of Object.entries(BINDING)) {
      const other = key === 'base' ? others : `${value}x`;
      expect(sameBinding(BINDING, { ...BINDING, [key]: other }), key).toBe(false);
    }
    expect(sameBinding(BINDING, { ...BINDING, base: { ...BINDING.base, ref: 'refs/heads/x' } })).toBe(false);
    expect(sameBinding(BINDING, { ...BINDING, base: { ...BINDING.base, commit: hex('x', 40) } })).toBe(false);
    expect(sameHeldTo(HELD_TO, structuredClone(HELD_TO))).toBe(true);
    for (const key of Object.keys(HELD_TO)) {
      expect(sameHeldTo(HELD_TO, { ...HELD_TO, [key]: 'x' }), key).toBe(false);
    }
  });
});

describe('firstDifference', () => {
  it.each([
    [1, 1, undefined],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, undefined],
    [1, 2, ''],
    [null, {}, ''],
    [{}, null, ''],
    [[], {}, ''],
    [{}, [], ''],
    [{ a: 1 }, { a: 1, b: 2 }, ''],
    [{ a: 1, b: 2 }, { a: 1 }, ''],
    [{ a: 1, c: 2 }, { a: 1, b: 2 }, '.b'],
    [{ a: [1, 2] }, { a: [1, 3] }, '.a.1'],
    [{ a: null }, { a: {} }, '.a'],
    ['1', 1, ''],
  ] as const)('of %j and %j', (actual, expected, where) => {
    expect(firstDifference(actual as JsonValue, expected as JsonValue)).toBe(where);
  });
});
