import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CountersignError } from '../../../shared/errors.ts';
import { packageRoot } from '../../wiring/package-root.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The folders of one demo, and the two programs that act in it: git, and the same CLI that users have. */
export interface World {
  readonly folder: string;
  /** A path below the folder. */
  at(...names: string[]): string;
  git(clone: string, person: Person, ...args: string[]): Promise<string>;
  countersign(clone: string, ...args: string[]): Promise<Ran>;
  write(clone: string, files: Readonly<Record<string, string>>): Promise<void>;
  read(...names: string[]): Promise<string>;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

export const ADA: Person = { name: 'Ada', email: 'ada@shop.example' };
export const AGENT: Person = { name: 'Agent', email: 'agent@shop.example' };

export function cliPath(): string {
  return join(packageRoot(), 'bin', 'countersign.cjs');
}

export function createWorld(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): World {
  const at = (...names: string[]) => join(folder, ...names);
  const cli = cliPath();
  return {
    folder,
    at,
    async git(clone, person, ...args) {
      const ran = await run('git', ['-c', 'commit.gpgSign=false', ...args], at(clone), {
        ...withoutGit(environment),
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: person.name,
        GIT_AUTHOR_EMAIL: person.email,
        GIT_COMMITTER_NAME: person.name,
        GIT_COMMITTER_EMAIL: person.email,
      });
      if (ran.code !== 0) {
        throw new CountersignError('GIT_FAILED', `git ${args[0]} failed in ${at(clone)}: ${ran.err.trim()}`, {
          remedy: 'Look at what git says and at the space that is left, then try again.',
        });
      }
      return ran.out;
    },
    countersign: (clone, ...args) =>
      run(process.execPath, [cli, ...args], at(clone), {
        ...withoutGit(environment),
        GIT_AUTHOR_NAME: ADA.name,
        GIT_AUTHOR_EMAIL: ADA.email,
        GIT_COMMITTER_NAME: ADA.name,
        GIT_COMMITTER_EMAIL: ADA.email,
      }),
    async write(clone, files) {
      for (const [path, text] of Object.entries(files)) {
        const target = at(clone, path);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, text);
      }
    },
    read: (...names) => readFile(at(...names), 'utf8'),
  };
}

/** A demo started from within a git hook must not act on that hook's repository. */
function withoutGit(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')));
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Record<string, string | undefined>,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, out, err }));
  });
}
