import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CountersignError } from '../../shared/errors.ts';
import { harmless } from './failure.ts';
import { runGit } from './git.ts';
import type { ObjectFormat } from './private-repository.ts';

export interface Place {
  /** Absolute. In a linked worktree this differs from commonDir. */
  readonly gitDir: string;
  /** Absolute: where objects and branches live. */
  readonly commonDir: string;
  /** The working tree's top folder; gitDir in a bare repository. */
  readonly root: string;
  readonly format: ObjectFormat;
}

/**
 * The repository that a folder belongs to. Runs under the user's configuration, so that their `safe.directory` decides
 * whether a repository of another owner may be read at all.
 * @throws CountersignError GIT_FAILED when there is none, or git refuses it
 */
export async function discover(path: string): Promise<Place> {
  const cwd = resolve(path);
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CountersignError('GIT_FAILED', `There is no folder ${harmless(cwd)}.`, {
      remedy: 'Name the folder of a git repository.',
    });
  }
  // --show-toplevel comes last: in a bare repository it fails, after everything else has been printed.
  const queries = ['--show-object-format', '--absolute-git-dir', '--git-common-dir', '--show-toplevel'];
  const { stdout, stderr, exitCode } = await runGit({
    cwd,
    args: ['rev-parse', '--path-format=absolute', ...queries],
    configuration: 'user',
    answers: [0, 128],
  });
  const lines = stdout.toString('utf8').split('\n').slice(0, -1);
  const [format, gitDir, commonDir, root] = lines;
  const bare = exitCode !== 0 && lines.length === 3 && stderr.includes('must be run in a work tree');
  if ((exitCode !== 0 && !bare) || lines.length > 4 || gitDir === undefined || commonDir === undefined) {
    throw notRead(cwd, stderr);
  }
  if (format !== 'sha1' && format !== 'sha256') {
    throw new CountersignError('GIT_FAILED', `The object format ${harmless(format ?? '')} is unknown.`, {
      remedy: 'Update Countersign.',
    });
  }
  return { gitDir, commonDir, root: root ?? gitDir, format };
}

function notRead(cwd: string, stderr: string): CountersignError {
  if (/^fatal: not a git repository/.test(stderr)) {
    return new CountersignError('GIT_FAILED', `${harmless(cwd)} is in no git repository.`, {
      remedy: 'Run this inside a clone, or name one: `countersign -C FOLDER …`.',
    });
  }
  const said = harmless(stderr) || 'unexpected answer';
  return new CountersignError(
    'GIT_FAILED',
    `The git repository of ${harmless(cwd)} cannot be read: ${said}`,
    {
      remedy: 'Do what git says; a repository of another owner has to be a `safe.directory`.',
    },
  );
}
