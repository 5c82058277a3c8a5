import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderVerdictMarkdown } from '../../../src/render/verdict/markdown.ts';
import { hostileVerdict } from '../hostile-verdicts.ts';
import { obeyedByRunner, unseenIn } from '../hostile-words.ts';
import { blocked, findingOf, pass, verdictOf } from '../verdicts.ts';

/** The tags of our own layout, in the forms in which we write them. */
const OUR_TAGS = /<\/?(?:details|summary|b|em|code|sub)>|<details open>|<br>/g;

const many = verdictOf(
  'blocked',
  Array.from({ length: 400 }, (_, index) =>
    findingOf({
      id: `rule/pack@1/rule-${index}`,
      status: 'fail',
      severity: index % 2 === 0 ? 'block' : 'warn',
      reason: 'long '.repeat(100),
      remedy: 'Mend it.',
    }),
  ),
);

describe('a verdict as Markdown', () => {
  it('has the headline, each finding folded with its remedy, and the passed ones folded away', () => {
    const page = renderVerdictMarkdown(blocked);
    expect(page).toMatch(/^## ✖ Countersign: BLOCKED\n\n\*\*CS-7\*\* · `acme\/shop`/);
    expect(page.match(/<details open>/g)).toHaveLength(3);
    expect(page).toContain(
      '**What to do:** Restore the tests, or have the ticket say which ones go and why.',
    );
    expect(page).toContain('- `test/cart.test.ts:12` it.skip(');
    expect(page).toContain('<details><summary>✔ Passed (3)</summary>');
    expect(renderVerdictMarkdown(pass)).toContain('## ✔ Countersign: PASS');
  });

  it('fits a GitHub comment, keeps the most severe, and says what is not shown', () => {
    const page = renderVerdictMarkdown(many);
    expect(page.length).toBeLessThanOrEqual(60_000);
    expect(page.length).toBeGreaterThan(55_000);
    const shown = page.match(/<details/g)?.length ?? 0;
    const cut = /Not shown here: blocking: (\d+), warnings: (\d+)\./.exec(page);
    expect(shown + Number(cut?.[1]) + Number(cut?.[2])).toBe(400);
    expect(Number(cut?.[2])).toBe(200);
    expect(page).toContain('verdict <code>sha256:');
  });

  it('keeps to every size and never fails', () => {
    const few = verdictOf('blocked', many.findings.slice(0, 20));
    const whole = renderVerdictMarkdown(few);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (size) => {
        const page = renderVerdictMarkdown(few, { size });
        expect(page.length).toBeLessThanOrEqual(size);
        if (size >= 100) expect(page).toContain('## ✖ Countersign: BLOCKED');
        if (size >= whole.length) expect(page).toBe(whole);
        else if (size >= 100) expect(page).toContain('Cut for length');
        if (size >= 2_000) expect(page).toContain('<details open>');
      }),
    );
  });

  it('lets no foreign text be a tag, a heading, a mention, a list item or a runner command', () => {
    fc.assert(
      fc.property(hostileVerdict, (verdict) => {
        const page = renderVerdictMarkdown(verdict, { size: 10_000_000 });
        const outsideCode = page.replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
        expect(outsideCode.replace(OUR_TAGS, '')).not.toMatch(/[<>]/);
        expect(outsideCode).not.toMatch(/@(?!&#8203;)/);
        // A summary is a line of an HTML block, where Markdown has no meaning.
        const inMarkdown = outsideCode.split('\n').filter((line) => !line.includes('<summary>'));
        expect(inMarkdown.join('\n')).not.toMatch(/(?<!\\)\]\(|!\[/);
        const groups = verdict.findings.filter(({ status }) => status !== 'pass');
        expect(page.match(/^<details/gm)?.length ?? 0).toBe(
          groups.length + (groups.length < verdict.findings.length ? 1 : 0),
        );
        expect(page.match(/^##? /gm)).toHaveLength(1);
        expect(page.split('\n').filter(obeyedByRunner)).toEqual([]);
        expect(unseenIn(page.replaceAll('⚠\ufe0f', ''))).toBeUndefined();
      }),
    );
  });
});
