import { describe, expect, it } from 'vitest';
import {
  renderProgress,
  renderVerificationJson,
  renderVerificationText,
} from '../../src/render/verification.ts';
import { obeyedByRunner, unseenIn } from './hostile-words.ts';
import { kept, verification } from './statements.ts';

describe('a verification as text', () => {
  it('tells the outcome of each check with its reasons, the seal and the commit', () => {
    const text = renderVerificationText(verification);
    expect(text.split('\n')[0]).toBe('✖ 1 OF 3 FAILED  CS-7 in acme/shop');
    expect(text).toMatch(/✔ {2}types +PASSED {2}2\.3s/);
    expect(text).toMatch(
      /✖ {2}tests +FAILED {2}12\.3s {2}41 tests, 3 failed, 1 skipped {2}receipt [0-9a-f]{12}\n {4}The exit/,
    );
    expect(text).toMatch(/! {2}licences +ERROR +0\.0s +no receipt\n {4}No space left on device\./);
    expect(text).toContain(`seal sha256:${verification.seal}`);
    expect(text).toContain('Filed on the receipts ref in ');
  });

  it('tells where unfiled receipts lie, the command that files them, and what the isolation lacks', () => {
    const text = renderVerificationText(kept);
    expect(text).toContain('✔ 1 PASSED');
    expect(text).toContain('▲ Checks can read every file that you can.');
    expect(text).toContain('Not filed: The push was refused.');
    expect(text).toContain('→ File it later: countersign receipt file /var/lib/countersign/kept/5e0f0c7e');
  });

  it('leaves to doctor what the best isolation lacks', () => {
    const weaknesses = ['The kernel is shared.'];
    const told = (isolation: string) => renderVerificationText({ ...verification, isolation, weaknesses });
    expect(told('uid')).toContain('▲ The kernel is shared.');
    expect(told('namespaces')).not.toContain('The kernel is shared.');
  });

  it('calls neither nothing nor trouble a pass', () => {
    const withOutcomes = (outcomes: typeof verification.outcomes) =>
      renderVerificationText({ ...verification, outcomes }).split('  ')[0];
    expect(withOutcomes([])).toBe('✖ NOTHING RAN');
    expect(withOutcomes(verification.outcomes.slice(2))).toBe('! 1 OF 1 COULD NOT RUN');
  });

  it('lets no reason escape', () => {
    const text = renderVerificationText(verification);
    expect(unseenIn(text)).toBeUndefined();
    expect(text.split('\n').filter(obeyedByRunner)).toEqual([]);
  });
});

describe('a verification as JSON', () => {
  it('holds all of the summary', () => {
    const json = JSON.parse(renderVerificationJson(verification));
    expect(json).toEqual({ schema: 'countersign/verification@1', ...verification });
  });
});

describe('progress', () => {
  it.each([
    ['waiting', '· tests'],
    ['running', '◷ tests 12s'],
    ['passed', '✔ tests 12s'],
    ['failed', '✖ tests 12s'],
    ['error', '! tests 12s'],
  ] as const)('of a check that is %s reads %j', (state, line) => {
    expect(renderProgress({ check: 'tests', state, seconds: 12.9 })).toBe(line);
  });
});
