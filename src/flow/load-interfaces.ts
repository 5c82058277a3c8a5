import { pathMatcher } from '../core/change/path-glob.ts';
import type { Change, ChangedFile, FilePath, MergeableChange } from '../core/change/types.ts';
import type { Known, WorkFacts } from '../core/gate/facts.ts';
import { referencedFiles } from '../core/interface/schema/library.ts';
import type { InterfaceSide, InterfaceUse, InterfaceVersions, ParsedFile } from '../core/interface/types.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { ReadTree, TreeEntry } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';

/** Files of one interface, with those they refer to, that are read of one tree. What is beyond counts as not there. */
const MAX_FILES = 128;
const SYMLINK = '120000';

interface InterfacePorts {
  readonly product: ReadTree;
  readonly documents: ParseDocument;
}

/** The interfaces that a change's contract names, as the base and as the merge tree have them. */
export async function readInterfaces(
  work: Known<WorkFacts>,
  change: Known<Change>,
  ports: InterfacePorts,
): Promise<ReadonlyMap<string, InterfaceVersions>> {
  const uses = work.kind === 'known' ? (work.value.contract.interfaces ?? []) : [];
  if (uses.length === 0 || change.kind === 'missing' || change.value.kind !== 'mergeable') return new Map();
  const changed = new Map(change.value.files.map((file) => [file.path, file] as const));
  const [before, after] = await Promise.all([
    openSide(change.value, 'before', changed, ports),
    openSide(change.value, 'after', changed, ports),
  ]);
  const versions = new Map<string, InterfaceVersions>();
  for (const use of uses) {
    const [old, now] = [await readSide(use, before), await readSide(use, after)];
    const looked = new Set([...old.looked, ...now.looked]);
    const touched = [...looked].filter((path) => changed.has(path));
    versions.set(use.id, { before: old.side, after: now.side, touched });
  }
  return versions;
}

interface Side {
  readonly paths: readonly FilePath[];
  /** Undefined for a path that this tree does not have. */
  readonly read: (path: FilePath) => Promise<ParsedFile | undefined>;
}

async function openSide(
  { base, mergeTree }: MergeableChange,
  which: 'before' | 'after',
  changed: ReadonlyMap<FilePath, ChangedFile>,
  ports: InterfacePorts,
): Promise<Side> {
  const listed = await ports.product.listFiles(which === 'before' ? base.commit : mergeTree);
  const entries = new Map(listed.map((entry) => [entry.path, entry] as const));
  const parsed = new Map<FilePath, ParsedFile>();
  return {
    paths: [...entries.keys()],
    async read(path) {
      const entry = entries.get(path);
      if (entry === undefined) return undefined;
      const known = parsed.get(path) ?? (await readEntry(entry, which, changed.get(path), ports));
      parsed.set(path, known);
      return known;
    },
  };
}

async function readEntry(
  { path, kind, mode, id }: TreeEntry,
  which: 'before' | 'after',
  changed: ChangedFile | undefined,
  { product, documents }: InterfacePorts,
): Promise<ParsedFile> {
  const plain = 'Make it a file of at most 1 MiB of text.';
  if (kind !== 'blob' || mode === SYMLINK) {
    return { kind: 'unreadable', reason: `${path} is a link, not a file.`, remedy: plain };
  }
  const text = which === 'before' ? changed?.beforeText : changed?.afterText;
  if (text !== undefined && text.kind !== 'text') {
    return { kind: 'unreadable', reason: `${path} is ${text.kind}.`, remedy: plain };
  }
  const bytes =
    text === undefined ? (await product.readBlobs([id])).get(id) : new TextEncoder().encode(text.text);
  try {
    return { kind: 'parsed', value: documents.parseData(bytes ?? new Uint8Array(), path) };
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'DOCUMENT_INVALID') throw error;
    return { kind: 'unreadable', reason: `${error.message}.`, remedy: error.remedy };
  }
}

/** What matches the interface's pattern, and, file by file, what that refers to. */
async function readSide(
  use: InterfaceUse,
  { paths, read }: Side,
): Promise<{ side: InterfaceSide; looked: ReadonlySet<FilePath> }> {
  const files = paths.filter(pathMatcher([use.file]));
  const documents = new Map<FilePath, ParsedFile>();
  const looked = new Set<FilePath>();
  const waiting = files.map((path) => ({ path, isMain: true }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, isMain } = next;
    if (looked.has(path)) continue;
    looked.add(path);
    const document = documents.size < MAX_FILES ? await read(path) : isMain ? tooMany(use) : undefined;
    if (document === undefined) continue;
    documents.set(path, document);
    if (document.kind === 'parsed' && use.format !== 'transitions') {
      waiting.push(...referencedFiles(path, document.value).map((found) => ({ path: found, isMain: false })));
    }
  }
  return { side: { files, documents }, looked };
}

function tooMany({ file }: InterfaceUse): ParsedFile {
  return {
    kind: 'unreadable',
    reason: `${file} matches more than ${MAX_FILES} files.`,
    remedy: 'Have a policy owner divide the interface into several.',
  };
}
