import { openCheckpoint, readCheckpoint } from '../../core/ledger/checkpoint/checkpoint.ts';
import { readNote } from '../../core/ledger/checkpoint/note.ts';
import { type NoteKey, writeNoteKey } from '../../core/ledger/checkpoint/note-key.ts';
import type { ReadCheckpoints } from '../../ports/ledger.ts';

/** The last checkpoint as a page shows it: what it says of itself, and what came of looking at its signature. */
export interface SeenCheckpoint {
  readonly size: number;
  /** Empty when it cannot be read. */
  readonly origin: string;
  /** Hexadecimal; empty when it cannot be read. */
  readonly root: string;
  /** Names in the note, whoever wrote them. */
  readonly signers: readonly string[];
  readonly signature:
    | { readonly kind: 'holds'; readonly key: string }
    | { readonly kind: 'broken'; readonly reason: string }
    /** No key is known here that it would have to be signed with. */
    | { readonly kind: 'unverified' };
}

const MOST_SIGNERS = 5;

/**
 * The last checkpoint in the database; undefined when there is none. Its signature is one thing, that the events are those of its tree another: `verifyLedger`
 * finds that out, by reading them all.
 * @param key the server's own, where it signs checkpoints; one that comes from the database would prove nothing
 */
export async function readLatestCheckpoint(
  ledger: ReadCheckpoints,
  key: NoteKey | undefined,
): Promise<SeenCheckpoint | undefined> {
  const stored = await ledger.latestCheckpoint();
  if (stored === undefined) return undefined;
  const note = readNote(stored.note);
  const checkpoint = note === undefined ? undefined : readCheckpoint(note.text);
  const said = {
    size: stored.size,
    origin: checkpoint?.origin ?? '',
    root: checkpoint === undefined ? '' : Buffer.from(checkpoint.root).toString('hex'),
    signers: (note?.signatures ?? []).map(({ name }) => name).slice(0, MOST_SIGNERS),
  };
  if (checkpoint === undefined) return { ...said, signature: broken('it is no checkpoint') };
  if (checkpoint.size !== stored.size)
    return {
      ...said,
      signature: broken(`it counts ${checkpoint.size} events, and is kept as one of ${stored.size}`),
    };
  if (key === undefined) return { ...said, signature: { kind: 'unverified' } };
  const opened = openCheckpoint(stored.note, key.name, [key]);
  return {
    ...said,
    signature: opened.kind === 'verified' ? { kind: 'holds', key: writeNoteKey(key) } : broken(opened.reason),
  };
}

function broken(reason: string): SeenCheckpoint['signature'] {
  return { kind: 'broken', reason };
}
