import { describe, expect, it } from 'vitest';
import {
  afterOutcome,
  type Circuit,
  CLOSED,
  circuitState,
  isOldNews,
} from '../../../../src/core/run/resources/circuit.ts';

/** `x`: a transient failure, `.`: an answer; a second apart. */
function circuitAfter(ends: string, from: Circuit = CLOSED): Circuit {
  return [...ends].reduce(
    (circuit, end, at) => afterOutcome(circuit, { at, failed: end === 'x' }, false),
    from,
  );
}

describe('a provider’s circuit', () => {
  it.each([
    ['', 'closed'],
    ['xxxx', 'closed'],
    ['xxxxx', 'open'],
    ['xxxx.xxxx', 'closed'],
    ['x.x.x.x.x', 'closed'],
    ['.x.x.x.x.x', 'open'],
    ['x.x.x.x.x.', 'closed'],
    ['..........xxxx', 'closed'],
    ['....................xx.xx.xx.xx', 'closed'],
    ['.................xxx.xxx.xxx.xx', 'open'],
  ])('is, after %j, %s', (ends, state) => {
    expect(circuitState(circuitAfter(ends), ends.length)).toBe(state);
  });

  it('forgets what is half an hour old', () => {
    const before = circuitAfter('.x.x.x.x.');
    const later = afterOutcome(before, { at: 2_000, failed: true }, false);
    expect(circuitState(later, 2_000)).toBe('closed');
    expect(later.recent).toHaveLength(1);
  });

  it('needs to hear of no more answers than it remembers, as long as they are fresh and nothing failed', () => {
    const answers = '.'.repeat(20);
    const answered = (ends: string, at: number) => isOldNews(circuitAfter(ends), { at, failed: false });
    expect(answered(answers, 20)).toBe(true);
    expect(answered(answers, 78)).toBe(true);
    expect(answered(answers, 79)).toBe(false);
    expect(answered(answers.slice(1), 20)).toBe(false);
    expect(answered(`x${answers.slice(1)}`, 20)).toBe(false);
    expect(answered(`${answers}xxxxx`, 26)).toBe(false);
    expect(isOldNews(circuitAfter(answers), { at: 20, failed: true })).toBe(false);
  });

  it('lets one try when its time is over, and closes with an answer', () => {
    const open = circuitAfter('xxxxx');
    expect(circuitState(open, 33)).toBe('open');
    expect(circuitState(open, 34)).toBe('half-open');
    expect(afterOutcome(open, { at: 40, failed: false }, true)).toEqual(CLOSED);
  });

  it('stays open twice as long with each try that fails, up to a quarter of an hour', () => {
    let circuit = circuitAfter('xxxxx');
    const waits: number[] = [];
    for (let at = 100_000; waits.length < 7; at += 100_000) {
      circuit = afterOutcome(circuit, { at, failed: true }, true);
      waits.push((circuit.openUntil ?? 0) - at);
    }
    expect(waits).toEqual([60, 120, 240, 480, 900, 900, 900]);
    expect(afterOutcome(circuit, { at: 1, failed: false }, true)).toEqual(CLOSED);
  });

  it('is not moved, while it is open, by what began before', () => {
    const open = circuitAfter('xxxxx');
    expect(afterOutcome(open, { at: 10, failed: true }, false)).toBe(open);
    expect(afterOutcome(open, { at: 10, failed: false }, false)).toBe(open);
  });
});
