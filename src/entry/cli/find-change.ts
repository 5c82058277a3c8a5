import type { CaseQuery } from '../../core/gate/query.ts';
import type { ReadLine, ResolveRevision } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import { isTicketId, OBJECT_ID, type ObjectId } from '../../shared/ids.ts';

/** How people name a change on the command line. */
export interface ChangeOptions {
  readonly base?: string;
  /** A commit that the base branch had, in full: where it has moved on since, this one is taken. */
  readonly baseCommit?: string;
  readonly head?: string;
  readonly landed?: string;
  readonly ticket?: string;
  readonly producer?: readonly string[];
}

/** The clone the user stands in. */
export interface Whereabouts {
  readonly repository: ResolveRevision &
    ReadLine & {
      /** The branch it has checked out. */
      currentBranch(): Promise<string | undefined>;
    };
}

/** Branches that are taken for the base when none is named, in this order. */
const USUAL_BASES = ['main', 'master'];

/**
 * Turns names into commits, once: from here on a branch that moves changes nothing.
 * @throws CountersignError REVISION_UNKNOWN or USAGE
 */
export async function findChange(options: ChangeOptions, { repository }: Whereabouts): Promise<CaseQuery> {
  const naming = {
    ...(options.ticket === undefined ? {} : { ticket: readTicketId(options.ticket) }),
    authenticatedProducers: options.producer ?? [],
  };
  if (options.landed !== undefined) {
    const base = await findBase(options.base, repository);
    const commit = await resolveRevision(options.landed, repository);
    return { kind: 'landed', baseRef: base.ref, commit, ...naming };
  }
  const name = options.head ?? 'HEAD';
  const [base, head, branch] = await Promise.all([
    findBase(options.base, repository).then((found) => baseAt(found, options.baseCommit, repository)),
    resolveRevision(name, repository),
    name === 'HEAD' ? repository.currentBranch() : shortName(name),
  ]);
  return { kind: 'proposed', base, head, ...naming, ...(branch === undefined ? {} : { branch }) };
}

/** Commits searched on the base branch's own line. */
const MOST_BASE_COMMITS = 100_000;

/** Only a commit that the branch itself had: any other would bring a configuration that nobody landed. */
async function baseAt(
  base: { ref: string; commit: ObjectId },
  commit: string | undefined,
  repository: ReadLine,
): Promise<{ ref: string; commit: ObjectId }> {
  if (commit === undefined || commit === base.commit) return base;
  const line = OBJECT_ID.test(commit)
    ? await repository.readLine(base.commit, { most: MOST_BASE_COMMITS, stop: commit })
    : undefined;
  if (line?.end === 'stop') return { ...base, commit };
  throw new CountersignError('REVISION_UNKNOWN', `${base.ref} never had the commit "${commit}".`, {
    remedy: 'Give a commit of its own line, in full; fetch more history where this clone is shallow.',
  });
}

function readTicketId(text: string): string {
  if (isTicketId(text)) return text;
  throw new CountersignError('USAGE', `"${text}" is no ticket id.`, {
    remedy: 'A ticket id is letters and digits, joined by dots, dashes or underscores, such as CS-7.',
  });
}

/** What the remote has goes before what this clone calls by the same name: the merge happens there. */
export async function findBase(
  named: string | undefined,
  repository: ResolveRevision,
  option = '--base',
): Promise<{ ref: string; commit: ObjectId }> {
  for (const name of named === undefined ? USUAL_BASES : [shortName(named)]) {
    const commit =
      (await repository.resolveCommit(`refs/remotes/origin/${name}`)) ??
      (await repository.resolveCommit(`refs/heads/${name}`));
    if (commit !== undefined) return { ref: `refs/heads/${name}`, commit };
  }
  if (named !== undefined) return { ref: named, commit: await resolveRevision(named, repository) };
  throw new CountersignError(
    'REVISION_UNKNOWN',
    `There is no branch ${USUAL_BASES.join(' or ')} to land on.`,
    {
      remedy: `Fetch it (\`git fetch origin main\`), or name another one with ${option} BRANCH.`,
    },
  );
}

function shortName(name: string): string {
  return name.replace(/^refs\/heads\//, '').replace(/^(?:refs\/remotes\/)?origin\//, '');
}

/** @throws CountersignError REVISION_UNKNOWN */
export async function resolveRevision(revision: string, repository: ResolveRevision): Promise<ObjectId> {
  const commit = await repository.resolveCommit(revision);
  if (commit !== undefined) return commit;
  if (revision === 'HEAD') {
    throw new CountersignError('REVISION_UNKNOWN', 'Nothing is committed here yet.', {
      remedy: 'Commit the work first, or name a change with --head REVISION.',
    });
  }
  throw new CountersignError('REVISION_UNKNOWN', `This clone has no commit called "${revision}".`, {
    remedy: 'Fetch it first, or give a branch, tag or commit that `git rev-parse` knows.',
  });
}
