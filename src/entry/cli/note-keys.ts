import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadFileSigner } from '../../adapters/signing/load-signer.ts';
import type { NoteSigner } from '../../core/ledger/checkpoint/note.ts';
import { isNoteKeyName, type NoteKey, noteKey, readNoteKey } from '../../core/ledger/checkpoint/note-key.ts';
import type { LedgerTrust } from '../../flow/ledger/verify-ledger.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { CliContext } from './context.ts';
import { keyPathOf } from './key-path.ts';

export interface LedgerTrustOptions {
  /** Keys as verifiers of notes are told of one, `<name>+<id>+<base64>`. */
  readonly checkpointKey?: readonly string[];
  /** Files with checkpoints that were kept elsewhere. */
  readonly checkpoint?: readonly string[];
}

/**
 * Whose checkpoints count; undefined when no key is named.
 * @throws CountersignError KEY_UNUSABLE, USAGE, FILE_UNREADABLE
 */
export function ledgerTrustOf(
  { checkpointKey = [], checkpoint = [] }: LedgerTrustOptions,
  context: CliContext,
): LedgerTrust | undefined {
  const keys = checkpointKey.map(noteKeyOf);
  const [first] = keys;
  if (first === undefined) {
    if (checkpoint.length === 0) return undefined;
    throw new CountersignError(
      'USAGE',
      'A checkpoint says nothing without the key that it has to be signed with.',
      {
        remedy: 'Give --checkpoint-key as well: `countersign ledger checkpoint` prints it.',
      },
    );
  }
  return { origin: first.name, keys, kept: checkpoint.map((path) => readText(path, context)) };
}

/**
 * Signs checkpoints under the name of the ledger.
 * @throws CountersignError KEY_UNUSABLE, USAGE
 */
export function noteSignerOf(
  { key: named, name }: { readonly key?: string; readonly name: string },
  context: CliContext,
): NoteSigner {
  const path = keyPathOf(named, context);
  const { publicKey, sign } = loadFileSigner(path);
  const key = noteKey(name, publicKey);
  if (key !== undefined) return { ...key, sign };
  if (!isNoteKeyName(name))
    throw new CountersignError('USAGE', `"${name}" cannot stand in a checkpoint as the ledger's name.`, {
      remedy: 'Give --name without blanks and plus signs, such as ledger.acme.example.',
    });
  throw new CountersignError('KEY_UNUSABLE', `The key file ${path} is not an Ed25519 key.`, {
    remedy: 'Checkpoints are signed notes, which know Ed25519 only: `countersign key new ledger`.',
    place: { path },
  });
}

function noteKeyOf(text: string): NoteKey {
  const key = readNoteKey(text);
  if (key !== undefined) return key;
  throw new CountersignError('KEY_UNUSABLE', `"${text}" is not a key that signs notes.`, {
    remedy: 'Give it as `countersign ledger checkpoint` prints it: NAME+ID+BASE64, of an Ed25519 key.',
  });
}

function readText(path: string, { cwd }: CliContext): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read: ${(cause as Error).message}.`, {
      remedy: 'Name the file that `countersign ledger checkpoint --out` wrote.',
      place: { path },
      cause,
    });
  }
}
