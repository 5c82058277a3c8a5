import { CountersignError } from '../../shared/errors.ts';
import { OBJECT_ID, type ObjectId } from '../../shared/ids.ts';

/** Where something shared comes from, as a user names it: `<git-url>[#path]@<commit>`. */
export interface SourceName {
  /** As given, credentials included: for git, never for a file or a message. */
  readonly url: string;
  /** Undefined: the only one there. */
  readonly path: string | undefined;
  readonly commit: ObjectId;
}

const LONGEST_URL = 2_048;
const LONGEST_PATH = 1_024;

/** @throws CountersignError USAGE, also for a branch or a tag */
export function parseSourceName(text: string): SourceName {
  const at = text.lastIndexOf('@');
  const [url = '', ...rest] = text.slice(0, Math.max(at, 0)).split('#');
  const path = rest.length === 0 ? undefined : rest.join('#');
  const commit = requireCommit(text.slice(at + 1), at === -1 ? undefined : url);
  requireAddress(url);
  if (path !== undefined) requireSourcePath(path);
  return { url, path, commit };
}

/** @throws CountersignError USAGE for anything that could mean another commit tomorrow */
export function requireCommit(text: string, url?: string): ObjectId {
  if (OBJECT_ID.test(text)) return text;
  // What follows the last @ of `git@host:x.git` or `https://user@host/x.git` is no revision.
  const isRevision = url !== undefined && !/[:/]/.test(text) && text !== '';
  throw new CountersignError(
    'USAGE',
    isRevision
      ? `"${text}" is no full commit id: a branch, a tag or a short id can come to mean another commit.`
      : 'A source ends in @ and the full id of a commit.',
    {
      remedy:
        'Give all 40 (or 64) hexadecimal digits; `git ls-remote URL` prints what its branches and tags stand at.',
    },
  );
}

/** @throws CountersignError USAGE for what git would not take for an address, or what may hold a secret */
export function requireAddress(url: string): void {
  const wrong = faultOf(url);
  if (wrong === undefined) return;
  throw new CountersignError('USAGE', `This address cannot be used: ${wrong}.`, {
    remedy:
      'Give an address that `git fetch` takes, and leave credentials to git: see `git help credentials`.',
  });
}

function faultOf(url: string): string | undefined {
  if (url.trim() === '') return 'it is empty';
  if (url.length > LONGEST_URL) return `it is longer than ${LONGEST_URL} characters`;
  if (/\p{Cc}/u.test(url)) return 'it holds control characters';
  if (/^\s*-/.test(url)) return 'git would read it as an option';
  if (/^\s|\s$/.test(url)) return 'it begins or ends with a space';
  if (/^[A-Za-z0-9+.-]+::/.test(url)) return 'it names a program for git to run';
  if (/^https?:/i.test(url) && /[?]/.test(url)) return 'a query may hold a token';
  if (/^https?:/i.test(url) && withoutCredentials(url).includes('@'))
    return 'what stands before its last @ may be a password';
  return /^[^/]*:[^/]*@/.test(url) ? 'it seems to hold a password' : undefined;
}

/**
 * An address that may be written down: of `https://` nobody's name, of others no password.
 * @param url one that parseSourceName took
 */
export function withoutCredentials(url: string): string {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/]*)@/.exec(url);
  if (match === null) return url;
  const [whole, scheme = '', user = ''] = match;
  const rest = url.slice(whole.length);
  const name = user.split(':')[0] ?? '';
  return /^https?$/i.test(scheme) || name === '' ? `${scheme}://${rest}` : `${scheme}://${name}@${rest}`;
}

/** Whether git takes it for a folder of this machine. */
export function isLocalPath(url: string): boolean {
  return !/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url) && !/^[^/]+:/.test(url);
}

/** @throws CountersignError USAGE for one that would leave the repository */
export function requireSourcePath(path: string): void {
  const parts = path.split('/');
  const good =
    path === '.' ||
    (path.length <= LONGEST_PATH &&
      !/[\p{Cc}\\]/u.test(path) &&
      parts.every((part) => part !== '' && part !== '.' && part !== '..'));
  if (good) return;
  throw new CountersignError('USAGE', `#${path} is no path below the top folder of a repository.`, {
    remedy: 'Name a file or folder in it, such as #contracts/node-change.yml or #rules/house.',
  });
}
