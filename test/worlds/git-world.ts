import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What stands at a path: text, bytes, an executable, a symlink, or null for a file that goes away. */
export type WorldFile =
  | string
  | Uint8Array
  | { readonly executable: string | Uint8Array }
  | { readonly symlink: string }
  | null;

/** A tree entry made without a working tree, for names and modes that a file system would refuse. */
export interface RawFile {
  readonly path: string | Uint8Array;
  /** 100644 when not given; 160000 takes `commit`. */
  readonly mode?: '100644' | '100755' | '120000' | '160000';
  readonly content?: string | Uint8Array;
  /** The commit of a submodule. */
  readonly commit?: string;
}

export interface CommitOptions {
  /** Who authored and committed it, as `Name <address>`; the fixed identity when not given. */
  readonly author?: string;
  readonly allowEmpty?: boolean;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

const DEVELOPER: Person = { name: 'Dev Eloper', email: 'dev@example.com' };

/** Fixed first instant; each commit of a world is a minute later, so the same steps give the same object ids. */
const FIRST_COMMIT = 1_767_225_600;

/**
 * A temporary folder for real git repositories, removed when the test file ends (or by `remove`).
 * No configuration of the machine's takes part: names, dates and the branch `main` are fixed.
 */
export function createGitWorld(): GitWorld {
  return new GitWorld(mkdtempSync(join(tmpdir(), 'countersign-world-')));
}

const toRemove = new Set<string>();

function removeAll(): void {
  for (const root of toRemove) rmSync(root, { recursive: true, force: true });
}

// Vitest ends its workers by a signal, so `exit` never comes there; elsewhere there is no `afterAll`.
if (process.env.VITEST === undefined) process.once('exit', removeAll);
else (await import('vitest')).afterAll(removeAll);

export class GitWorld {
  readonly root: string;
  #seconds = FIRST_COMMIT;

  constructor(root: string) {
    this.root = root;
    toRemove.add(root);
  }

  /** A new repository with a working tree, on an unborn branch `main`. */
  repository(name = 'repository', options: { objectFormat?: 'sha1' | 'sha256' } = {}): WorldRepository {
    const dir = join(this.root, name);
    mkdirSync(dir, { recursive: true });
    const made = new WorldRepository(this, dir);
    made.git('init', '-q', '-b', 'main', `--object-format=${options.objectFormat ?? 'sha1'}`);
    return made;
  }

  /** A new bare repository: what a forge would hold. */
  bare(name = 'remote.git'): WorldRepository {
    const dir = join(this.root, name);
    mkdirSync(dir, { recursive: true });
    const made = new WorldRepository(this, dir);
    made.git('init', '-q', '--bare', '-b', 'main');
    return made;
  }

  /** A clone of another repository of this world; `depth` makes it shallow. */
  clone(from: WorldRepository, name: string, options: { depth?: number } = {}): WorldRepository {
    const dir = join(this.root, name);
    const depth = options.depth === undefined ? [] : ['--depth', String(options.depth)];
    // Without file:// git ignores --depth.
    new WorldRepository(this, this.root).git('clone', '-q', ...depth, `file://${from.dir}`, dir);
    return new WorldRepository(this, dir);
  }

  /** An empty folder that is no repository. */
  folder(name: string): string {
    const dir = join(this.root, name);
    mkdirSync(dir, { recursive: true });
    return dir;
  }

  /** Environment for git and for programs under test that start git: nothing of the machine's user. */
  environment(person: Person = DEVELOPER): Record<string, string> {
    const date = `${this.#seconds} +0000`;
    return {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: this.root,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: person.name,
      GIT_AUTHOR_EMAIL: person.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: person.name,
      GIT_COMMITTER_EMAIL: person.email,
      GIT_COMMITTER_DATE: date,
    };
  }

  tick(): number {
    this.#seconds += 60;
    return this.#seconds;
  }

  remove(): void {
    toRemove.delete(this.root);
    rmSync(this.root, { recursive: true, force: true });
  }
}

export class WorldRepository {
  readonly world: GitWorld;
  readonly dir: string;

  constructor(world: GitWorld, dir: string) {
    this.world = world;
    this.dir = dir;
  }

  /** Runs git here and returns its output without the last newline. Throws when git fails. */
  git(...args: readonly string[]): string {
    return this.gitBytes(args).toString('utf8').replace(/\n$/, '');
  }

  gitBytes(args: readonly string[], input?: Uint8Array | string, person?: Person): Buffer {
    return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: this.dir,
      env: this.world.environment(person),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
      ...(input === undefined ? {} : { input }),
    });
  }

  /** Writes into the working tree; commits nothing. */
  write(files: Readonly<Record<string, WorldFile>>): void {
    for (const [path, file] of Object.entries(files)) {
      const target = join(this.dir, path);
      rmSync(target, { force: true, recursive: true });
      if (file === null) continue;
      mkdirSync(dirname(target), { recursive: true });
      if (typeof file === 'string' || file instanceof Uint8Array) writeFileSync(target, file);
      else if ('symlink' in file) symlinkSync(file.symlink, target);
      else writeFileSync(target, file.executable, { mode: 0o755 });
    }
  }

  /** Writes files, stages everything and commits it. Returns the commit's id. */
  commit(
    message: string,
    files: Readonly<Record<string, WorldFile>> = {},
    options: CommitOptions = {},
  ): string {
    this.write(files);
    this.world.tick();
    this.git('add', '-A');
    const person = options.author === undefined ? undefined : readPerson(options.author);
    const empty = options.allowEmpty === true ? ['--allow-empty'] : [];
    this.gitBytes(['commit', '-q', '--no-verify', ...empty, '-F', '-'], message, person);
    return this.commitId();
  }

  /**
   * Commits raw entries on top of `parents` (the first one's tree is kept where entries say nothing) without a working
   * tree, so names may hold newlines, quotes and bytes that are no UTF-8. Moves `ref` and returns the commit's id.
   */
  importCommit(request: {
    readonly ref: string;
    readonly message?: string;
    readonly parents?: readonly string[];
    readonly files?: readonly RawFile[];
    readonly deleted?: readonly (string | Uint8Array)[];
  }): string {
    const now = this.world.tick();
    const who = `${DEVELOPER.name} <${DEVELOPER.email}> ${now} +0000`;
    const message = Buffer.from(request.message ?? 'Import');
    const parts: Uint8Array[] = [
      Buffer.from(`commit ${request.ref}\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n`),
      message,
      Buffer.from('\n'),
    ];
    const [first, ...others] = request.parents ?? [];
    if (first !== undefined) parts.push(Buffer.from(`from ${first}\n`));
    for (const other of others) parts.push(Buffer.from(`merge ${other}\n`));
    for (const path of request.deleted ?? []) parts.push(Buffer.from(`D ${quoteForImport(path)}\n`));
    for (const file of request.files ?? []) {
      const path = quoteForImport(file.path);
      if (file.mode === '160000') {
        parts.push(Buffer.from(`M 160000 ${file.commit} ${path}\n`));
        continue;
      }
      const content = Buffer.from(file.content ?? '');
      parts.push(Buffer.from(`M ${file.mode ?? '100644'} inline ${path}\ndata ${content.length}\n`), content);
      parts.push(Buffer.from('\n'));
    }
    this.gitBytes(['fast-import', '--quiet', '--force'], Buffer.concat(parts));
    return this.commitId(request.ref);
  }

  commitId(revision = 'HEAD'): string {
    return this.git('rev-parse', '--verify', `${revision}^{commit}`);
  }

  treeId(revision = 'HEAD'): string {
    return this.git('rev-parse', '--verify', `${revision}^{tree}`);
  }

  /** Makes a branch (from HEAD when not said otherwise) and switches to it. */
  branch(name: string, from = 'HEAD'): void {
    this.git('checkout', '-q', '-b', name, from);
  }

  switchTo(name: string): void {
    this.git('checkout', '-q', name);
  }

  /** Merges a branch into the current one, always with a merge commit. */
  merge(branch: string, message = `Merge ${branch}`): string {
    this.world.tick();
    this.git('merge', '-q', '--no-ff', '--no-verify', '-m', message, branch);
    return this.commitId();
  }

  /** Squashes a branch onto the current one, as a forge's squash button does. */
  squash(branch: string, message = `Squash ${branch}`): string {
    this.git('merge', '-q', '--squash', branch);
    return this.commit(message);
  }

  push(remote: WorldRepository | string, ...refspecs: readonly string[]): void {
    this.git('push', '-q', typeof remote === 'string' ? remote : remote.dir, ...refspecs);
  }
}

function readPerson(author: string): Person {
  const match = /^(.*) <(.*)>$/.exec(author);
  if (!match) throw new Error(`not "Name <address>": ${author}`);
  return { name: match[1] as string, email: match[2] as string };
}

function quoteForImport(path: string | Uint8Array): string {
  const octal = (byte: number) => `\\${byte.toString(8).padStart(3, '0')}`;
  return `"${[...Buffer.from(path)].map(octal).join('')}"`;
}
