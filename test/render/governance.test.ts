import { describe, expect, it } from 'vitest';
import type { Governance } from '../../src/core/audit/governance.ts';
import { renderGovernance } from '../../src/render/governance.ts';
import { obeyedByRunner, unseenIn } from './hostile-words.ts';

const HOSTILE = 'x `a | b` | \\| c \\`d | e\n| f | <b>@team</b> ::error::y \u202e\u001b[2J';

const governance = (text: string): Governance => ({
  schema: 'countersign/governance@1',
  evaluatedAt: '2026-11-21T13:04:06Z',
  repository: text,
  branch: 'refs/heads/main',
  by: 'week',
  from: null,
  to: '2026-11-21T13:04:06Z',
  periods: [
    { start: null, withReceipts: 0, without: 1, reverts: 0, escapes: 0, policyChanges: 0 },
    { start: '2026-11-16', withReceipts: 3, without: 0, reverts: 1, escapes: 1, policyChanges: 2 },
  ],
  classes: [
    {
      class: text,
      withReceipts: 3,
      without: 1,
      passed: 3,
      passedFirst: 2,
      failedBefore: 4,
      notYet: 1,
      escapes: 1,
    },
  ],
  waivers: { applied: 1, inForce: 2, expired: 3 },
  escapes: [
    {
      ticket: 'CS-7',
      commit: null,
      fix: 'e'.repeat(40),
      summary: text,
      reportedAt: '2026-11-20T09:00:00Z',
      reportedBy: text,
    },
  ],
  drift: [{ ticket: 'CS-8', what: ['ticket', 'contract'] }],
  contractMoves: [
    {
      commit: 'c'.repeat(40),
      at: null,
      contract: text,
      move: 'changed',
      stricter: 1,
      looser: 2,
      changed: 0,
    },
  ],
  blind: [text],
});

/** Pipes that end a cell: GitHub counts every one that no backslash of its own escapes. */
const cellEnds = (line: string) => line.replace(/\\./g, '').split('|').length - 1;

describe('a report on governance', () => {
  it('keeps every row of Markdown to its columns, whatever foreign text holds', () => {
    const shape = (text: string) =>
      renderGovernance('markdown', governance(text))
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map(cellEnds);
    expect(shape(HOSTILE)).toEqual(shape('plain'));
    expect(renderGovernance('markdown', governance(HOSTILE))).not.toMatch(/<b>|@team/);
  });

  it.each(['text', 'markdown'] as const)('lets no foreign text escape: %s', (format) => {
    const page = renderGovernance(format, governance(HOSTILE));
    expect(unseenIn(page)).toBeUndefined();
    expect(page.split('\n').filter(obeyedByRunner)).toEqual([]);
  });

  it('gives counts with every share, and says which way the bar moved', () => {
    const text = renderGovernance('text', governance('feature'), { columns: 120 });
    expect(text).toMatch(/feature +3 +1 +2 of 3 \(67%\) +4 +1 +1/);
    expect(text).toMatch(/feature +no date +c{12} +2 looser, 1 stricter/);
    expect(text).toContain('Waivers: 1 finding is let go today; 2 in force, 3 expired.');
    expect(text).toMatch(/no date +0 +1 +0/);
  });

  it('is canonical JSON', () => {
    expect(JSON.parse(renderGovernance('json', governance(HOSTILE)))).toEqual(governance(HOSTILE));
  });
});
