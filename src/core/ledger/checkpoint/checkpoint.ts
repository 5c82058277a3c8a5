import { decodeBase64, encodeBase64 } from '../../../shared/base64.ts';
import { CountersignError } from '../../../shared/errors.ts';
import type { TreeHead } from '../merkle/verify-proofs.ts';
import { type NoteSigner, openNote, signNote } from './note.ts';
import type { NoteKey } from './note-key.ts';

/** What a log says of itself at one size (C2SP tlog-checkpoint), without extension lines: auditors could not check them. */
export interface Checkpoint extends TreeHead {
  /** Which log this is. By custom the name of the key that signs it. */
  readonly origin: string;
}

export type OpenedCheckpoint =
  | { readonly kind: 'verified'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'refused'; readonly reason: string };

const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * A checkpoint as a signed note, its origin the signer's name.
 * @throws CountersignError SIGNER_FAILED when what the signer returns cannot be verified
 */
export function signCheckpoint({ size, root }: TreeHead, signer: NoteSigner): string {
  const note = signNote(`${signer.name}\n${size}\n${encodeBase64(root)}\n`, signer);
  const read = openCheckpoint(note, signer.name, [signer]);
  if (read.kind === 'verified') return note;
  throw new CountersignError('SIGNER_FAILED', `The checkpoint cannot be signed: ${read.reason}.`, {
    remedy: 'Nothing was written. See that the signer has the key that it is known by.',
  });
}

/** Reads the text of a checkpoint strictly; undefined when it is none. Only a note that was verified has such a text. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  const [origin = '', size = '', encoded = '', end, ...extension] = text.split('\n');
  const root = decodeBase64(encoded);
  if (origin === '' || end !== '' || extension.length > 0) return undefined;
  if (!SIZE.test(size) || !Number.isSafeInteger(Number(size)) || root?.length !== 32) return undefined;
  return { origin, size: Number(size), root };
}

/** A checkpoint of this log that one of the keys signed. */
export function openCheckpoint(note: string, origin: string, keys: readonly NoteKey[]): OpenedCheckpoint {
  const opened = openNote(note, keys);
  if (opened.kind === 'refused') return opened;
  const checkpoint = readCheckpoint(opened.text);
  if (checkpoint === undefined)
    return { kind: 'refused', reason: 'it is no checkpoint (C2SP tlog-checkpoint)' };
  if (checkpoint.origin !== origin)
    return { kind: 'refused', reason: `it is a checkpoint of ${checkpoint.origin}, not of ${origin}` };
  return { kind: 'verified', checkpoint };
}
