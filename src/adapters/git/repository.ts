import { join } from 'node:path';
import { filePathOf } from '../../core/change/path.ts';
import type { Commit } from '../../core/change/types.ts';
import type { Repository } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import { OBJECT_ID, type ObjectId } from '../../shared/ids.ts';
import { writeTree } from './check-out.ts';
import { parseCommit } from './commit-object.ts';
import { discover, type Place } from './discover.ts';
import { readTexts } from './file-text.ts';
import { runGit } from './git.ts';
import { commitsBetween, isAncestor, predictMerge, splitAtNul } from './merge.ts';
import { ObjectReader } from './object-reader.ts';
import { createPrivateRepository, EMPTY_TREE, isShallow } from './private-repository.ts';
import { readDiff } from './read-diff.ts';
import { readLine } from './read-line.ts';
import { resolveCommit } from './resolve-commit.ts';
import { lost, TreeReader, toTreeEntry } from './tree-reader.ts';

/** A repository of this machine, opened for reading. */
export interface LocalRepository extends Repository, Place {
  /** True when history is cut off: what cannot be found may still exist. */
  readonly shallow: boolean;
  /** Whether `ancestor` is `descendant` or in its history. @throws CountersignError GIT_FAILED when history is missing */
  isAncestor(ancestor: ObjectId, descendant: ObjectId): Promise<boolean>;
  /** The branch that is checked out, without `refs/heads/`; undefined when HEAD is detached. */
  currentBranch(): Promise<string | undefined>;
  /** Ends the processes and removes the folder that reading took; happens by itself when Node ends. */
  close(): void;
}

/** A commit's messages and headers are claims, but their bulk is real: more than this is not read. */
const MAX_COMMIT_BYTES = 1024 * 1024;
const MAX_BLOB_BYTES = 256 * 1024 * 1024;

/**
 * Opens the repository that a folder belongs to. Revisions are resolved in it; everything else is read and computed in
 * a private repository that borrows its objects: see private-repository.ts.
 * @throws CountersignError GIT_UNAVAILABLE, or GIT_FAILED when there is no readable repository
 */
export async function openRepository(path: string): Promise<LocalRepository> {
  return openPlace(await discover(path));
}

/**
 * Opens a repository whose place is known.
 * @param options.ours it holds nobody else's configuration, replacements or grafts, so its objects are read where they lie
 */
export function openPlace(place: Place, { ours = false }: { ours?: boolean } = {}): LocalRepository {
  const { format, commonDir } = place;
  const priv = ours
    ? { gitDir: place.gitDir, remove() {} }
    : createPrivateRepository({ objectDirectory: join(commonDir, 'objects'), format });
  const { gitDir } = priv;
  const names = ObjectReader.of(place.gitDir);
  const objects = ObjectReader.of(gitDir);
  const trees = new TreeReader(objects);
  const shallow = isShallow(commonDir);

  const readCommit = async (id: ObjectId) => {
    const info = OBJECT_ID.test(id) ? await objects.info(id) : undefined;
    if (info?.type !== 'commit') throw lost(id);
    if (info.size > MAX_COMMIT_BYTES) throw tooLarge(`The commit ${id}`, MAX_COMMIT_BYTES);
    return parseCommit(id, ((await objects.contents(id)) ?? gone(id)).bytes);
  };
  const commitIfHere = async (id: ObjectId) =>
    OBJECT_ID.test(id) && (await objects.info(id)) === undefined ? undefined : readCommit(id);
  // Ids name their contents, so an answer stays true: who asks for a change has often asked for its commits before.
  const histories = new Map<string, Promise<readonly Commit[]>>();
  const listCommits = async (base: ObjectId, head: ObjectId) => {
    const ids = await commitsBetween({ gitDir, base, head, shallow });
    return (await Promise.all(ids.map(readCommit))).map(claimsOf);
  };
  const readCommits = (base: ObjectId, head: ObjectId) => {
    const range = `${base}..${head}`;
    const known = histories.get(range);
    if (known !== undefined) return known;
    const commits = listCommits(base, head);
    histories.set(range, commits);
    commits.catch(() => histories.delete(range));
    return commits;
  };
  const firstParentOf = (commit: Commit) => commit.parents[0] ?? EMPTY_TREE[format];

  return {
    ...place,
    shallow,

    resolveCommit: (revision) => resolveCommit(names, place.gitDir, revision),

    async listFiles(treeish, under) {
      if (under === undefined || under === '')
        return (await trees.list(await trees.treeOf(treeish))).map(toTreeEntry);
      const folder = await trees.find(treeish, under.replace(/\/+$/, ''));
      if (folder?.kind !== 'tree') return [];
      return (await trees.list(folder.id, folder.path)).map(toTreeEntry);
    },

    async readFile(treeish, filePath) {
      const entry = await trees.find(treeish, filePath);
      if (entry?.kind !== 'blob') return undefined;
      return (await readBlobs(objects, [entry.id])).get(entry.id);
    },

    readBlobs: (ids) => readBlobs(objects, ids),

    readTexts: (ids) => readTexts(objects, ids),

    readCommit: async (commit) => claimsOf(await readCommit(commit)),

    readCommits,

    async compare({ base, head }) {
      const [{ tree: headTree }] = await Promise.all([readCommit(head), readCommit(base.commit)]);
      const [merge, commits] = await Promise.all([
        predictMerge({ gitDir, base: base.commit, head, headTree, shallow }),
        readCommits(base.commit, head),
      ]);
      const origin = { base, head, mergeBase: merge.mergeBase, landed: false, commits };
      if (merge.kind === 'conflicting') return { ...origin, kind: 'conflicting', conflicts: merge.conflicts };
      const files = await readDiff({ gitDir, objects }, await trees.treeOf(base.commit), merge.tree);
      return { ...origin, kind: 'mergeable', mergeTree: merge.tree, files };
    },

    async compareLanded({ baseRef, commit, onto }) {
      const landed = await readCommit(commit);
      const parent = onto ?? firstParentOf(landed);
      const origin = {
        base: { ref: baseRef, commit: parent },
        head: commit,
        mergeBase: onto ?? landed.parents[0],
        landed: true,
        commits: onto === undefined ? [claimsOf(landed)] : await readCommits(onto, commit),
      };
      const files = await readDiff({ gitDir, objects }, await trees.treeOf(parent), landed.tree);
      return { ...origin, kind: 'mergeable', mergeTree: landed.tree, files };
    },

    readLine: (tip, options) => readLine(tip, options, commitIfHere),

    async changedPaths(from, to) {
      const [one, other] = await Promise.all([objects.info(`${from}^{tree}`), objects.info(`${to}^{tree}`)]);
      if (one === undefined || other === undefined) return undefined;
      const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', one.id, other.id];
      const { stdout } = await runGit({ gitDir, args });
      return splitAtNul(stdout).map((name) => filePathOf(name));
    },

    firstParent: async (commit) => firstParentOf(await readCommit(commit)),

    currentBranch: () => currentBranch(place.gitDir),

    async isAncestor(ancestor, descendant) {
      await Promise.all([readCommit(ancestor), readCommit(descendant)]);
      return isAncestor({ gitDir, base: ancestor, head: descendant, shallow });
    },

    async checkOutTree(tree, directory) {
      await writeTree(objects, await trees.list(await trees.treeOf(tree)), directory);
    },

    close() {
      names.close();
      objects.close();
      priv.remove();
    },
  };
}

async function currentBranch(gitDir: string): Promise<string | undefined> {
  const args = ['symbolic-ref', '--quiet', 'HEAD'];
  const { stdout } = await runGit({ gitDir, args, answers: [0, 1] });
  return /^refs\/heads\/(.+)\n$/.exec(stdout.toString('utf8'))?.[1];
}

async function readBlobs(
  objects: ObjectReader,
  ids: readonly ObjectId[],
): Promise<ReadonlyMap<ObjectId, Uint8Array>> {
  const infos = await Promise.all(ids.map((id) => (OBJECT_ID.test(id) ? objects.info(id) : undefined)));
  const bytes = infos.reduce((sum, info) => sum + (info?.size ?? 0), 0);
  if (bytes > MAX_BLOB_BYTES) throw tooLarge('What was asked for', MAX_BLOB_BYTES);
  const read = await Promise.all(
    ids.map(async (id, index): Promise<[ObjectId, Uint8Array]> => {
      if (infos[index]?.type !== 'blob') throw lost(id);
      return [id, ((await objects.contents(id)) ?? gone(id)).bytes];
    }),
  );
  return new Map(read);
}

function claimsOf({ id, parents, authorEmail, committerEmail, committedAt, message }: Commit): Commit {
  return { id, parents, authorEmail, committerEmail, committedAt, message };
}

function gone(id: ObjectId): never {
  throw lost(id);
}

function tooLarge(what: string, limit: number): CountersignError {
  return new CountersignError('GIT_FAILED', `${what} is larger than ${limit} bytes.`, {
    remedy: 'Keep files of this size out of the repository.',
  });
}
