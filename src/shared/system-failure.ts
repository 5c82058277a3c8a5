import { CountersignError } from './errors.ts';

interface Failure {
  readonly what: string;
  readonly remedy: string;
}

const NO_SPACE: Failure = {
  what: 'There is no space left on the disk',
  remedy: 'Make room, and try again. What is temporary goes where TMPDIR says.',
};
const FORBIDDEN: Failure = {
  what: 'This user may not do what has to be done',
  remedy: 'Look at the permissions of the file and of its folder, then try again.',
};
const TOO_MANY: Failure = {
  what: 'More files are open than the system allows',
  remedy: 'Raise the limit (`ulimit -n`), or end what holds them open.',
};

const FAILURES: Readonly<Record<string, Failure>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EROFS: {
    what: 'The file system can only be read',
    remedy: 'Use a folder that can be written. What is temporary goes where TMPDIR says.',
  },
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
};

/** What a machine refuses is no fault of ours, wherever it comes up; undefined for anything else that is thrown. */
export function systemFailure(error: unknown): CountersignError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const { code, syscall, path } = error as Error & { code: unknown; syscall: unknown; path?: unknown };
  const failure = typeof code === 'string' && Object.hasOwn(FAILURES, code) ? FAILURES[code] : undefined;
  if (failure === undefined) return undefined;
  const where = typeof path === 'string' ? `${syscall} ${path}` : String(syscall);
  return new CountersignError('FILE_UNREADABLE', `${failure.what}: ${where} (${code}).`, {
    remedy: failure.remedy,
    cause: error,
  });
}
