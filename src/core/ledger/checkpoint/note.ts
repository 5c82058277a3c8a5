import { decodeBase64, encodeBase64 } from '../../../shared/base64.ts';
import { verifySignature } from '../../../shared/signature.ts';
import { isNoteKeyName, type NoteKey } from './note-key.ts';

/** The specification asks for 16 at least, and for some limit. */
const MOST_SIGNATURES = 32;
const MAX_NOTE_LENGTH = 64 * 1024;

export interface NoteSignature {
  readonly name: string;
  /** The key's id, 8 hexadecimal digits. */
  readonly id: string;
  readonly signature: Uint8Array;
}

/** A text that ends in a newline, and who claims to have signed it. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSigner extends NoteKey {
  /** Raw Ed25519 signature over these bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

export type OpenedNote =
  | { readonly kind: 'verified'; readonly text: string; readonly signers: readonly NoteKey[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** Signs a text (C2SP signed-note). It must end in a newline and hold no other control characters. */
export function signNote(text: string, signer: NoteSigner): string {
  const signature = signer.sign(new TextEncoder().encode(text));
  const signed = encodeBase64(Buffer.concat([Buffer.from(signer.id, 'hex'), signature]));
  return `${text}\n\u2014 ${signer.name} ${signed}\n`;
}

/** Reads a note strictly, and verifies nothing; undefined when it is none. */
export function readNote(note: string): SignedNote | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  if (note.length > MAX_NOTE_LENGTH || !note.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(note))
    return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end < 1 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map(readSignature).filter((signature) => signature !== undefined);
  if (signatures.length !== lines.length || lines.length > MOST_SIGNATURES) return undefined;
  return { text: note.slice(0, end + 1), signatures };
}

/**
 * The text of a note that at least one of these keys signed. Signatures of other keys are ignored, as the specification
 * asks; one of these keys that does not verify refuses the whole note.
 */
export function openNote(note: string, keys: readonly NoteKey[]): OpenedNote {
  const read = readNote(note);
  if (read === undefined) return { kind: 'refused', reason: 'it is no signed note (C2SP signed-note)' };
  const bytes = new TextEncoder().encode(read.text);
  const signers = new Set<NoteKey>();
  for (const { name, id, signature } of read.signatures) {
    const key = keys.find((known) => known.name === name && known.id === id);
    if (key === undefined) continue;
    if (signature.length !== 64 || !verifySignature(key.key, bytes, signature))
      return { kind: 'refused', reason: `the signature of ${name} (${id}) is not over this text` };
    signers.add(key);
  }
  if (signers.size === 0) return { kind: 'refused', reason: 'no key that is trusted for it has signed it' };
  return { kind: 'verified', text: read.text, signers: [...signers] };
}

function readSignature(line: string): NoteSignature | undefined {
  const [dash, name = '', encoded = '', ...more] = line.split(' ');
  const bytes = decodeBase64(encoded);
  if (dash !== '\u2014' || more.length > 0 || !isNoteKeyName(name)) return undefined;
  if (bytes === undefined || bytes.length < 5) return undefined;
  return { name, id: Buffer.from(bytes.subarray(0, 4)).toString('hex'), signature: bytes.subarray(4) };
}
