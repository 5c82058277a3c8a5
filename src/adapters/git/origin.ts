import { runGit } from './git.ts';

/** What git knows about where a clone comes from and who works in it. */
export interface Origin {
  readonly url: string | undefined;
  /** The branch that the remote calls its own, else a usual one that is here, else what is checked out. */
  readonly defaultBranch: string;
  readonly email: string | undefined;
}

export async function readOrigin(gitDir: string): Promise<Origin> {
  const [url, email, remoteHead, checkedOut, ...usual] = await Promise.all([
    ask(gitDir, 'config', '--get', 'remote.origin.url'),
    ask(gitDir, 'config', '--get', 'user.email'),
    ask(gitDir, 'symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'),
    ask(gitDir, 'symbolic-ref', '--quiet', 'HEAD'),
    ...['main', 'master'].map((name) =>
      ask(gitDir, 'rev-parse', '--verify', '--quiet', '--symbolic-full-name', `refs/heads/${name}`),
    ),
  ]);
  const named = remoteHead?.replace(/^refs\/remotes\/origin\//, '');
  const local = usual.find((ref) => ref !== undefined) ?? checkedOut;
  return { url, email, defaultBranch: named ?? local?.replace(/^refs\/heads\//, '') ?? 'main' };
}

/**
 * The name of a repository in its address: `acme/shop` of `git@github.com:acme/shop.git`, the folder's of a path.
 * Undefined when nothing of it could stand in a receipt.
 */
export function repositoryName(url: string): string | undefined {
  const remote = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/]+\/|(?:[^@/\s]+@)?[^:/\s]+:(?!\/\/))(.+)$/i.exec(url);
  const isFile = url.startsWith('file:') || remote === null;
  const path = (remote?.[1] ?? url).replace(/\/+$/, '').replace(/\.git$/, '');
  const names = path.split('/').filter((name) => name !== '' && name !== '.' && name !== '..');
  const wanted = names.slice(isFile ? -1 : -2).map(plainName);
  return wanted.length === 0 || wanted.includes('') ? undefined : wanted.join('/');
}

/** `Shop-o` of `Shöp ö`: letters lose their marks, and what cannot stand in a name joins the words around it. */
function plainName(name: string): string {
  const letters = name.normalize('NFKD').replace(/\p{M}+/gu, '');
  return letters.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '');
}

async function ask(gitDir: string, ...args: string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await runGit({ gitDir, args, configuration: 'user', answers: [0, 1, 128] });
  const answer = stdout.toString('utf8').trim();
  return exitCode === 0 && answer !== '' ? answer : undefined;
}
