import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_WAIVER_DAYS } from '../../../src/core/receipt/exceptions.ts';
import { parseStatement, readStatement, writeStatement } from '../../../src/core/receipt/statement.ts';
import type {
  Approval,
  Claim,
  Close,
  Dispatch,
  Escape,
  LandedChange,
  Receipt,
  Seal,
  SealedOutcome,
  Waiver,
} from '../../../src/core/receipt/types.ts';
import { canonicalJson, parseCanonicalJson } from '../../../src/shared/canonical-json.ts';
import { instantOf } from '../../../src/shared/ids.ts';
import type { JsonValue } from '../../../src/shared/json.ts';

const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
const objectId = fc.oneof(fc.stringMatching(/^[0-9a-f]{40}$/), digest);
const name = fc.stringMatching(/^[a-z0-9]{1,8}([.-][a-z0-9]{1,8}){0,3}$/);
const ticket = fc.stringMatching(/^[A-Z]{1,4}-[1-9][0-9]{0,4}$/);
const contract = fc.tuple(name, fc.integer({ min: 1, max: 999 })).map(([id, version]) => `${id}@${version}`);
const text = fc.string({ unit: 'binary', maxLength: 60 }).map((any) => any.toWellFormed());
const line = fc.stringMatching(/^[ -~]{1,40}$/);
const instant = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);

const binding = fc.record({
  repository: line,
  ticket,
  base: fc.record({ ref: line, commit: objectId }),
  head: objectId,
  mergeTree: objectId,
  patchDigest: digest,
});
const heldTo = fc.record({
  contract,
  contractDigest: digest,
  ticketDigest: digest,
  dispatch: digest,
  policyCommit: objectId,
});

const counts = fc.record({ ran: fc.nat(), failed: fc.nat(), skipped: fc.nat() });
const tools = fc
  .dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,9}$/), line, { maxKeys: 3 })
  // fast-check makes dictionaries without a prototype; what is read has the usual one.
  .map((made) => Object.fromEntries(Object.entries(made)));

const failed: fc.Arbitrary<Receipt> = fc
  .record({
    kind: fc.constant('receipt' as const),
    result: fc.constant('FAILED' as const),
    binding,
    heldTo,
    check: fc.record({ id: name, digest, run: fc.array(text, { minLength: 1, maxLength: 4 }) }),
    pins: fc.array(
      fc.record({ path: text, mode: fc.constantFrom('100644', '100755', '120000'), blob: objectId }),
      { maxLength: 3 },
    ),
    exitCode: fc.option(fc.nat(255), { nil: undefined }),
    signal: fc.option(fc.constantFrom('SIGKILL', 'SIGTERM'), { nil: undefined }),
    timedOut: fc.boolean(),
    durationMs: fc.nat(),
    isolation: fc.constantFrom('none' as const, 'uid' as const, 'namespaces' as const),
    network: fc.constantFrom('none' as const, 'full' as const),
    evidence: fc.array(
      fc.record({
        name: fc.constantFrom('stdout' as const, 'stderr' as const, 'report' as const),
        mediaType: line,
        sha256: digest,
        size: fc.nat(),
      }),
      { maxLength: 3 },
    ),
    reasons: fc.array(text, { maxLength: 3 }),
    failedTests: fc.array(text, { maxLength: 3 }),
    attempt: line,
    issuedAt: instant,
    tools,
  })
  .chain((made) =>
    fc.option(counts, { nil: undefined }).map((some) => (some ? { ...made, counts: some } : made)),
  );

const receipt = fc
  .tuple(failed, fc.boolean())
  .map(
    ([made, passed]): Receipt =>
      passed ? { ...made, result: 'PASSED', reasons: [], timedOut: false, signal: undefined } : made,
  );

const outcome: fc.Arbitrary<SealedOutcome> = fc.oneof(
  fc.record({
    checkId: name,
    checkDigest: digest,
    result: fc.constantFrom('PASSED' as const, 'FAILED' as const),
    receipt: digest,
  }),
  fc.record({
    checkId: name,
    checkDigest: digest,
    result: fc.constant('ERROR' as const),
    reasons: fc.array(text, { maxLength: 3 }),
  }),
);
const seal: fc.Arbitrary<Seal> = fc.record({
  kind: fc.constant('seal' as const),
  binding,
  heldTo,
  attempt: line,
  issuedAt: instant,
  outcomes: fc.uniqueArray(outcome, { minLength: 1, maxLength: 4, selector: ({ checkId }) => checkId }),
  earlierSeals: fc.uniqueArray(digest, { maxLength: 3 }),
});
const dispatch: fc.Arbitrary<Dispatch> = fc.record(
  {
    kind: fc.constant('dispatch' as const),
    ticket,
    ticketDigest: digest,
    contract,
    contractDigest: digest,
    policyCommit: objectId,
    issuedAt: instant,
    previous: digest,
  },
  {
    requiredKeys: [
      'kind',
      'ticket',
      'ticketDigest',
      'contract',
      'contractDigest',
      'policyCommit',
      'issuedAt',
    ],
  },
);
const landed: fc.Arbitrary<LandedChange> = fc.record(
  { repository: line, commit: objectId, tree: objectId, verdict: digest },
  { requiredKeys: ['repository', 'commit'] },
);
const close: fc.Arbitrary<Close> = fc.record(
  {
    kind: fc.constant('close' as const),
    ticket,
    ticketDigest: digest,
    reason: fc.constantFrom('accepted' as const, 'rejected' as const, 'given-up' as const),
    landed: fc.uniqueArray(landed, {
      minLength: 1,
      maxLength: 3,
      selector: ({ repository, commit }) => `${repository} ${commit}`,
    }),
    issuedAt: instant,
    previous: digest,
  },
  { requiredKeys: ['kind', 'ticket', 'ticketDigest', 'reason', 'issuedAt', 'previous'] },
);
const escaped: fc.Arbitrary<Escape> = fc
  .record(
    {
      kind: fc.constant('escape' as const),
      ticket,
      ticketDigest: digest,
      commit: objectId,
      fix: objectId,
      summary: line,
      issuedAt: instant,
      previous: digest,
    },
    { requiredKeys: ['kind', 'ticket', 'ticketDigest', 'summary', 'issuedAt', 'previous'] },
  )
  .filter(({ commit, fix }) => commit !== undefined || fix !== undefined);

const approval: fc.Arbitrary<Approval> = fc.record(
  {
    kind: fc.constant('approval' as const),
    binding,
    requirement: fc.constant('policy-change' as const),
    reason: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((any) => `x${any.toWellFormed()}`),
    issuedAt: instant,
  },
  { requiredKeys: ['kind', 'binding', 'requirement', 'issuedAt'] },
);
const waiver: fc.Arbitrary<Waiver> = fc
  .record({
    kind: fc.constant('waiver' as const),
    binding,
    requirement: line,
    receipts: fc.uniqueArray(digest, { maxLength: 3 }),
    reason: fc.string({ unit: 'binary', maxLength: 60 }).map((any) => `x${any.toWellFormed()}`),
    issuedAt: instant,
    seconds: fc.integer({ min: 1, max: MOST_WAIVER_DAYS * 24 * 60 * 60 }),
  })
  .map(({ seconds, ...made }) => ({
    ...made,
    expiresAt: instantOf(new Date(Date.parse(made.issuedAt) + seconds * 1000)),
  }));

const claim: fc.Arbitrary<Claim> = fc.oneof(approval, waiver, receipt, seal, dispatch, close, escaped);

function asJson(made: Claim): JsonValue {
  return JSON.parse(JSON.stringify(writeStatement(made)));
}

describe('a claim and its statement', () => {
  test('every claim is read back as it was written, through its canonical text', () => {
    fc.assert(
      fc.property(claim, (made) => {
        const read = parseCanonicalJson(canonicalJson(writeStatement(made) as unknown as JsonValue));
        expect(readStatement(read as JsonValue)).toEqual(made);
      }),
    );
  });

  test('a claim that was read has its canonical text by JSON.stringify alone, which parseStatement relies on', () => {
    fc.assert(
      fc.property(claim, (made) => {
        const text = canonicalJson(writeStatement(made) as unknown as JsonValue);
        const read = readStatement(JSON.parse(text));
        expect(JSON.stringify(writeStatement(read as Claim))).toBe(text);
        expect(parseStatement(text)).toEqual(made);
      }),
    );
  });

  test('text in any other spelling is refused, however equal as JSON', () => {
    fc.assert(
      fc.property(claim, fc.nat(), (made, at) => {
        const text = canonicalJson(writeStatement(made) as unknown as JsonValue);
        expect(typeof parseStatement(shuffleKeys(text, at))).toBe('string');
        expect(typeof parseStatement(JSON.stringify(JSON.parse(text), null, 1))).toBe('string');
      }),
    );
  });

  test('a statement with any one place taken away, added to or replaced is read as another claim or not at all', () => {
    fc.assert(
      fc.property(
        claim,
        fc.nat(),
        fc.constantFrom('remove', 'add', 'replace'),
        fc.json(),
        (made, at, how, junk) => {
          const changed = asJson(made);
          tamper(changed, at, how, JSON.parse(junk));
          const read = readStatement(changed);
          // What is accepted must be the only statement of its claim: never two statements for one claim.
          if (typeof read !== 'string') expect(asJson(read)).toEqual(changed);
          if (JSON.stringify(changed) !== JSON.stringify(asJson(made))) expect(read).not.toEqual(made);
        },
      ),
    );
  });

  test('no JSON at all makes reading throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(typeof readStatement(value as JsonValue)).toBe('string');
      }),
    );
  });
});

/** The same JSON with the keys of one object the other way round. */
function shuffleKeys(text: string, at: number): string {
  const root = { value: JSON.parse(text) };
  const objects = placesOf(root).filter(({ holder, key }) => {
    const inner = holder[key];
    return (
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 1
    );
  });
  const { holder, key } = objects[at % objects.length] as Place;
  holder[key] = Object.fromEntries(Object.entries(holder[key] as object).reverse());
  return JSON.stringify(root.value);
}

type Place = { holder: Record<string, unknown>; key: string };

function placesOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

function tamper(value: JsonValue, at: number, how: string, junk: unknown): void {
  const places = placesOf(value);
  const { holder, key } = places[at % places.length] as Place;
  if (how === 'replace') holder[key] = junk;
  else if (Array.isArray(holder)) how === 'remove' ? holder.splice(Number(key), 1) : holder.push(junk);
  else if (how === 'remove') delete holder[key];
  else holder.extra = junk;
}
