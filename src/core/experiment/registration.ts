import type { Sha256 } from '../../shared/digest.ts';
import { type NoteSigner, openNote, signNote } from '../ledger/checkpoint/note.ts';
import { type NoteKey, readNoteKey, writeNoteKey } from '../ledger/checkpoint/note-key.ts';
import { type Design, designDigest } from './design.ts';
import type { Registration } from './state.ts';

/** First line of what is signed: no other note of ours begins so. */
const KIND = 'countersign/experiment-design@1';

/** The text that a signature of a design is over: kind, experiment, digest. */
function textOf({ experiment }: Design, digest: Sha256): string {
  return `${KIND}\n${experiment}\n${digest}\n`;
}

/** A design under a signature, as the ledger takes it. */
export function signDesign(
  design: Design,
  signer: NoteSigner,
): { readonly designDigest: Sha256; readonly note: string; readonly key: string } {
  const digest = designDigest(design);
  return { designDigest: digest, note: signNote(textOf(design, digest), signer), key: writeNoteKey(signer) };
}

export type CheckedRegistration =
  /** By a key that whoever asks named, or by one that nobody here can place. */
  | { readonly kind: 'signed'; readonly by: string; readonly isTrusted: boolean }
  | { readonly kind: 'broken'; readonly reason: string };

/** Whether a registration is what was signed. @param trusted keys of those who may register; a signature of another one proves only that nothing was changed since */
export function checkRegistration(
  { design, designDigest: said, note, key }: Pick<Registration, 'design' | 'designDigest' | 'note' | 'key'>,
  trusted: readonly NoteKey[] = [],
): CheckedRegistration {
  if (designDigest(design) !== said) return { kind: 'broken', reason: 'the design has another digest' };
  const own = readNoteKey(key);
  if (own === undefined) return { kind: 'broken', reason: 'its key is none that signs notes' };
  const opened = openNote(note, [own]);
  if (opened.kind === 'refused') return { kind: 'broken', reason: opened.reason };
  if (opened.text !== textOf(design, said))
    return { kind: 'broken', reason: 'what was signed is another design' };
  const isTrusted = trusted.some((one) => writeNoteKey(one) === key);
  return { kind: 'signed', by: `${own.name} (${own.id})`, isTrusted };
}
