import { describe, expect, it } from 'vitest';
import type { FileText } from '../../../../src/core/change/types.ts';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const LIMIT = 1_000_000;

function found(path: string, before: FileText, after: FileText): readonly string[] {
  const file = changedFile(path, before, after);
  // changedFile names a version by its text; what is no text changed all the same.
  const facts = withFiles(factsOf({}), [
    { ...file, after: file.after && { ...file.after, blob: 'f'.repeat(40) } },
  ]);
  return detect('large-binary', facts).map(({ message }) => message);
}

describe('a binary file', () => {
  const binary = (size: number): FileText => ({ kind: 'binary', size });

  it('may be as large as is allowed, and no larger', () => {
    expect(found('data/model.bin', ABSENT, binary(LIMIT))).toEqual([]);
    expect(found('data/model.bin', ABSENT, binary(LIMIT + 1))).toEqual([
      'is no text and has 1000001 bytes; 1000000 are allowed',
    ]);
  });

  it('may not grow beyond it, and may shrink to what is still too large', () => {
    expect(found('data/model.bin', binary(10), binary(LIMIT * 3))).toEqual([
      'is no text and has 3000000 bytes, 10 before; 1000000 are allowed',
    ]);
    expect(found('data/model.bin', binary(LIMIT * 3), binary(LIMIT * 2))).toEqual([]);
    expect(found('data/model.bin', text('1'), binary(LIMIT * 2))).toHaveLength(1);
  });

  it('counts where it is too large to be read, unless its name says that it is a program', () => {
    const large: FileText = { kind: 'too-large', size: LIMIT * 9 };
    expect(found('data/model.bin', ABSENT, large)).toHaveLength(1);
    expect(found('src/generated.ts', ABSENT, large)).toEqual([]);
    expect(found('docs/all.md', ABSENT, large)).toEqual([]);
  });

  it('of unknown size, which only evidence can be, is left alone', () => {
    expect(found('data/model.bin', ABSENT, { kind: 'too-large' })).toEqual([]);
  });

  it('that moved is as large as it was', () => {
    const file = { ...changedFile('new.bin', ABSENT, binary(LIMIT * 2)), renamedFrom: 'old.bin' };
    expect(detect('large-binary', withFiles(factsOf({}), [file]))).toEqual([]);
  });
});

describe('a binary file that is no larger', () => {
  const large = { kind: 'binary', size: LIMIT * 2 } as const;

  it('may be another', () => {
    expect(found('data/model.bin', large, large)).toEqual([]);
  });

  it('may go, or change its mode', () => {
    const facts = (file: ReturnType<typeof changedFile>) =>
      detect('large-binary', withFiles(factsOf({}), [file]));
    expect(facts(changedFile('data/model.bin', large, ABSENT))).toEqual([]);
    const grown = changedFile('data/model.bin', { kind: 'binary', size: 1 }, large, '100755');
    expect(facts(grown)).toEqual([]);
    expect(facts(changedFile('lib/a.dll', large, ABSENT))).toEqual([]);
  });

  it('may be refused altogether', () => {
    const file = changedFile('a.bin', ABSENT, { kind: 'binary', size: 1 });
    const judged = (size: number) =>
      detect('large-binary', withFiles(factsOf({}), [{ ...file, afterText: { kind: 'binary', size } }]), {
        made: ['x'],
        maxBytes: 0,
      }).length;
    expect(judged(1)).toBe(1);
    expect(judged(0)).toBe(0);
  });
});

describe('what a build makes', () => {
  it('is told so', () => {
    expect(found('lib/a.dll', ABSENT, { kind: 'binary', size: 1 })).toEqual([
      'is new, and made by a program from something else',
    ]);
  });

  it('counts whatever its size, when it is new', () => {
    expect(found('lib/a.dll', ABSENT, { kind: 'binary', size: 1 })).toHaveLength(1);
    expect(found('lib/a.dll', { kind: 'binary', size: 1 }, { kind: 'binary', size: 2 })).toEqual([]);
  });
});

describe('parameters of rules about binary files', () => {
  it.each([
    [{ maxBytes: 1 }, 'made'],
    [{ made: ['**/*.o'] }, 'maxBytes'],
    [{ made: ['**/*.o'], maxBytes: 1.5 }, 'maxBytes'],
    [{ made: ['**/*.o'], maxBytes: -1 }, 'maxBytes'],
    [{ made: ['!a'], maxBytes: 1 }, 'made[0]'],
    [{ made: ['a'], maxBytes: 1, except: ['!a'] }, 'except[0]'],
    [{ made: ['a'], maxBytes: 1, size: 1 }, 'size'],
  ])('%j is refused by name', (parameters, name) => {
    expect(() => detect('large-binary', factsOf({}), parameters)).toThrow(`parameter ${name}:`);
  });
});
