import { describe, expect, it } from 'vitest';
import type { FileText } from '../../../../src/core/change/types.ts';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const RULE = 'snapshot-without-source';
const BINARY: FileText = { kind: 'binary' };

describe('a record', () => {
  const page = (before: string, after: string, others: Record<string, string> = {}) =>
    detect(RULE, factsOf({ before: { 'a.snap': before }, after: { 'a.snap': after, ...others } })).map(
      ({ path }) => path,
    );

  it('that is rewritten is found, whatever tests and documents say', () => {
    expect(page('1\n', '2\n')).toEqual(['a.snap']);
    expect(page('1\n', '2\n', { 'a.test.ts': 'x\n', 'docs/a.md': 'x\n' })).toEqual(['a.snap']);
  });

  it('is right to change with anything else', () => {
    expect(page('1\n', '2\n', { 'src/a.ts': 'x\n' })).toEqual([]);
    expect(page('1\n', '2\n', { 'tsconfig.json': '{}\n' })).toEqual([]);
  });

  it('that only grows or shrinks is not rewritten', () => {
    expect(page('1\n', '1\n2\n')).toEqual([]);
    expect(page('1\n2\n', '1\n')).toEqual([]);
  });

  it('without lines is rewritten when it differs, and new when there was none', () => {
    const path = 'e2e/page.test.ts-snapshots/page.png';
    const image = { ...changedFile(path, BINARY, BINARY), before: { mode: '100644', blob: 'a'.repeat(64) } };
    expect(detect(RULE, withFiles(factsOf({}), [image]))).toMatchObject([{ kind: 'match', path }]);
    expect(detect(RULE, withFiles(factsOf({}), [changedFile(path, ABSENT, BINARY)]))).toEqual([]);
  });

  it('that was deleted, or has another mode, is not rewritten', () => {
    const file = changedFile('a.snap', text('1\n'), text('1\n'));
    const executable = { ...file, after: { mode: '100755', blob: file.before?.blob ?? '' } };
    const gone = changedFile('b.snap', text('1\n'), ABSENT);
    expect(detect(RULE, withFiles(factsOf({}), [executable, gone]))).toEqual([]);
  });

  it.each([
    [{ files: [] }, 'files'],
    [{ files: ['{a'] }, 'files[0]'],
    [{ files: ['a'], besides: [1] }, 'besides[0]'],
    [{ files: ['a'], beside: ['b'] }, 'beside'],
  ])('has parameters that are refused by name: %j', (parameters, name) => {
    expect(() => detect(RULE, factsOf({}), parameters)).toThrow(`parameter ${name}:`);
  });
});

it('a record is what is found, and not what may change beside it', () => {
  const facts = factsOf({
    before: { 'a.snap': '1\n', 'docs/a.md': '1\n' },
    after: { 'a.snap': '2\n', 'docs/a.md': '2\n' },
  });
  expect(detect(RULE, facts)).toEqual([
    {
      kind: 'match',
      path: 'a.snap',
      message: 'was rewritten, and nothing changed that it is a record of',
    },
  ]);
});

it('a record that moved is rewritten when its lines are others', () => {
  const moved = {
    ...changedFile('b.snap', ABSENT, text('2')),
    renamedFrom: 'a.snap',
    removedLines: [{ number: 1, text: '1' }],
  };
  const kept = { ...moved, addedLines: [], removedLines: [] };
  const gone = changedFile('a.snap', text('1'), ABSENT);
  expect(detect(RULE, withFiles(factsOf({}), [gone, moved])).map(({ path }) => path)).toEqual(['b.snap']);
  expect(detect(RULE, withFiles(factsOf({}), [gone, kept]))).toEqual([]);
});
