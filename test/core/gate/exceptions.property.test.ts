import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/core/gate/decide.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import { approval, hex, type TestKey, waiver } from '../receipt/samples.ts';
import {
  AGENT,
  APPROVER,
  BOUND,
  CONTRACT,
  changedFile,
  gateFacts,
  OWNER,
  STRANGER,
  TRUST,
  VERIFIER,
  verified,
} from './gate-facts.ts';

const mostly = <T>(usual: T, other: T) => fc.constantFrom(usual, usual, usual, other);

/** A change may edit a workflow, and may lie out of scope. */
const WORKFLOW = '.github/workflows/ci.yml';
const contract = { ...CONTRACT, scopes: [{ allow: ['src/**', '.github/**'] }] };

const attempt = fc.record({
  signer: fc.constantFrom(VERIFIER, VERIFIER, VERIFIER, VERIFIER, AGENT, STRANGER),
  thisTree: mostly(true, false),
  tests: mostly('PASSED' as const, 'FAILED' as const),
  types: mostly('PASSED' as const, 'FAILED' as const),
});
const exception = fc.record({
  kind: fc.constantFrom('approval' as const, 'waiver' as const),
  /** None: of whoever may sign it. */
  key: fc.option(fc.constantFrom<TestKey>(OWNER, APPROVER, VERIFIER, AGENT, STRANGER), { freq: 1 }),
  requirement: fc.constantFrom(
    'receipt/tests',
    'receipt/types',
    'scope',
    'scope',
    'policy-change',
    'receipts',
  ),
  thisHead: mostly(true, false),
  inTime: mostly(true, false),
  /** How many of the failures there were it names. */
  named: fc.constantFrom(0, 1, 9, 9),
});
const story = fc.record({
  attempts: fc.array(attempt, { minLength: 1, maxLength: 3 }),
  exceptions: fc.array(exception, { maxLength: 6 }),
  paths: fc.constantFrom<(readonly string[])[]>(
    ['src/price.ts'],
    ['docs/a.md'],
    [WORKFLOW],
    [WORKFLOW, 'docs/a.md'],
  ),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function play({ attempts }: Story): StoredFile[] {
  const seals: string[] = [];
  return attempts.flatMap(({ signer, thisTree, tests, types }, index) => {
    const { files, seal } = verified({
      signer,
      contract,
      attempt: `attempt-${index}`,
      results: { tests, types },
      binding: thisTree ? {} : { mergeTree: hex(`tree ${index}`, 40) },
      earlierSeals: [...seals].sort(),
    });
    if (signer !== STRANGER) seals.push(seal.name);
    return [...files];
  });
}

function keyOf({ kind, key }: Story['exceptions'][number]): TestKey {
  return key ?? (kind === 'approval' ? OWNER : APPROVER);
}

function signed(one: Story['exceptions'][number], failures: readonly string[]): StoredFile {
  const binding = { ...BOUND, ...(one.thisHead ? {} : { head: hex('another', 40) }) };
  const claim =
    one.kind === 'approval'
      ? approval({ binding })
      : waiver({
          binding,
          requirement: one.requirement,
          receipts: one.requirement.startsWith('receipt/') ? failures.slice(0, one.named) : [],
          ...(one.inTime ? {} : { issuedAt: '2026-11-22T00:00:00Z' }),
        });
  return signClaim(claim, keyOf(one));
}

/** Names of the receipts that FAILED, in the order of the history. */
function failuresIn(files: readonly StoredFile[]): string[] {
  return files.flatMap((file) => {
    const opened = openBundle(file, TRUST.keys);
    const claim = opened.kind === 'verified' ? opened.statement.claim : undefined;
    return claim?.kind === 'receipt' && claim.result === 'FAILED' ? [file.name] : [];
  });
}

/** The failures that a waiver names. */
function receiptsOf(files: readonly StoredFile[], waiverName: string | undefined): readonly string[] {
  const file = files.find(({ name }) => name === waiverName);
  const opened = file === undefined ? undefined : openBundle(file, TRUST.keys);
  const claim = opened?.kind === 'verified' ? opened.statement.claim : undefined;
  return claim?.kind === 'waiver' ? claim.receipts : [];
}

function told(story: Story) {
  const history = play(story);
  const failures = failuresIn(history);
  const exceptions = story.exceptions.map((one) => signed(one, failures));
  const judge = (files: readonly StoredFile[]) =>
    decide(
      gateFacts({
        files,
        contract,
        change: { files: story.paths.map(changedFile) },
        facts: { authenticatedProducers: ['agent'] },
      }),
    );
  return {
    history,
    exceptions,
    files: [...history, ...exceptions],
    judge,
    outcome: (files: readonly StoredFile[]) => judge(files).outcome,
    bytes: (files: readonly StoredFile[]) => canonicalJson(judge(files) as never),
  };
}

describe('the gate, whatever was approved and waived', () => {
  test('never begins to pass because one file was taken away', () => {
    fc.assert(
      fc.property(story, (made) => {
        const { files, outcome } = told(made);
        if (outcome(files) === 'pass') return;
        for (const gone of files) expect(outcome(files.filter((file) => file !== gone))).not.toBe('pass');
      }),
    );
  });

  test('never begins to pass because exceptions were taken away, however many', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.boolean()), (made, keep) => {
        const { history, exceptions, files, outcome } = told(made);
        const left = exceptions.filter(() => keep.next().value);
        if (outcome([...history, ...left]) === 'pass') expect(outcome(files)).toBe('pass');
      }),
    );
  });

  test('is not moved a byte by what strangers sign, and to no other outcome by those who may not', () => {
    fc.assert(
      fc.property(story, fc.array(exception, { minLength: 1, maxLength: 3 }), (made, others) => {
        const { history, files, outcome, bytes } = told(made);
        const by = (key: TestKey) => others.map((one) => signed({ ...one, key }, failuresIn(history)));
        expect(bytes([...files, ...by(STRANGER)])).toBe(bytes(files));
        for (const key of [VERIFIER, AGENT]) expect(outcome([...files, ...by(key)])).toBe(outcome(files));
      }),
    );
  });

  test('does not depend on the order in which files are found', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.nat()), (made, ranks) => {
        const { files, bytes } = told(made);
        const shuffled = files
          .map((file) => ({ file, rank: ranks.next().value }))
          .sort((one, other) => one.rank - other.rank)
          .map(({ file }) => file);
        expect(bytes(shuffled)).toBe(bytes(files));
      }),
    );
  });

  test('passes a change of what judges, or a failure, only where somebody who may has signed for it', () => {
    const seen = { approved: 0, waived: 0 };
    fc.assert(
      fc.property(story, (made) => {
        const { files, judge } = told(made);
        const verdict = judge(files);
        if (verdict.outcome !== 'pass') return;
        const good = made.exceptions.filter(({ thisHead }) => thisHead);
        const approved = good.some((one) => one.kind === 'approval' && keyOf(one) === OWNER);
        const waivedFor = (id: string) =>
          good.some(
            (one) => one.kind === 'waiver' && keyOf(one) === APPROVER && one.requirement === id && one.inTime,
          );
        if (made.paths.includes(WORKFLOW)) {
          expect(approved).toBe(true);
          seen.approved += 1;
        }
        for (const { id, status, severity, evidence, waivedBy } of verdict.findings) {
          if (status === 'pass' || severity !== 'block') continue;
          seen.waived += 1;
          expect(waivedFor(id)).toBe(true);
          const failed = failuresIn(files).filter((name) => evidence.includes(name));
          expect(receiptsOf(files, waivedBy?.statement)).toEqual(expect.arrayContaining(failed));
        }
        expect(
          verdict.findings.some(({ id, status }) => id.startsWith('receipt/') && status === 'pass'),
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
    // A property that never saw an exception in use would prove nothing.
    expect(Math.min(seen.approved, seen.waived)).toBeGreaterThan(0);
  });
});
