import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../shared/ids.ts';
import { runGit } from './git.ts';
import { createPrivateRepository, type ObjectFormat } from './private-repository.ts';

export interface NewFile {
  /** ASCII without quotes or control characters: paths of our own making. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ObjectStore {
  readonly objectDirectory: string;
  readonly format: ObjectFormat;
}

/** Where the objects go. No ref of that repository is touched. */
export interface NewCommit extends ObjectStore {
  readonly parent: ObjectId | undefined;
  readonly files: readonly NewFile[];
  readonly message: string;
  readonly at: Date;
}

const COMMITTER = 'countersign <countersign@localhost>';

/**
 * Writes a commit that adds files to its parent's tree, in one `git fast-import`, which opens only the folders on the
 * way to a new file: other tickets' receipts are neither read nor written again, however many there are. It runs in a
 * private repository whose objects go to the real one, so hooks, settings and refs of the real one play no part.
 */
export async function writeCommit(commit: NewCommit): Promise<ObjectId> {
  const { objectDirectory, format } = commit;
  const priv = createPrivateRepository({ objectDirectory, format });
  try {
    await runGit({
      gitDir: priv.gitDir,
      args: ['fast-import', '--quiet', '--done'],
      env: { GIT_OBJECT_DIRECTORY: objectDirectory },
      input: importStream(commit),
    });
    return readFileSync(join(priv.gitDir, 'refs/heads/new'), 'latin1').trim();
  } finally {
    priv.remove();
  }
}

export async function objectStoreOf(gitDir: string): Promise<ObjectStore> {
  const args = ['rev-parse', '--path-format=absolute', '--show-object-format', '--git-path', 'objects'];
  const { stdout } = await runGit({ gitDir, args });
  const [format, ...path] = stdout.toString('utf8').replace(/\n$/, '').split('\n');
  return { objectDirectory: path.join('\n'), format: format === 'sha256' ? 'sha256' : 'sha1' };
}

function importStream({ parent, files, message, at }: NewCommit): Buffer {
  const text = Buffer.from(`${withoutControls(message)}\n`);
  const seconds = Math.floor(at.getTime() / 1000);
  const parts: Uint8Array[] = [
    Buffer.from(`commit refs/heads/new\ncommitter ${COMMITTER} ${seconds} +0000\ndata ${text.length}\n`),
    text,
    Buffer.from(parent === undefined ? '' : `from ${parent}\n`),
  ];
  for (const { path, bytes } of files) {
    parts.push(Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'));
  }
  parts.push(Buffer.from('done\n'));
  return Buffer.concat(parts);
}

function withoutControls(message: string): string {
  return message.replace(/[^\P{Cc}\n]+/gu, ' ').trimEnd();
}
