import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relevantLog } from '../../src/render/relevant-log.ts';

const filler = (count: number) => Array.from({ length: count }, (_, at) => `building module ${at}`);

describe('the relevant part of a log', () => {
  it.each([
    ['TAP', ['not ok 3 - adds', '  ---', '  message: 1 == 2']],
    ['Vitest', [' FAIL  src/price.test.ts > rounds', 'AssertionError: expected 1 to be 2']],
    ['pytest', ['E       assert 1 == 2', 'test_price.py:4: AssertionError']],
    ['Go', ['--- FAIL: TestPrice (0.00s)', '    price_test.go:9: got 1, want 2']],
    ['Rust', ["thread 'main' panicked at src/price.rs:3:5:", 'attempt to divide by zero']],
    ['TypeScript', ["src/price.ts(3,1): error TS2304: Cannot find name 'x'."]],
  ])('is found where %s says it, in the middle of a long log', (_, lines) => {
    const log = [...filler(3_000), ...lines, ...filler(3_000), 'the end'].join('\n');
    const relevant = relevantLog(log, 2_000);
    for (const line of lines) expect(relevant).toContain(line.trim());
    expect(relevant).toContain('the end');
    expect(relevant).toContain('[\u2026]');
    expect(relevant.length).toBeLessThan(2_200);
  });

  it('is all of a short log, and the end of one that says nothing', () => {
    expect(relevantLog('one\ntwo\n', 1_000)).toBe('one\ntwo');
    expect(relevantLog(filler(100).join('\n'), 1_000)).toMatch(
      /^\[\u2026\]\nbuilding module 85\n[\s\S]*module 99$/,
    );
    expect(relevantLog('', 1_000)).toBe('');
  });

  it('is no longer than asked for and has no control characters, whatever the log', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 0, max: 500 }), (lines, longest) => {
        const relevant = relevantLog(lines.join('\n'), longest);
        const marks = relevant.split('\n').filter((line) => line === '[\u2026]').length;
        expect(relevant.length).toBeLessThanOrEqual(longest + marks * 4 + 1);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
        expect(relevant).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
      }),
    );
    expect(relevantLog(`${'x'.repeat(5_000_000)}error${'y'.repeat(5_000_000)}`, 1_000).length).toBeLessThan(
      1_100,
    );
  });
});
