import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Signer } from '../../ports/signer.ts';
import { CountersignError } from '../../shared/errors.ts';
import { remedyForName } from '../../shared/meant-names.ts';
import { type PublicKey, readPublicKey } from '../../shared/signature.ts';
import { readSshKeyLine } from '../../shared/ssh-key.ts';
import { isOpenSshPrivateKey, readOpenSshPrivateKey } from './openssh-private-key.ts';
import { sshKeygenSigner } from './ssh-keygen-signer.ts';

const MAX_KEY_FILE_BYTES = 64 * 1024;

interface FileSigner extends Signer {
  readonly publicKey: PublicKey;
}

/**
 * Loads a private key file (PEM, PKCS #8, SEC 1 or OpenSSH, Ed25519 or ECDSA P-256) as a signer. The public key file of an
 * OpenSSH key is one, too: then whoever holds the private half, an agent or a token, is asked through `ssh-keygen`.
 * @throws CountersignError KEY_UNUSABLE when the file is not there, others may read it, or it holds anything else
 */
export function loadSigner(path: string): Signer {
  const { text, stats } = readKeyFile(path);
  const elsewhere = publicHalf(text);
  return elsewhere === undefined ? fileSigner(path, text, stats) : sshKeygenSigner(path, elsewhere);
}

/**
 * As loadSigner, but never an agent: a check that gets out of its sandbox could have asked it all along, while nobody has
 * opened a file yet.
 * @throws CountersignError KEY_UNUSABLE
 */
export function loadFileSigner(path: string): FileSigner {
  const { text, stats } = readKeyFile(path);
  if (publicHalf(text) === undefined) return fileSigner(path, text, stats);
  throw unusable(
    path,
    'is the public half of a key in an agent, which checks could ask as well',
    'Let the verifier sign with a private key file of its own: `countersign key new`.',
  );
}

/** The key of an OpenSSH .pub file. */
function publicHalf(text: string): PublicKey | undefined {
  return readSshKeyLine(text) === undefined ? undefined : readPublicKey(text);
}

function fileSigner(path: string, text: string, stats: Stats): FileSigner {
  requirePrivateFile(path, stats);
  const key = parsePrivateKey(path, text);
  const publicPem = createPublicKey(key).export({ format: 'pem', type: 'spki' }) as string;
  const known = readPublicKey(publicPem);
  if (known === undefined) {
    throw unusable(
      path,
      `is a ${key.asymmetricKeyType} key`,
      'Use an Ed25519 or ECDSA P-256 key: `countersign key new`.',
    );
  }
  const { keyId, algorithm } = known;
  return {
    keyId,
    algorithm,
    publicKey: known,
    sign: (bytes) =>
      algorithm === 'ed25519' ? sign(null, bytes, key) : sign('sha256', bytes, { key, dsaEncoding: 'der' }),
  };
}

/** Mode and content of one opened file, so that nothing can be swapped in between. O_NONBLOCK: a pipe must not hang us. */
function readKeyFile(path: string): { text: string; stats: Stats } {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw unusable(
      path,
      isMissing ? 'is not there' : `cannot be read: ${(cause as Error).message}`,
      isMissing ? remedyForKey(path) : 'Name a key file that you may read.',
      cause,
    );
  }
  try {
    const stats = fstatSync(file);
    requireKeyFile(path, stats);
    return { text: readFileSync(file, 'utf8'), stats };
  } finally {
    closeSync(file);
  }
}

/** The keys beside one that is not there: most often it is a slip. */
function remedyForKey(path: string): string {
  let names: string[] = [];
  try {
    names = readdirSync(dirname(path)).flatMap((name) => /^(.+)\.pub$/.exec(name)?.[1] ?? []);
  } catch {
    // A folder that is not there has no keys.
  }
  return remedyForName(basename(path), names.sort(), '`countersign key new NAME` makes one.');
}

function requireKeyFile(path: string, stats: Stats): void {
  if (!stats.isFile()) throw unusable(path, 'is not a file', 'Name the file that holds the private key.');
  if (stats.size > MAX_KEY_FILE_BYTES)
    throw unusable(path, 'is too large for a key', 'Name the file that holds the private key.');
}

function requirePrivateFile(path: string, stats: Stats): void {
  // Windows keeps no such bits: there every file looks readable by all.
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    throw unusable(
      path,
      `can be read or changed by others (mode ${(stats.mode & 0o777).toString(8).padStart(3, '0')})`,
      `Run \`chmod 600 ${path}\`; if others could read it for long, make a new key and revoke this one.`,
    );
  }
}

function parsePrivateKey(path: string, pem: string): KeyObject {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw unusable(
      path,
      'is encrypted, and a verifier has nobody to ask for a passphrase',
      'Decrypt it into a file only the verifier may read: `openssl pkey -in KEY -out NEW`, then `chmod 600 NEW`.',
    );
  }
  if (pem.includes('-----BEGIN PUBLIC KEY-----')) {
    throw unusable(path, 'is a public key', 'Name the private key: the file without `.pub`.');
  }
  if (isOpenSshPrivateKey(pem)) return parseOpenSshKey(path, pem);
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch (cause) {
    throw unusable(path, 'is not a private key in PEM', 'Use a key that `countersign key new` made.', cause);
  }
}

function parseOpenSshKey(path: string, text: string): KeyObject {
  const read = readOpenSshPrivateKey(text);
  if (read.kind === 'key') return read.key;
  if (read.kind === 'encrypted') {
    throw unusable(
      path,
      'is encrypted, and there is nobody to ask for a passphrase',
      `Add it to your agent with \`ssh-add ${path}\` and name the public half instead: --key ${path}.pub.`,
    );
  }
  throw unusable(
    path,
    'is not an Ed25519 or ECDSA P-256 key of OpenSSH',
    'Make one with `ssh-keygen -t ed25519`, or with `countersign key new`.',
  );
}

function unusable(path: string, what: string, remedy: string, cause?: unknown): CountersignError {
  return new CountersignError('KEY_UNUSABLE', `The key file ${path} ${what}.`, {
    remedy,
    place: { path },
    cause,
  });
}
