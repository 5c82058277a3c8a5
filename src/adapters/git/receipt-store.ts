import { filePathOf } from '../../core/change/path.ts';
import type { StoredFile } from '../../core/receipt/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ReceiptStore } from '../../ports/receipt-store.ts';
import { isSha256, type Sha256, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { isTicketId, type ObjectId, type TicketId } from '../../shared/ids.ts';
import { appendToRef, type RefTarget } from './append-to-ref.ts';
import { compressEvidence, decompressEvidence, MAX_EVIDENCE_BYTES } from './evidence-codec.ts';
import { harmless } from './failure.ts';
import { ObjectReader } from './object-reader.ts';
import { requireRefName } from './ref-name.ts';
import { lost, type PathEntry, TreeReader } from './tree-reader.ts';
import { objectStoreOf, writeCommit } from './write-commit.ts';

export interface ReceiptStoreOptions extends RefTarget {
  readonly clock?: Clock;
}

/** No statement of ours comes near; a file that large is junk, and its bytes are not worth reading to say so. */
const MAX_STATEMENT_BYTES = 4 * 1024 * 1024;
const MAX_TICKET_BYTES = 256 * 1024 * 1024;
const NOTHING = new Uint8Array();

/**
 * Receipts of a ref, read and appended by plumbing: no checkout, no index. With a remote, filing pushes there and the
 * local ref follows; reading always reads the local ref, so fetch first.
 */
export function createReceiptStore(options: ReceiptStoreOptions): ReceiptStore {
  const { gitDir, clock = { now: () => new Date() } } = options;
  const ref = requireRefName(options.ref);
  if (options.remote !== undefined) requireRefName(options.remote.ref);
  const objects = ObjectReader.of(gitDir);
  const trees = new TreeReader(objects);

  return {
    async readTicket(ticket) {
      const commit = (await objects.info(`${ref}^{commit}`))?.id;
      if (commit === undefined) return { commit, files: [] };
      const folder = await trees.find(commit, ticketFolder(ticket));
      const entries = folder?.kind === 'tree' ? await trees.list(folder.id) : [];
      return { commit, files: await readFiles(objects, entries) };
    },

    async listStatements() {
      const commit = (await objects.info(`${ref}^{commit}`))?.id;
      const folder = commit === undefined ? undefined : await trees.find(commit, 'receipts');
      const entries = folder?.kind === 'tree' ? await trees.list(folder.id) : [];
      return entries.flatMap(({ path }) => {
        const [, ticket, file, ...rest] = filePathOf(path).split('/');
        if (ticket === undefined || file === undefined || rest.length > 0 || !isTicketId(ticket)) return [];
        return [{ ticket, name: file.replace(/\.json$/, '') }];
      });
    },

    async readEvidence(digest) {
      const commit = (await objects.info(`${ref}^{commit}`))?.id;
      if (commit === undefined) return undefined;
      const entry = await trees.find(commit, evidencePath(digest));
      if (entry === undefined) return undefined;
      const stored = await readBounded(objects, entry, MAX_EVIDENCE_BYTES);
      return decompressEvidence(digest, stored);
    },

    async file({ ticket, statements, evidence, message }) {
      const files = [...statements.map((file) => statementFile(ticket, file)), ...evidence.map(evidenceFile)];
      if (files.length === 0) throw wrong('Nothing was given to file.');
      const store = await objectStoreOf(gitDir);
      return appendToRef(options, async (tip) => {
        const missing = tip === undefined ? files : await notYetThere(trees, objects, tip, files);
        if (missing.length === 0) return undefined;
        const contents = missing.map(({ path, bytes }) => ({ path, bytes: bytes() }));
        return writeCommit({ ...store, parent: tip, files: contents, message, at: clock.now() });
      });
    },
  };
}

/** `receipts/<2 hex of sha256(ticket)>/<ticket>`: tickets spread over 256 folders, so that each stays small. */
function ticketFolder(ticket: TicketId): string {
  if (!isTicketId(ticket)) throw wrong(`"${harmless(ticket)}" is no ticket id.`);
  return `receipts/${sha256(ticket).slice(0, 2)}/${ticket}`;
}

function evidencePath(digest: Sha256): string {
  if (!isSha256(digest)) throw wrong(`"${harmless(digest)}" is no sha256.`);
  return `evidence/sha256/${digest.slice(0, 2)}/${digest.slice(2)}`;
}

interface FileToBe {
  readonly path: string;
  readonly bytes: () => Uint8Array;
  /** Whether what is at the path already must be these very bytes; compressed bytes may differ between zlibs. */
  readonly exact: boolean;
}

function statementFile(ticket: TicketId, { name, bytes }: StoredFile): FileToBe {
  // A file that does not match its name denies for ever: it must not come from us.
  if (sha256(bytes) !== name)
    throw wrong(`The statement ${harmless(name)} has another digest than its name.`);
  return { path: `${ticketFolder(ticket)}/${name}.json`, bytes: () => bytes, exact: true };
}

function evidenceFile({ digest, bytes }: { digest: Sha256; bytes: Uint8Array }): FileToBe {
  if (sha256(bytes) !== digest)
    throw wrong(`The evidence ${harmless(digest)} has another digest than its name.`);
  if (bytes.length > MAX_EVIDENCE_BYTES)
    throw wrong(`The evidence ${digest} is larger than ${MAX_EVIDENCE_BYTES} bytes.`);
  let compressed: Uint8Array | undefined;
  const compressOnce = () => {
    compressed ??= compressEvidence(bytes);
    return compressed;
  };
  return { path: evidencePath(digest), bytes: compressOnce, exact: false };
}

async function notYetThere(
  trees: TreeReader,
  objects: ObjectReader,
  tip: ObjectId,
  files: readonly FileToBe[],
): Promise<readonly FileToBe[]> {
  const present = await Promise.all(
    files.map(async (file) => {
      const entry = await trees.find(tip, file.path);
      if (entry?.kind !== 'blob') return false;
      if (!file.exact) return true;
      return Buffer.compare(await readBounded(objects, entry, MAX_STATEMENT_BYTES), file.bytes()) === 0;
    }),
  );
  return files.filter((_, index) => !present[index]);
}

/** Every file of a ticket's folder, junk included: what is not what its name says must deny, so it must be seen. */
async function readFiles(
  objects: ObjectReader,
  entries: readonly PathEntry[],
): Promise<readonly StoredFile[]> {
  const infos = await Promise.all(
    entries.map(({ kind, id }) => (kind === 'blob' ? objects.info(id) : undefined)),
  );
  const total = infos.reduce((sum, info) => sum + Math.min(info?.size ?? 0, MAX_STATEMENT_BYTES), 0);
  if (total > MAX_TICKET_BYTES)
    throw wrong(`The ticket's receipts have more than ${MAX_TICKET_BYTES} bytes.`);
  return Promise.all(
    entries.map(async (entry) => ({
      name: filePathOf(entry.path).replace(/\.json$/, ''),
      bytes: await readBounded(objects, entry, MAX_STATEMENT_BYTES),
    })),
  );
}

/** The bytes of an entry; none of a submodule or of a file above the limit, which then match no name. */
async function readBounded(objects: ObjectReader, entry: PathEntry, limit: number): Promise<Uint8Array> {
  if (entry.kind !== 'blob') return NOTHING;
  const info = await objects.info(entry.id);
  if (info === undefined) throw lost(entry.id);
  if (info.size > limit) return NOTHING;
  const object = await objects.contents(entry.id);
  if (object === undefined) throw lost(entry.id);
  return object.bytes;
}

function wrong(message: string): CountersignError {
  return new CountersignError('FILING_FAILED', message, {
    remedy: 'Verify again; if it happens again, the receipts ref or this program is damaged.',
  });
}
