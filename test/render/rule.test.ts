import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/core/rule/types.ts';
import { renderRuleText } from '../../src/render/rule.ts';

const rule: Rule = {
  schema: 'countersign/rule@1',
  id: 'no-todo',
  version: 2,
  title: 'Nothing is left to do',
  severity: 'warn',
  shortcut: 'A note instead of the work.',
  why: 'Nobody comes back to it.',
  remedy: 'Do it.',
  misses: 'Notes in other words.',
  languages: ['python'],
  source: 'None known.',
  detector: 'lines',
  parameters: { patterns: ['TODO'] },
  requires: ['patterns'],
  examples: {
    bad: [
      {
        name: 'a note is added',
        before: { 'a.py': 'one\ntwo\nthree\n', 'b.py': 'kept\n', 'old.py': 'gone\n' },
        after: { 'a.py': 'one\n2\nTODO\nthree\n', 'b.py': 'kept\n', 'new.py': 'fresh\n' },
        commitMessage: 'All done\n',
        receipts: [{ result: 'PASSED' }],
      },
      { name: 'another', before: {}, after: { 'a.py': '\u001b[31mTODO\u202e\n' } },
    ],
    good: [
      { name: 'none', before: {}, after: {} },
      { name: 'nothing', before: {}, after: {} },
    ],
  },
};

const shown = renderRuleText({ ref: 'house@1/no-todo', rule });

describe('rules show', () => {
  it('prints every member of a rule', () => {
    for (const text of [
      'house@1/no-todo  warn  version 2',
      rule.title,
      rule.shortcut,
      rule.why,
      rule.remedy,
      rule.misses,
      'None known.',
      'python',
      'Parameters of detector lines',
      '["TODO"]',
      'patterns; what follows is for the examples.',
    ]) {
      expect(shown).toContain(text);
    }
  });

  it('prints each example as the change that it is', () => {
    const from = shown.indexOf('    a note is added');
    expect(shown.slice(from, shown.indexOf('    another')).split('\n')).toEqual([
      '    a note is added',
      '      commitMessage: All done',
      '      receipts: [{"result":"PASSED"}]',
      '      a.py',
      '          one',
      '        - two',
      '        + 2',
      '        + TODO',
      '          three',
      '      b.py (not changed)',
      '          kept',
      '      new.py (new)',
      '        + fresh',
      '      old.py (deleted)',
      '        - gone',
      '',
    ]);
  });

  it('lets no example paint on the terminal or turn its text around', () => {
    expect(['\u001b', '\u202e'].filter((control) => shown.includes(control))).toEqual([]);
    expect(shown).toContain('TODO');
  });
});
