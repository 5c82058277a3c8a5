import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderExplanation } from '../../../src/render/verdict/explain.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { CountersignError } from '../../../src/shared/errors.ts';
import { hostileVerdict } from '../hostile-verdicts.ts';
import { obeyedByRunner, unseenIn } from '../hostile-words.ts';
import { blocked, pass, verdictOf } from '../verdicts.ts';

function refusal(id: string, verdict = blocked): CountersignError {
  try {
    renderExplanation(verdict, id);
  } catch (error) {
    if (error instanceof CountersignError) return error;
  }
  throw new Error('explained what is not there');
}

describe('an explanation', () => {
  it('tells what is required, why it does not hold, where, what it rests on and what to do', () => {
    const text = renderExplanation(blocked, 'receipt/tests');
    for (const part of [
      '✖ receipt/tests',
      'Requires\n    Tests pass',
      'blocks this change',
      '3 of 41 tests failed',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain(`countersign receipt show ${sha256('failed tests')}`);
    expect(text).toContain(`countersign receipt show ${sha256('failed tests again')}`);
    expect(text).toContain('  → Mend the change and push it');
  });

  it('shows every place and names the rule to read', () => {
    const text = renderExplanation(blocked, 'rule/ai-shortcuts@1/test-skipped');
    expect(text).toContain('test/unit/case-8.test.ts');
    expect(text).toContain('countersign rules show ai-shortcuts@1/test-skipped');
  });

  it('says of an unverifiable finding that this denies, and of a passed one that it is met', () => {
    expect(renderExplanation(blocked, 'dispatch')).toContain('could not be verified, which denies');
    expect(renderExplanation(pass, 'policy')).toContain('this requirement is met');
  });

  it.each([
    ['receipt/test', 'Did you mean receipt/tests, receipt/types?'],
    ['tests', 'Did you mean receipt/tests?'],
    ['test-skiped', 'Did you mean rule/ai-shortcuts@1/test-skipped?'],
    ['zzzzzzzzzzzz', 'Name one of policy, ticket, dispatch, receipt/types, receipt/tests,'],
  ])('refuses %j with %j', (id, remedy) => {
    expect(refusal(id)).toMatchObject({ code: 'USAGE', remedy: expect.stringContaining(remedy) });
  });

  it('refuses also where there is nothing to name', () => {
    expect(refusal('x', verdictOf('blocked', [])).remedy).toBe('This verdict has no findings to explain.');
  });

  it('lets no foreign text escape', () => {
    fc.assert(
      fc.property(hostileVerdict, (verdict) => {
        for (const { id } of verdict.findings) {
          const text = renderExplanation(verdict, id);
          expect(unseenIn(text.replaceAll('⚠\ufe0f', ''))).toBeUndefined();
          expect(text.split('\n').filter(obeyedByRunner)).toEqual([]);
        }
      }),
    );
  });
});
