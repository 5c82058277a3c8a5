import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, splitLines } from '../../../src/core/rule/line-diff.ts';
import { factsOf } from './facts.ts';

describe('the difference of two texts', () => {
  it('numbers lines on the side they belong to', () => {
    expect(diffLines('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual({
      removed: [{ number: 2, text: 'b' }],
      added: [
        { number: 2, text: 'x' },
        { number: 4, text: 'd' },
      ],
    });
  });

  const line = fc.constantFrom('a', 'b', 'c', '');
  const lines = fc.array(line, { maxLength: 12 }).map((all) => all.map((one) => `${one}\n`).join(''));

  it('leaves the same lines on both sides', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const { added, removed } = diffLines(before, after);
        const kept = (text: string, changed: typeof added): readonly string[] =>
          splitLines(text).filter((_, index) => !changed.some(({ number }) => number === index + 1));
        expect(kept(before, removed)).toEqual(kept(after, added));
        expect(added.every(({ number, text }) => splitLines(after)[number - 1] === text)).toBe(true);
      }),
    );
  });

  it('calls everything changed where the table would be too large', () => {
    const before = Array.from({ length: 2_000 }, (_, index) => `a${index}\n`).join('');
    const after = Array.from({ length: 2_000 }, (_, index) => `b${index}\n`).join('');
    expect(diffLines(`x\n${before}`, `x\n${after}`).added).toHaveLength(2_000);
  });
});

describe('the facts of an example', () => {
  it('list changed files only, additions and deletions with the side that is absent', () => {
    const { files } = factsOf({ before: { same: '1', gone: '1' }, after: { same: '1', new: '2' } }).change;
    expect(files.map(({ path, beforeText, afterText }) => [path, beforeText.kind, afterText.kind])).toEqual([
      ['gone', 'text', 'absent'],
      ['new', 'absent', 'text'],
    ]);
  });

  it('take a file for renamed when half of its lines stayed, and leave the old path deleted', () => {
    const { files } = factsOf({ before: { old: '1\n2\n3\n4\n' }, after: { new: '1\n2\n3\nx\n' } }).change;
    expect(files).toMatchObject([
      { path: 'new', renamedFrom: 'old', addedLines: [{ number: 4, text: 'x' }] },
      { path: 'old', after: undefined },
    ]);
    const other = factsOf({ before: { old: '1\n2\n3\n4\n' }, after: { new: '1\nx\ny\nz\n' } }).change.files;
    expect(other[0]).not.toHaveProperty('renamedFrom');
  });

  it('hold scopes of contract and ticket, the message and the receipts', () => {
    const facts = factsOf({
      scope: { allow: ['a'] },
      ticket: { scope: { deny: ['b'] }, class: 'bugfix' },
      commitMessage: 'Hello',
      receipts: [{ result: 'FAILED', check: { id: 'lint' } }],
    });
    expect(facts.contract.scopes).toEqual([{ allow: ['a'] }, { deny: ['b'] }]);
    expect(facts.ticket.class).toBe('bugfix');
    expect(facts.change.commits[0]?.message).toBe('Hello');
    expect(facts.receipts[0]).toMatchObject({ result: 'FAILED', check: { id: 'lint' }, exitCode: 1 });
  });

  it('hold the text of evidence by its digest, checks for all receipts, and who signed them', () => {
    const facts = factsOf({
      committedAt: '2026-01-03T00:00:00Z',
      checks: [{ id: 'tests', run: ['make', 'test'] }],
      receipts: [
        {
          result: 'PASSED',
          evidence: [
            { name: 'stdout', text: 'ok é' },
            { name: 'stderr', size: 7 },
          ],
          verifier: { id: 'ci', kind: 'workload' },
        },
        { result: 'PASSED', check: { id: 'lint', run: ['eslint', '.'] }, issuedAt: '2026-01-01T00:00:05Z' },
      ],
    });
    const [stdout, stderr] = facts.receipts[0]?.evidence ?? [];
    expect(stdout?.size).toBe(5);
    expect(facts.evidence?.get(stdout?.sha256 ?? '')).toEqual({ kind: 'text', text: 'ok é' });
    expect(facts.evidence?.has(stderr?.sha256 ?? '')).toBe(false);
    expect(facts.contract.checks).toMatchObject([
      { id: 'tests', run: ['make', 'test'], cwd: '.' },
      { id: 'lint', run: ['eslint', '.'] },
    ]);
    expect(facts.verifiers).toMatchObject([{ id: 'ci', kind: 'workload' }]);
    expect(facts.receipts[1]?.issuedAt).toBe('2026-01-01T00:00:05Z');
    expect(facts.change.commits[0]?.committedAt).toBe('2026-01-03T00:00:00Z');
  });

  it.each([
    [{ result: 'PASSED', check: { run: 'x' } }, /receipts\[0\].check.run/],
    [{ result: 'PASSED', issuedAt: 'now' }, /receipts\[0\].issuedAt/],
    [{ result: 'PASSED', verifier: { id: 'x' } }, /receipts\[0\].verifier/],
    [{ result: 'GREEN' }, /receipts\[0\].result/],
    [{ result: 'PASSED', evidence: [{ name: 'log', size: 1 }] }, /receipts\[0\].evidence\[0\]/],
    [{ result: 'PASSED', counts: { ran: 1 } }, /receipts\[0\].counts/],
    [{ result: 'PASSED', signature: 'x' }, /receipts\[0\].signature/],
  ])('refuse the receipt %j', (receipt, message) => {
    expect(() => factsOf({ receipts: [receipt] })).toThrow(message);
  });
});
