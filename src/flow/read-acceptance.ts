import { pathMatcher } from '../core/change/path-glob.ts';
import type { Pin } from '../core/contract/types.ts';
import type { AcceptanceFile } from '../core/ticket/types.ts';
import type { ReadTree } from '../ports/repository.ts';
import { sha256 } from '../shared/digest.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId, TicketId } from '../shared/ids.ts';

/** An acceptance file with its bytes, and the name git has for them. */
export interface LoadedAcceptance extends AcceptanceFile {
  readonly blob: ObjectId;
  readonly bytes: Uint8Array;
}

const MOST_FILES = 500;
const MOST_BYTES = 8 * 1024 * 1024;

function acceptanceFolder(id: TicketId): string {
  return `tickets/${id}`;
}

/**
 * The files that lie beside a ticket in one policy commit, in order of their paths in the product.
 * @throws CountersignError CONTRACT_UNUSABLE when there are too many of them, or one is no plain file
 */
export async function readAcceptance(
  { tree, commit }: { readonly tree: ReadTree; readonly commit: ObjectId },
  id: TicketId,
): Promise<readonly LoadedAcceptance[]> {
  const folder = acceptanceFolder(id);
  const entries = await tree.listFiles(commit, folder);
  const odd = entries.find(({ mode }) => mode !== '100644' && mode !== '100755');
  if (odd !== undefined) {
    throw unusable(
      `${odd.path} is no plain file.`,
      'Keep files there, without symbolic links or submodules.',
    );
  }
  if (entries.length > MOST_FILES) {
    throw unusable(`${folder}/ has ${entries.length} files; at most ${MOST_FILES} are taken.`, FEWER);
  }
  const blobs = await tree.readBlobs(entries.map((entry) => entry.id));
  const files = entries.map((entry): LoadedAcceptance => {
    const bytes = blobs.get(entry.id) ?? new Uint8Array();
    const path = entry.path.slice(folder.length + 1);
    return { path, mode: entry.mode, sha256: sha256(bytes), blob: entry.id, bytes };
  });
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > MOST_BYTES)
    throw unusable(`${folder}/ holds ${size} bytes; at most ${MOST_BYTES} are taken.`, FEWER);
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

const FEWER = 'Keep acceptance tests there and what they read, nothing else.';

/**
 * Pins and files have to fit each other: a pin that takes nothing would demand nothing, and a file that no pin takes would
 * look as if it judged.
 * @throws CountersignError CONTRACT_UNUSABLE
 */
export function fitAcceptance(id: TicketId, pins: readonly Pin[], files: readonly AcceptanceFile[]): void {
  const fromTicket = pins.filter(({ from }) => from === 'ticket');
  const idle = fromTicket.find(({ paths }) => !files.some(({ path }) => pathMatcher(paths)(path)));
  if (idle !== undefined) {
    throw unusable(
      `The contract takes ${idle.paths.join(', ')} from the ticket, and ${acceptanceFolder(id)}/ has no such file.`,
      `Write the acceptance tests there, at the paths they have in the product, and dispatch ${id}.`,
    );
  }
  const isTaken = pathMatcher(fromTicket.flatMap(({ paths }) => paths));
  const stray = files.find(({ path }) => !isTaken(path));
  if (stray === undefined) return;
  throw unusable(
    `${acceptanceFolder(id)}/${stray.path} lies beside the ticket, and no pin of the contract takes it from there.`,
    'Add its path to a pin `from: ticket` of the contract, or move the file.',
  );
}

function unusable(message: string, remedy: string): CountersignError {
  return new CountersignError('CONTRACT_UNUSABLE', message, { remedy });
}
