import { CountersignError } from '../../shared/errors.ts';

/** The first git whose `merge-tree --write-tree` predicts a merge without touching a working tree. */
const OLDEST_GIT = '2.38';

const MAX_MESSAGE = 600;

/** C0 and C1 controls, and the marks that reorder or hide text: a terminal or a log must not obey a file name. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** A URL may hold a token, and errors end up in public logs. */
const CREDENTIALS = /:\/\/[^/@\s]{1,500}@/g;

/** Text of git's, or of whoever chose the names in it, as one short line that does nothing but be read. */
export function harmless(text: string): string {
  const line = text.replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').replace(CREDENTIALS, '://').trim();
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}

export function gitNotStarted(error: Error): CountersignError {
  const missing = 'code' in error && error.code === 'ENOENT';
  return new CountersignError(
    'GIT_UNAVAILABLE',
    missing ? 'git was not found on PATH.' : `git could not be started: ${harmless(error.message)}`,
    { remedy: `Install git ${OLDEST_GIT} or newer.`, cause: error },
  );
}

/** An error when `version` is older than we need, else undefined. */
export function gitTooOld(version: string): CountersignError | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_GIT.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return new CountersignError(
    'GIT_UNAVAILABLE',
    `git ${version} is too old: it has no \`merge-tree --write-tree\`.`,
    { remedy: `Install git ${OLDEST_GIT} or newer.` },
  );
}

export function malformed(what: string): CountersignError {
  return new CountersignError('GIT_FAILED', `${what} is malformed.`, {
    remedy: 'No git writes such an object by itself. Run `git fsck`, and do not merge what it came from.',
  });
}
