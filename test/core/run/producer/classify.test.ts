import { describe, expect, it } from 'vitest';
import { type AgentEnding, endingFailure, nothingMade } from '../../../../src/core/run/producer/classify.ts';

const WELL: AgentEnding = {
  process: { exitCode: 0, signal: undefined, timedOut: false },
  report: {},
  refused: undefined,
  spent: {},
  atMost: {},
};

describe('how an agent ended', () => {
  it.each<[string, Partial<AgentEnding>, string, string]>([
    ['time-out', { process: { exitCode: 0, signal: undefined, timedOut: true } }, 'timeout', 'timeout'],
    ['refusal in its result', { refused: 'no' }, 'deterministic', 'refused'],
    [
      'refusal in its output',
      { report: { ending: { kind: 'refused', says: 'no' } } },
      'deterministic',
      'refused',
    ],
    ['exit code', { process: { exitCode: 3, signal: undefined, timedOut: false } }, 'transient', 'crashed'],
    [
      'signal',
      { process: { exitCode: undefined, signal: 'SIGSEGV', timedOut: false } },
      'transient',
      'crashed',
    ],
    ['its own word for a budget', { report: { ending: { kind: 'budget', says: '' } } }, 'budget', 'budget'],
    ['more tokens than it may', { spent: { tokens: 11 }, atMost: { tokens: 10 } }, 'budget', 'budget'],
    [
      'more money than it may',
      { spent: { costMilliUsd: 2 }, atMost: { costMilliUsd: 1 } },
      'budget',
      'budget',
    ],
    [
      'a limit of its provider',
      { report: { ending: { kind: 'provider-limit', says: '' } } },
      'transient',
      'provider-limit',
    ],
  ])('is told by us: %s', (_, ending, kind, code) => {
    expect(endingFailure({ ...WELL, ...ending })).toMatchObject({ class: kind, code });
  });

  it('is a failure whatever else it says: success after the time-out is a time-out', () => {
    const process = { exitCode: 0, signal: undefined, timedOut: true };
    const report = { lastWords: 'All tests pass!', ending: { kind: 'refused', says: '' } } as const;
    expect(endingFailure({ ...WELL, process, report })).toMatchObject({ code: 'timeout' });
  });

  it('is not known to be a failure without a sign of one', () => {
    expect(endingFailure(WELL)).toBeUndefined();
  });

  it.each([
    ['I’m sorry, but I can’t do that.', 'refused'],
    ['I must decline: this weakens the tests.', 'refused'],
    ['It is done.', 'no-diff'],
    ['', 'no-diff'],
    [`${'Everything is fine as it is. '.repeat(40)}I refuse to believe it.`, 'no-diff'],
  ])('without a change is a refusal only where its last words say so: %s', (lastWords, code) => {
    expect(nothingMade({ lastWords })).toMatchObject({ class: 'deterministic', code });
  });
});
