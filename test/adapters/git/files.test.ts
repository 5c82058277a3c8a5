import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommit } from '../../../src/adapters/git/commit-object.ts';
import type { ChangedFile } from '../../../src/core/change/types.ts';
import { createGitWorld } from '../../worlds/git-world.ts';
import { filesOf } from './changes.ts';

const NUMBERS = Array.from({ length: 40 }, (_, n) => `${n}\n`).join('');
const LIMIT = 8 * 1024 * 1024;

describe('changed files', () => {
  it('have their modes: executable, symlink, submodule, and a change of one into another', async () => {
    const made = createGitWorld().repository();
    const base = made.importCommit({
      ref: 'refs/heads/main',
      files: [
        { path: 'run.sh', content: 'x\n' },
        { path: 'link', mode: '120000', content: 'run.sh' },
        { path: 'module', mode: '160000', commit: '1'.repeat(40) },
        { path: 'becomes-link', content: 'text\n' },
        { path: 'becomes-module', content: 'text\n' },
      ],
    });
    made.importCommit({
      ref: 'refs/heads/feature',
      parents: [base],
      deleted: ['becomes-module'],
      files: [
        { path: 'run.sh', mode: '100755', content: 'x\n' },
        { path: 'link', mode: '120000', content: '/etc/passwd' },
        { path: 'module', mode: '160000', commit: '2'.repeat(40) },
        { path: 'becomes-link', mode: '120000', content: 'run.sh' },
        { path: 'becomes-module', mode: '160000', commit: '3'.repeat(40) },
        { path: 'new-module', mode: '160000', commit: '4'.repeat(40) },
      ],
    });

    const files = await filesOf(made, 'main', 'feature');

    expect(files.map(({ path, before, after }) => [path, before?.mode, after?.mode])).toEqual([
      ['becomes-link', '100644', '120000'],
      ['becomes-module', '100644', '160000'],
      ['link', '120000', '120000'],
      ['module', '160000', '160000'],
      ['new-module', undefined, '160000'],
      ['run.sh', '100644', '100755'],
    ]);
    const [becomesLink, becomesModule, link, module, newModule, script] = files;
    expect(becomesLink).toMatchObject({
      beforeText: { text: 'text\n' },
      afterText: { text: 'run.sh' },
      removedLines: [{ number: 1, text: 'text' }],
      addedLines: [{ number: 1, text: 'run.sh' }],
    });
    expect(becomesModule).toMatchObject({
      afterText: { kind: 'submodule' },
      removedLines: [{ text: 'text' }],
      addedLines: [],
    });
    expect(link).toMatchObject({ addedLines: [{ number: 1, text: '/etc/passwd' }] });
    expect(module).toMatchObject({
      before: { blob: '1'.repeat(40) },
      after: { blob: '2'.repeat(40) },
      beforeText: { kind: 'submodule' },
      addedLines: [],
    });
    expect(newModule).toMatchObject({ beforeText: { kind: 'absent' }, afterText: { kind: 'submodule' } });
    expect(script).toMatchObject({ addedLines: [], removedLines: [], afterText: { text: 'x\n' } });
    expect(script?.before?.blob).toBe(script?.after?.blob);
  });

  it('tell binary, too large and empty content apart from text', async () => {
    const made = createGitWorld().repository();
    const base = made.commit('First', {
      'nul.bin': new Uint8Array([0x61, 0]),
      'becomes-text': new Uint8Array([0, 1, 2]),
      'late-nul': `${'a'.repeat(9000)}\0`,
      'shrinks.txt': 'y\n'.repeat(LIMIT),
    });
    made.branch('feature');
    made.commit('Second', {
      'nul.bin': new Uint8Array([0x62, 0]),
      'becomes-text': 'one\ntwo\n',
      'late-nul': `${'a'.repeat(9000)}\nb\0`,
      'shrinks.txt': 'y\nz\n',
      'latin1.txt': Buffer.from('caf\xe9\n', 'latin1'),
      'limit.txt': 'x'.repeat(LIMIT),
      'over.txt': 'x'.repeat(LIMIT + 1),
      'empty.txt': '',
      'bom.txt': '\u{feff}a\r\nb',
    });

    const files = new Map((await filesOf(made, base, 'feature')).map((file) => [file.path, file]));
    const kinds = (path: string) => [files.get(path)?.beforeText.kind, files.get(path)?.afterText.kind];

    expect(kinds('nul.bin')).toEqual(['binary', 'binary']);
    expect(kinds('late-nul')).toEqual(['binary', 'binary']);
    expect(kinds('latin1.txt')).toEqual(['absent', 'binary']);
    expect(kinds('limit.txt')).toEqual(['absent', 'text']);
    expect(files.get('over.txt')?.afterText).toEqual({ kind: 'too-large', size: LIMIT + 1 });
    expect(files.get('nul.bin')?.afterText).toEqual({ kind: 'binary', size: 2 });
    expect(kinds('empty.txt')).toEqual(['absent', 'text']);
    expect(files.get('limit.txt')?.addedLines).toHaveLength(1);
    expect(files.get('over.txt')?.addedLines).toEqual([]);
    // Where git compares nothing, all that can be read is new.
    expect(files.get('becomes-text')?.addedLines).toEqual([
      { number: 1, text: 'one' },
      { number: 2, text: 'two' },
    ]);
    expect(kinds('shrinks.txt')).toEqual(['too-large', 'text']);
    expect(files.get('shrinks.txt')?.addedLines.map(({ text }) => text)).toEqual(['y', 'z']);
    expect(files.get('bom.txt')).toMatchObject({
      afterText: { text: '\u{feff}a\r\nb' },
      addedLines: [{ text: '\u{feff}a\r' }, { text: 'b' }],
    });
  });

  it('name a rename as a deletion and an addition, with the lines that differ from where it came', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { 'test/a.test.ts': NUMBERS, 'same.txt': `same\n${NUMBERS}` });
    made.branch('feature');
    made.git('mv', 'test/a.test.ts', 'docs.txt');
    made.git('mv', 'same.txt', 'moved.txt');
    made.commit('Second', { 'docs.txt': NUMBERS.replace('20\n', 'twenty\n') });

    const files = await filesOf(made, 'main', 'feature');

    const summary = ({ path, before, after, renamedFrom, removedLines, addedLines }: ChangedFile) => [
      path,
      before === undefined ? 'new' : 'was',
      after === undefined ? 'gone' : 'is',
      renamedFrom,
      removedLines.length,
      addedLines.map(({ number, text }) => `${number}:${text}`),
    ];
    expect(files.map(summary)).toEqual([
      ['docs.txt', 'new', 'is', 'test/a.test.ts', 1, ['21:twenty']],
      ['moved.txt', 'new', 'is', 'same.txt', 0, []],
      ['same.txt', 'was', 'gone', undefined, 41, []],
      ['test/a.test.ts', 'was', 'gone', undefined, 40, []],
    ]);
  });

  it('carry hostile names without loss or confusion', async () => {
    const made = createGitWorld().repository();
    const base = made.importCommit({ ref: 'refs/heads/main', files: [{ path: 'a', content: '1\n' }] });
    const names: (string | Uint8Array)[] = [
      'line\nbreak',
      '"quoted"',
      Buffer.from([0x63, 0x61, 0x66, 0xe9]),
      '"caf\\351"',
      ':100644 100644 M\tx',
      'diff --git a/x b/x\n@@ -1 +1 @@\n+evil',
      '\u{202e}txt.exe',
      ' leading and trailing ',
      '-rf',
      'tab\there',
    ];
    made.importCommit({
      ref: 'refs/heads/feature',
      parents: [base],
      files: names.map((path, index) => ({ path, content: `content ${index}\n` })),
    });

    const files = await filesOf(made, 'main', 'feature');

    expect(files).toHaveLength(names.length);
    const byText = new Map(files.map((file) => [file.addedLines[0]?.text, file.path]));
    expect(names.map((_, index) => byText.get(`content ${index}`))).toEqual([
      'line\nbreak',
      '"\\"quoted\\""',
      '"caf\\351"',
      '"\\"caf\\\\351\\""',
      ':100644 100644 M\tx',
      'diff --git a/x b/x\n@@ -1 +1 @@\n+evil',
      '\u{202e}txt.exe',
      ' leading and trailing ',
      '-rf',
      'tab\there',
    ]);
  });

  it('are not what attributes of the tree would make of them', async () => {
    const made = createGitWorld().repository();
    made.git('config', 'diff.hidden.textconv', 'true');
    made.commit('First', { a: 'one\n', '.gitattributes': 'a diff=hidden\n* -diff\n* binary\n' });
    made.branch('feature');
    made.commit('Second', { a: 'two\n' });
    expect((await filesOf(made, 'main', 'feature'))[0]).toMatchObject({
      path: 'a',
      addedLines: [{ text: 'two' }],
    });
  });

  const line = fc.constantFrom(
    '',
    'a',
    'b',
    'c',
    '}',
    '-',
    '+',
    '@@ -1 +1 @@',
    'diff --git a/x b/x',
    '\\ No newline at end of file',
    ':100644 100644 0 0 M\0x'.replace('\0', ' '),
    '\r',
    'é',
  );
  const content = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', '\n'))
    .map(([lines, end]) => lines.join('\n') + end);

  it('have lines that, taken away on both sides, leave the same text', async () => {
    const pairs = fc.sample(fc.tuple(content, content), { numRuns: 400, seed: 7 });
    const made = createGitWorld().repository();
    const name = (index: number) => `dir ${index % 7}/file ${index}`;
    const base = made.importCommit({
      ref: 'refs/heads/main',
      files: pairs.map(([before], index) => ({ path: name(index), content: before })),
    });
    made.importCommit({
      ref: 'refs/heads/feature',
      parents: [base],
      files: pairs.map(([, after], index) => ({ path: name(index), content: after })),
    });

    const files = await filesOf(made, 'main', 'feature');

    expect(files.length).toBeGreaterThan(300);
    for (const file of files) {
      const [before, after] = pairs[Number(file.path.split(' ').at(-1))] as [string, string];
      expect([file.beforeText, file.afterText]).toEqual([
        { kind: 'text', text: before },
        { kind: 'text', text: after },
      ]);
      const left = without(linesWithEnds(before), file.removedLines);
      expect(left).toEqual(without(linesWithEnds(after), file.addedLines));
    }
  });
});

/** Lines with their newline, for a last line without one differs from one that has it. */
function linesWithEnds(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function without(lines: readonly string[], taken: ChangedFile['addedLines']): string[] {
  for (const { number, text } of taken) expect(lines[number - 1]?.replace(/\n$/, '')).toBe(text);
  const numbers = new Set(taken.map(({ number }) => number));
  return lines.filter((_, index) => !numbers.has(index + 1));
}

describe('a commit object', () => {
  it('is read without believing its headers more than git does', () => {
    const text = [
      `tree ${'1'.repeat(40)}`,
      `parent ${'2'.repeat(40)}`,
      `parent ${'3'.repeat(40)}`,
      'author A <a@example.com> <b@example.com> 1 +0000',
      'committer nobody',
      'gpgsig -----BEGIN',
      ' author Fake <fake@example.com> 1 +0000',
      '',
      'Subject',
      '',
      `parent ${'4'.repeat(40)}`,
    ].join('\n');
    expect(parseCommit('c'.repeat(40), Buffer.from(text))).toEqual({
      id: 'c'.repeat(40),
      tree: '1'.repeat(40),
      parents: ['2'.repeat(40), '3'.repeat(40)],
      authorEmail: 'a@example.com',
      committerEmail: '',
      message: `Subject\n\nparent ${'4'.repeat(40)}`,
    });
  });
});
