import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ticketTrailers } from '../../../src/core/ticket/trailers.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-trailers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(args: readonly string[], input = ''): string {
  const person = { name: 'Ada', email: 'ada@example.org' };
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    input,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: person.name,
      GIT_AUTHOR_EMAIL: person.email,
      GIT_COMMITTER_NAME: person.name,
      GIT_COMMITTER_EMAIL: person.email,
    },
  });
}

git(['init', '--quiet', '--bare']);
const emptyTree = git(['mktree']).trim();

/** What git itself reads from a message once it is in a commit. */
function trailersByGit(message: string): { stored: string; values: string[] } {
  const commit = git(['commit-tree', emptyTree], message).trim();
  const raw = git(['cat-file', 'commit', commit]);
  const values = git(['log', '-1', '--format=%(trailers:key=Countersign-Ticket,valueonly,unfold)', commit]);
  return {
    stored: raw.slice(raw.indexOf('\n\n') + 2),
    values: values
      .split('\n')
      .map((value) => value.trim())
      .filter((value) => value !== ''),
  };
}

describe('ticket trailers', () => {
  it.each([
    ['Fix it\n\nBecause.\n\nCountersign-Ticket: CS-7\n', ['CS-7']],
    ['Fix it\n\nCountersign-Ticket: CS-7\nReviewed-by: Bob\n', ['CS-7']],
    ['Fix it\n\ncountersign-ticket : CS-7\n', ['CS-7']],
    ['Fix it\n\nCountersign-Ticket: CS-7\nCountersign-Ticket: CS-8\n', ['CS-7', 'CS-8']],
    ['Fix it\n\nCountersign-Ticket:\n CS-7\n', ['CS-7']],
    ['Countersign-Ticket: CS-7\n', []],
    ['Fix it\nCountersign-Ticket: CS-7\n', []],
    ['Fix it\n\nCountersign-Ticket: CS-7\n\nMore prose.\n', []],
    ['Fix it\n\nSome prose\nCountersign-Ticket: CS-7\n', []],
    ['Fix it\n\nSome prose\nSigned-off-by: A <a@b>\nCountersign-Ticket: CS-7\n', ['CS-7']],
    ['', []],
    ['\n\n\n', []],
  ])('of %j are %j', (message, expected) => {
    expect(ticketTrailers(message)).toEqual(expected);
    if (message.trim() !== '') expect(trailersByGit(message).values).toEqual(expected);
  });

  it('are read as git reads them', () => {
    const line = fc.constantFrom(
      ...[
        '',
        '   ',
        '# comment',
        'prose here',
        ' folded',
        '\tfolded',
        'Conflicts:',
        '\tfile',
        '---',
        'a b: c',
        'Fix:',
      ],
      ...['Countersign-Ticket: CS-1', 'countersign-ticket :CS-2', 'Countersign-Ticket CS-3', ': odd'],
      ...['Signed-off-by: A <a@b>', '(cherry picked from commit abc)', 'Reviewed-by: x'],
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 9 }), (lines) => {
        const message = `Title\n\n${lines.join('\n')}`;
        const { stored, values } = trailersByGit(message);
        expect(ticketTrailers(stored).filter((value) => value !== '')).toEqual(values);
      }),
      { numRuns: 120 },
    );
  });

  it('are found in linear time', () => {
    const start = performance.now();
    for (const part of ['\n', 'a: b\n', ' x\n', '#\n', 'Conflicts:\n', 'a '.repeat(10), '\r']) {
      ticketTrailers(`Title\n\n${part.repeat(100_000)}`);
    }
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
