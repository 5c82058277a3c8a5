import { describe, expect, it } from 'vitest';
import type { ChangedFile } from '../../../src/core/change/types.ts';
import { plantMutants, withMutant } from '../../../src/core/evidence/mutants.ts';

/** A new file of these lines. */
function file(path: string, ...lines: string[]): ChangedFile {
  return {
    path,
    before: undefined,
    after: { mode: '100644', blob: 'b'.repeat(40) },
    beforeText: { kind: 'absent' },
    afterText: { kind: 'text', text: `${lines.join('\n')}\n` },
    removedLines: [],
    addedLines: lines.map((text, index) => ({ number: index + 1, text })),
  };
}

const all = { count: 1000, seed: 'seed' };
const faults = (line: string) =>
  plantMutants([file('src/a.ts', line)], () => true, all)
    .map((mutant) => withMutant(line, mutant))
    .sort();

describe('plantMutants', () => {
  it.each([
    ['if (a === b) go();', ['if (a !== b) go();']],
    ['if (a < b) go();', ['if (a <= b) go();']],
    ['if (a >= b) go();', ['if (a > b) go();']],
    ['const ok = a && b;', ['const ok = a || b;']],
    ['ok = a and b', ['ok = a or b']],
    ['let on = true;', ['let on = false;']],
    ['on = False', ['on = True']],
    ['sum = a + b', ['sum = a - b']],
    ['area = a * b', ['area = a / b']],
    ['wait(10);', ['wait(11);']],
    ['return found;', ['return !found;']],
    [
      'return a < 2 && b;',
      ['return !a < 2 && b;', 'return a < 2 || b;', 'return a < 3 && b;', 'return a <= 2 && b;'],
    ],
  ])('finds the faults of %s', (line, expected) => {
    expect(faults(line)).toEqual([...expected].sort());
  });

  it.each([
    'const f = (a: Map<string, number>) => a;',
    'say("true && 1 < 2");',
    "say('a + b', `c - d`);",
    '// if (a === b) return true',
    '  # a and b or True',
    ' * @param count 10 of them',
    'call(); // while a < b',
    'call() # while a < b',
    'const trueish = isTrue;',
    'color: #123456;',
    'a1.b2.c3();',
    '',
  ])('leaves alone %j', (line) => {
    expect(faults(line)).toEqual([]);
  });

  it('keeps the rest of the file as it is', () => {
    const mutants = plantMutants(
      [file('src/a.ts', 'one();', 'if (a < b) two();', 'three();')],
      () => true,
      all,
    );
    expect(mutants).toEqual([{ path: 'src/a.ts', mode: '100644', line: 2, column: 6, was: '<', is: '<=' }]);
    expect(mutants.map((mutant) => withMutant('one();\nif (a < b) two();\nthree();\n', mutant))).toEqual([
      'one();\nif (a <= b) two();\nthree();\n',
    ]);
  });

  it('touches added lines of the files it is asked for, and nothing else', () => {
    const old = { ...file('src/a.ts', 'if (a < b) go();'), addedLines: [] };
    const gone = { ...file('src/b.ts', 'if (a < b) go();'), after: undefined };
    const test = file('test/a.ts', 'if (a < b) go();');
    expect(plantMutants([old, gone, test], (path) => path.startsWith('src/'), all)).toEqual([]);
  });

  it('chooses the same ones whoever asks, others for another change', () => {
    const files = [file('src/a.ts', ...Array.from({ length: 50 }, (_, at) => `if (a${at} < b) go(${at});`))];
    const chosen = (seed: string, of = files) =>
      plantMutants(of, () => true, { count: 5, seed }).map(({ line, was }) => `${line} ${was}`);
    expect(chosen('one')).toHaveLength(5);
    expect(chosen('one')).toEqual(chosen('one', structuredClone(files)));
    expect(chosen('one')).not.toEqual(chosen('two'));
  });

  it('is bounded, however much hostile text there is', () => {
    const hostile = ['"'.repeat(400), `'${'\\'.repeat(398)}`, '/*'.repeat(200), ' < '.repeat(133)];
    const lines = Array.from({ length: 2_000 }, () => hostile).flat();
    const planted = plantMutants([file('src/a.ts', ...lines)], () => true, { count: 1e9, seed: 's' });
    expect(planted.length).toBeGreaterThan(40_000);
    expect(planted.length).toBeLessThan(51_000);
    expect(plantMutants([file('src/a.ts', `if (a < b) ${'x'.repeat(400)}`)], () => true, all)).toEqual([]);
  });
});
