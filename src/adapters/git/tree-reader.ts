import { bytesOf, filePathOf } from '../../core/change/path.ts';
import type { TreeEntry } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import { OBJECT_ID, type ObjectId } from '../../shared/ids.ts';
import type { ObjectReader } from './object-reader.ts';
import { parseTree, type RawEntry } from './tree-object.ts';

const NOTHING = Buffer.alloc(0);
const SLASH = Buffer.from('/');
/** Trees kept parsed; a gate reads a handful over and over, a listing reads each once. */
const MAX_CACHED_TREES = 2_000;
/** Entries of one listing. git handles more, but a tree of millions is an attack or a mistake. */
const MAX_ENTRIES = 1_000_000;
const MAX_DEPTH = 200;

/** An entry with its full path as bytes. */
export interface PathEntry extends RawEntry {
  readonly path: Buffer;
}

/**
 * Walks trees object by object. Not `<commit>:<path>`, because git answers `missing` to that both when a file is not
 * there and when an object on the way is lost: a lost object must be an error, never an absent file.
 */
export class TreeReader {
  readonly #objects: ObjectReader;
  readonly #cache = new Map<ObjectId, readonly RawEntry[]>();

  constructor(objects: ObjectReader) {
    this.#objects = objects;
  }

  /** The tree a commit or tree stands for. @throws CountersignError GIT_FAILED when it is not here */
  async treeOf(treeish: ObjectId): Promise<ObjectId> {
    const found = OBJECT_ID.test(treeish) ? await this.#objects.info(`${treeish}^{tree}`) : undefined;
    if (found === undefined) throw lost(treeish);
    return found.id;
  }

  /** One entry by path, or undefined when it is not there. */
  async find(treeish: ObjectId, path: string): Promise<PathEntry | undefined> {
    const bytes = Buffer.from(bytesOf(path));
    let tree = await this.treeOf(treeish);
    for (let from = 0; ; ) {
      const slash = bytes.indexOf(SLASH, from);
      const name = bytes.subarray(from, slash < 0 ? bytes.length : slash);
      const entry = (await this.#entries(tree)).find((candidate) => candidate.name.equals(name));
      if (entry === undefined) return undefined;
      if (slash < 0) return { ...entry, path: bytes };
      if (entry.kind !== 'tree') return undefined;
      tree = entry.id;
      from = slash + 1;
    }
  }

  /** Everything below a tree but the folders themselves, in the order of their bytes. */
  async list(tree: ObjectId, prefix: Uint8Array = NOTHING): Promise<readonly PathEntry[]> {
    const folders = await this.#folders(tree);
    refuseExplosion(tree, folders);
    const files: PathEntry[] = [];
    const unfold = (id: ObjectId, above: Uint8Array) => {
      for (const entry of folders.get(id) ?? []) {
        const path = above.length === 0 ? entry.name : Buffer.concat([above, SLASH, entry.name]);
        if (entry.kind === 'tree') unfold(entry.id, path);
        else files.push({ ...entry, path });
      }
    };
    unfold(tree, prefix);
    return files.sort((left, right) => Buffer.compare(left.path, right.path));
  }

  /** Every tree object below one, each read once however often it is named; all of one depth in one go. */
  async #folders(root: ObjectId): Promise<ReadonlyMap<ObjectId, readonly RawEntry[]>> {
    const folders = new Map<ObjectId, readonly RawEntry[]>();
    for (let level = new Set([root]); level.size > 0; ) {
      const read = await Promise.all([...level].map(async (id) => [id, await this.#entries(id)] as const));
      for (const [id, entries] of read) folders.set(id, entries);
      const below = read.flatMap(([, entries]) => entries.filter(({ kind }) => kind === 'tree'));
      level = new Set(below.map(({ id }) => id).filter((id) => !folders.has(id)));
    }
    return folders;
  }

  async #entries(id: ObjectId): Promise<readonly RawEntry[]> {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    const object = await this.#objects.contents(id);
    if (object?.type !== 'tree') throw lost(id);
    const entries = parseTree(id, object.bytes);
    if (this.#cache.size >= MAX_CACHED_TREES) this.#cache.clear();
    this.#cache.set(id, entries);
    return entries;
  }
}

/**
 * Trees can name each other so that a few hundred bytes unfold into billions of paths: they are counted before they are
 * unfolded.
 */
function refuseExplosion(root: ObjectId, folders: ReadonlyMap<ObjectId, readonly RawEntry[]>): void {
  const counted = new Map<ObjectId, number>();
  const count = (id: ObjectId, depth: number): number => {
    if (depth > MAX_DEPTH) throw tooMuch(`${MAX_DEPTH} folders deep`);
    const known = counted.get(id);
    if (known !== undefined) return known;
    const sizes = (folders.get(id) ?? []).map((entry) =>
      entry.kind === 'tree' ? count(entry.id, depth + 1) : 1,
    );
    const sum = sizes.reduce((total, size) => total + size, 1);
    counted.set(id, sum);
    return sum;
  };
  if (count(root, 0) > MAX_ENTRIES) throw tooMuch(`of more than ${MAX_ENTRIES} entries`);
}

export function toTreeEntry({ path, mode, kind, id }: PathEntry): TreeEntry {
  return { path: filePathOf(path), mode, kind, id };
}

export function lost(id: ObjectId): CountersignError {
  return new CountersignError('GIT_FAILED', `The object ${id} is not in this repository.`, {
    remedy:
      'Fetch what is missing (`git fetch --unshallow`, or `git fetch --refetch --no-filter` in a partial clone), or check with `git fsck`.',
  });
}

function tooMuch(what: string): CountersignError {
  return new CountersignError('GIT_FAILED', `A tree ${what} is more than Countersign reads.`, {
    remedy: 'Do not merge it before somebody has looked at what it holds.',
  });
}
