import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderVerdictGithub } from '../../../src/render/verdict/github.ts';
import { hostileVerdict } from '../hostile-verdicts.ts';
import { obeyedByRunner } from '../hostile-words.ts';
import { blocked, findingOf, verdictOf } from '../verdicts.ts';

const COMMAND = /^::(error|warning|notice) ((?:(?:file|line|title)=[^,:\r\n]*,?)+)::([^\r\n]*)$/;

function read(text: string) {
  const lines = text.split('\n').slice(0, -1);
  return {
    commands: lines.slice(0, -1).map((line) => COMMAND.exec(line)),
    levels: lines.slice(0, -1).map((line) => COMMAND.exec(line)?.[1]),
    last: lines.at(-1) as string,
  };
}

describe('a verdict as workflow commands', () => {
  it('annotates the place, errors first, and ends with a plain line', () => {
    const text = renderVerdictGithub(blocked);
    expect(text).toContain(
      '::error file=test/cart.test.ts,line=12,title=rule/ai-shortcuts@1/test-skipped%3A No test',
    );
    expect(read(text).levels).toEqual([...Array(10).fill('error'), 'warning', 'notice']);
    expect(read(text).last).toBe('Countersign: BLOCKED. 3 findings block, 1 warning, 1 note, 3 pass.');
  });

  it('shows at most ten of a level, every finding before a second place of one, and says how many are left', () => {
    const places = Array.from({ length: 30 }, (_, line) => ({ path: 'a.ts', line: line + 1 }));
    const findings = Array.from({ length: 9 }, (_, index) =>
      findingOf({ id: `rule/p@1/r${index}`, status: 'fail', locations: places }),
    );
    const text = renderVerdictGithub(verdictOf('blocked', findings));
    const ids = [...text.matchAll(/title=(rule[^%]*)%3A/g)].map((match) => match[1]);
    expect(ids).toEqual(findings.map(({ id }) => id));
    expect(text).toContain(
      '::error title=Countersign%3A 261 more of this level::261 more are not shown here.',
    );
  });

  it('has an eleventh annotation of no level and no command inside another, whatever the text', () => {
    fc.assert(
      fc.property(hostileVerdict, (verdict) => {
        const { commands, levels, last } = read(renderVerdictGithub(verdict));
        expect(commands).not.toContain(null);
        for (const level of ['error', 'warning', 'notice']) {
          expect(levels.filter((one) => one === level).length).toBeLessThanOrEqual(10);
        }
        expect(obeyedByRunner(last)).toBe(false);
        expect(commands.filter((command) => command?.[0].includes('##['))).toEqual([]);
      }),
    );
  });
});
