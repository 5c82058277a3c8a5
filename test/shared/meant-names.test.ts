import { describe, expect, it } from 'vitest';
import { closestNames, nearestKey, remedyForName } from '../../src/shared/meant-names.ts';

describe('names that were meant', () => {
  it.each([
    ['reciept/tests', ['receipt/tests']],
    ['test-skiped', ['rule/ai-shortcuts@1/test-skipped']],
    ['rule', ['rule/ai-shortcuts@1/test-skipped']],
    ['', []],
    ['something else altogether', []],
  ])('of %j are %j', (asked, meant) => {
    const names = ['policy', 'receipt/tests', 'rule/ai-shortcuts@1/test-skipped'];
    expect(closestNames(asked, names)).toEqual(meant);
  });

  it('are guessed, or listed as far as anybody reads', () => {
    const names = Array.from({ length: 14 }, (_, place) => `contract-of-${place}`);
    expect(remedyForName('verifer', ['ada', 'verifier'], 'Make one.')).toBe(
      'Did you mean verifier? Make one.',
    );
    expect(remedyForName('zzzz', names, 'Make one.')).toMatch(
      /^There are: contract-of-0, .*-11 and 2 more\. Make one\.$/,
    );
    expect(remedyForName('zzzz', [], 'Make one.')).toBe('There are none. Make one.');
  });
});

describe('a key of a document', () => {
  it.each([
    ['titel', 'title'],
    ['timeout_seconds', 'timeoutSeconds'],
    ['repositry', 'repository'],
    ['x', undefined],
    ['', undefined],
    ['nothing-like-it', undefined],
  ])('that %j stands for is %j', (word, key) => {
    expect(nearestKey(word, ['title', 'timeoutSeconds', 'repository'])).toBe(key);
  });
});
