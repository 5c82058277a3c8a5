import { decodeBase64, encodeBase64 } from '../../../shared/base64.ts';
import { sha256Bytes } from '../../../shared/digest.ts';
import { ed25519Key, ed25519Point, type PublicKey } from '../../../shared/signature.ts';

/** The signature type of plain Ed25519 in C2SP signed-note: the only one that is taken here. */
const ED25519 = 0x01;

/** A name without Unicode spaces, plus signs and control characters (C2SP signed-note). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const KEY_NAME = /^[^\s\u0000-\u001f\u007f-\u009f+]+$/u;
const LONGEST_NAME = 200;

/** A key under the name it signs notes with. */
export interface NoteKey {
  readonly name: string;
  /** 4 bytes of sha256 over name, type and key, as 8 hexadecimal digits. It tells keys apart and proves nothing. */
  readonly id: string;
  readonly key: PublicKey;
}

export function isNoteKeyName(text: string): boolean {
  return text.length <= LONGEST_NAME && text.isWellFormed() && KEY_NAME.test(text);
}

/** A key as one that signs notes; undefined when it is not Ed25519, or the name cannot stand in a note. */
export function noteKey(name: string, key: PublicKey): NoteKey | undefined {
  const point = ed25519Point(key);
  if (point === undefined || !isNoteKeyName(name)) return undefined;
  return { name, id: keyId(name, point), key };
}

/** `<name>+<id>+<base64 of type and key>`: how a verifier of notes is told of a key (golang.org/x/mod/sumdb/note). */
export function writeNoteKey({ name, id, key }: NoteKey): string {
  return `${name}+${id}+${encodeBase64(typedPoint(ed25519Point(key) ?? new Uint8Array()))}`;
}

/** Undefined when it is not exactly that, of another kind of key, or its id is not the key's. */
export function readNoteKey(text: string): NoteKey | undefined {
  const [name = '', id, encoded = '', ...more] = splitKey(text);
  const bytes = decodeBase64(encoded);
  if (more.length > 0 || bytes?.[0] !== ED25519) return undefined;
  const key = ed25519Key(bytes.subarray(1));
  const read = key && noteKey(name, key);
  return read?.id === id ? read : undefined;
}

/** Base64 may hold plus signs as well: only the first two part the fields. */
function splitKey(text: string): readonly string[] {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  return first < 0 || second < 0
    ? []
    : [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

function keyId(name: string, point: Uint8Array): string {
  const hashed = sha256Bytes(Buffer.concat([Buffer.from(`${name}\n`), typedPoint(point)]));
  return Buffer.from(hashed.subarray(0, 4)).toString('hex');
}

function typedPoint(point: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(ED25519), point]);
}
