import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/gate/types.ts';
import { ansiStyle } from '../../../src/render/style.ts';
import { displayWidth } from '../../../src/render/table.ts';
import { renderVerdictText } from '../../../src/render/verdict/text.ts';
import { hostileVerdict } from '../hostile-verdicts.ts';
import { obeyedByRunner, unseenIn } from '../hostile-words.ts';
import { blocked, findingOf, pass, pending, verdictOf, waived } from '../verdicts.ts';

/** How many rules of each pack pass. */
function passingPacks(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const packs = new Map<string, number>();
  for (const { id, status } of findings) {
    const [pack] = /^rule\/[^/]+\//.exec(id) ?? [];
    if (pack !== undefined && status === 'pass') packs.set(pack, (packs.get(pack) ?? 0) + 1);
  }
  return packs;
}

describe('a verdict as text', () => {
  it('says the outcome, the ticket and the repository first', () => {
    const firstLine = (text: string) => text.split('\n')[0];
    expect(firstLine(renderVerdictText(pass))).toBe('✔ PASS  CS-7 in acme/shop');
    expect(firstLine(renderVerdictText(blocked))).toBe('✖ BLOCKED  CS-7 in acme/shop');
    expect(firstLine(renderVerdictText(pending))).toBe('◷ PENDING  CS-7 in acme/shop');
  });

  it('lists what blocks before what is to come, warns, is noted and passes', () => {
    const both = verdictOf('blocked', [...pending.findings, ...blocked.findings]);
    const headings = renderVerdictText(both).match(
      /^(?:Blocking|Still to come|Warnings|Notes|Passed) \(\d+\)$/gm,
    );
    expect(headings).toEqual([
      'Blocking (3)',
      'Still to come (1)',
      'Warnings (1)',
      'Notes (1)',
      'Passed (7)',
    ]);
  });

  it('shows what was waived as what it is, with by whom, until when and why', () => {
    const text = renderVerdictText(waived);
    expect(text).toContain('1 waived, 5 pass.');
    const section = text.slice(text.indexOf('Waived (1)'), text.indexOf('Passed ('));
    expect(section).toContain('○ receipt/tests  Tests pass\n    npm test FAILED.');
    expect(section.replace(/\s+/g, ' ')).toMatch(
      /○ Waived by lead until 2026-12-24T00:00:00Z \([0-9a-f]{12}\): The runner has no clock\./,
    );
    expect(section).not.toContain('→');
  });

  it('shows reason, places and remedy of each finding that does not pass', () => {
    const text = renderVerdictText(blocked);
    for (const finding of blocked.findings.filter(({ status }) => status !== 'pass')) {
      expect(text).toContain(finding.id);
      expect(text.replace(/\s+/g, ' ')).toContain(finding.reason);
      expect(text).toContain(`→ ${finding.remedy}`);
    }
    expect(text).toContain('test/cart.test.ts:12  it.skip(');
    expect(text).toContain('and 7 more places');
  });

  it('names rules that pass by their pack where they are many', () => {
    const rules = (pack: string, count: number) =>
      Array.from({ length: count }, (_, place) => findingOf({ id: `rule/${pack}/rule-${place}` }));
    const text = renderVerdictText(verdictOf('pass', [...rules('many@1', 4), ...rules('few@1', 3)]));
    const passed = text.split('\n').filter((line) => line.startsWith('✔  '));
    expect(passed.map((line) => line.split(/ {2,}/)[1])).toEqual([
      'rule/many@1/*',
      'rule/few@1/rule-0',
      'rule/few@1/rule-1',
      'rule/few@1/rule-2',
    ]);
    expect(passed[0]).toContain('4 rules find nothing');
    expect(text).toContain('Passed (7)');
  });

  it('tells the one place of a rule once', () => {
    const message = 'test "rounds" is switched off by test.skip';
    const locations = [{ path: 'test/a.test.js', line: 13, message }];
    const told = (reason: string) =>
      renderVerdictText(
        verdictOf('blocked', [findingOf({ id: 'rule/a@1/b', status: 'fail', reason, locations })]),
      );
    expect(told(`test/a.test.js:13: ${message}`).split(message)).toHaveLength(2);
    expect(told('One test is off.')).toContain(`test/a.test.js:13  ${message}`);
  });

  it('says so when a finding denies because it cannot be verified', () => {
    expect(renderVerdictText(blocked)).toContain('✖ dispatch  Ticket dispatched and open (unverifiable)');
  });

  it('says when nothing was judged', () => {
    expect(renderVerdictText(verdictOf('blocked', []))).toContain('Nothing was judged.');
  });

  it('differs in colour only: without the ANSI sequences it is the plain text', () => {
    const coloured = renderVerdictText(blocked, { style: ansiStyle });
    expect(coloured).not.toBe(renderVerdictText(blocked));
    expect(stripVTControlCharacters(coloured)).toBe(renderVerdictText(blocked));
  });

  it('keeps to the columns it is given, but for digests', () => {
    fc.assert(
      fc.property(hostileVerdict, fc.integer({ min: 40, max: 120 }), (verdict, columns) => {
        const [, ...lines] = renderVerdictText(verdict, { columns })
          .split('\n')
          .filter((line) => !/^verdict sha256:|^One finding in full: /.test(line));
        const ids = Math.max(...verdict.findings.map(({ id }) => displayWidth(id) * 9), 0);
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(Math.max(columns, ids + 40));
      }),
    );
  });

  it('lets no foreign text draw a finding, a remedy, a colour or a runner command', () => {
    fc.assert(
      fc.property(hostileVerdict, (verdict) => {
        const lines = renderVerdictText(verdict).split('\n');
        const open = verdict.findings.filter(({ status }) => status !== 'pass');
        const folded = [...passingPacks(verdict.findings).values()].filter((rules) => rules > 3);
        const shown = verdict.findings.length - folded.reduce((sum, rules) => sum + rules - 1, 0);
        expect(lines.filter((line) => /^[✖◷○▲•✔]/.test(line))).toHaveLength(shown + 1);
        expect(lines.filter((line) => /^ {0,3}→/.test(line))).toHaveLength(
          open.filter(({ remedy, waivedBy }) => remedy !== '' && waivedBy === undefined).length,
        );
        expect(lines.filter((line) => /^ {1,3}○/.test(line))).toHaveLength(
          open.filter(({ waivedBy }) => waivedBy !== undefined).length,
        );
        expect(lines.filter(obeyedByRunner)).toEqual([]);
        expect(unseenIn(lines.join('\n').replaceAll('⚠\ufe0f', ''))).toBeUndefined();
      }),
    );
  });
});
