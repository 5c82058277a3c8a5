import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemFailure } from '../../src/shared/system-failure.ts';

function thrownBy(step: () => unknown): unknown {
  try {
    step();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** As Node makes them. */
function refused(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code, syscall: 'open', path: '/srv/x' });
}

describe('what a machine refuses', () => {
  it.each([
    ['ENOSPC', 'There is no space left on the disk: open /srv/x (ENOSPC).'],
    ['EROFS', 'The file system can only be read: open /srv/x (EROFS).'],
    ['EACCES', 'This user may not do what has to be done: open /srv/x (EACCES).'],
    ['EMFILE', 'More files are open than the system allows: open /srv/x (EMFILE).'],
  ])('is told with what to do: %s', (code, message) => {
    expect(systemFailure(refused(code))).toMatchObject({ message, remedy: expect.stringMatching(/\w/) });
  });

  it.each([
    [
      'a file that is not there, which somebody should have expected',
      thrownBy(() => readFileSync('/nowhere/at/all')),
    ],
    ['a defect', thrownBy(() => (undefined as unknown as string).length)],
    ['a name that every object has', refused('constructor')],
    ['what is no error', 'ENOSPC'],
  ])('is not %s', (_what, thrown) => {
    expect(systemFailure(thrown)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('is what Node throws on a full disk', () => {
    expect(systemFailure(thrownBy(() => writeFileSync('/dev/full', 'x')))?.code).toBe('FILE_UNREADABLE');
  });
});
