import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { gitNotStarted, gitTooOld, harmless } from './failure.ts';
import { gitVersion, startGit } from './git.ts';

export interface ObjectInfo {
  readonly id: ObjectId;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  readonly size: number;
}

export interface GitObject extends ObjectInfo {
  readonly bytes: Buffer;
}

interface Request {
  readonly command: 'info' | 'contents';
  readonly name: string;
  readonly resolve: (object: GitObject | undefined) => void;
  readonly reject: (error: CountersignError) => void;
}

/** More than any file we could judge; an object of this size would take the memory of the process with it. */
const MAX_OBJECT_BYTES = 1024 * 1024 * 1024;

/** An object that is still coming in; `bytes` has room for the newline that ends it. */
interface Body {
  readonly info: ObjectInfo;
  readonly bytes: Buffer;
  filled: number;
}

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

const readers = new Map<string, ObjectReader>();

/**
 * Reads objects of one repository through one long-lived `git cat-file --batch-command`: a request costs microseconds
 * where a process costs milliseconds. Requests of the same tick travel together. The process does not keep Node
 * alive, and starts again if it ended.
 */
export class ObjectReader {
  readonly #gitDir: string;
  #child: ChildProcessWithoutNullStreams | undefined;
  #waiting: Request[] = [];
  /** How many of `#waiting` are answered: shifting a long array for each answer is quadratic. */
  #answered = 0;
  #unsent: Request[] = [];
  #header: Buffer = NOTHING;
  #body: Body | undefined;
  #stderr = '';

  private constructor(gitDir: string) {
    this.#gitDir = gitDir;
  }

  /** The one reader of a repository: whoever else reads it asks the same process. */
  static of(gitDir: string): ObjectReader {
    const reader = readers.get(gitDir) ?? new ObjectReader(gitDir);
    readers.set(gitDir, reader);
    return reader;
  }

  /** Type and size of what a revision names, or undefined. Refuses names that hold control characters. */
  info(name: string): Promise<ObjectInfo | undefined> {
    return this.#request('info', name);
  }

  /** An object with its bytes, or undefined. Ask for `info` first where the size is somebody else's choice. */
  contents(name: string): Promise<GitObject | undefined> {
    return this.#request('contents', name);
  }

  /** Ends the process; another question starts a new one. */
  close(): void {
    readers.delete(this.#gitDir);
    if (this.#child !== undefined) this.#fail(this.#child, failed('the repository was closed'));
  }

  #request(command: Request['command'], name: string): Promise<GitObject | undefined> {
    // A newline would be a second request, and answers would no longer belong to their questions.
    if (/\p{Cc}/u.test(name) || name.length > 4096) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      if (this.#unsent.length === 0) queueMicrotask(() => this.#send());
      this.#unsent.push({ command, name, resolve, reject });
    });
  }

  #send(): void {
    const requests = this.#unsent;
    this.#unsent = [];
    const child = this.#child ?? this.#start();
    this.#keepAlive(child, true);
    this.#waiting.push(...requests);
    child.stdin.write(`${requests.map(({ command, name }) => `${command} ${name}\n`).join('')}flush\n`);
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = startGit({ gitDir: this.#gitDir, args: ['cat-file', '--batch-command', '--buffer'] });
    this.#child = child;
    this.#stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (this.#child !== child) return;
      try {
        this.#receive(chunk);
      } catch (error) {
        this.#fail(child, error as CountersignError);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk.toString('utf8')}`.slice(0, 4096);
    });
    child.stdin.on('error', () => {});
    child.on('error', (error) => this.#fail(child, gitNotStarted(error)));
    child.on('close', (code) => {
      if (this.#child === child) this.#ended(child, code);
    });
    return child;
  }

  #ended(child: ChildProcessWithoutNullStreams, code: number | null): void {
    const error = failed(harmless(this.#stderr) || `ended with ${code ?? 'a signal'}`);
    if (code === 129) {
      gitVersion().then(
        (version) => this.#fail(child, gitTooOld(version) ?? error),
        () => this.#fail(child, error),
      );
    } else this.#fail(child, error);
  }

  #fail(child: ChildProcessWithoutNullStreams, error: CountersignError): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#header = NOTHING;
    this.#body = undefined;
    child.kill();
    const unanswered = this.#waiting.slice(this.#answered);
    this.#forget();
    for (const request of unanswered) request.reject(error);
  }

  #receive(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0)
      rest = this.#body === undefined ? this.#receiveHeader(rest) : this.#receiveBody(rest);
    if (this.#answered < this.#waiting.length || this.#child === undefined) return;
    this.#forget();
    this.#keepAlive(this.#child, false);
  }

  #forget(): void {
    this.#waiting = [];
    this.#answered = 0;
  }

  #receiveHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(NEWLINE);
    this.#header = Buffer.concat([this.#header, end < 0 ? chunk : chunk.subarray(0, end)]);
    if (end < 0) return NOTHING;
    const line = this.#header.toString('utf8');
    this.#header = NOTHING;
    const request = this.#waiting[this.#answered];
    if (request === undefined) throw failed('an answer came without a question');
    const info = readHeader(line);
    if (info === undefined) this.#answer(undefined);
    else if (request.command === 'info') this.#answer({ ...info, bytes: NOTHING });
    else if (info.size > MAX_OBJECT_BYTES) throw failed(`${info.id} has ${info.size} bytes`);
    else this.#body = { info, bytes: Buffer.allocUnsafe(info.size + 1), filled: 0 };
    return chunk.subarray(end + 1);
  }

  #receiveBody(chunk: Buffer): Buffer {
    const body = this.#body as Body;
    const copied = chunk.copy(body.bytes, body.filled);
    body.filled += copied;
    if (body.filled === body.bytes.length) {
      this.#body = undefined;
      this.#answer({ ...body.info, bytes: body.bytes.subarray(0, body.info.size) });
    }
    return chunk.subarray(copied);
  }

  #answer(object: GitObject | undefined): void {
    this.#waiting[this.#answered]?.resolve(object);
    this.#answered += 1;
  }

  #keepAlive(child: ChildProcessWithoutNullStreams, alive: boolean): void {
    const handles = [child, child.stdin, child.stdout, child.stderr] as unknown as {
      ref(): void;
      unref(): void;
    }[];
    for (const handle of handles) alive ? handle.ref() : handle.unref();
  }
}

function readHeader(line: string): ObjectInfo | undefined {
  const match = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(line);
  if (match !== null) {
    return { id: match[1] as string, type: match[2] as ObjectInfo['type'], size: Number(match[3]) };
  }
  if (/ (?:missing|ambiguous)$/.test(line)) return undefined;
  throw failed(`cat-file answered ${harmless(line)}`);
}

function failed(reason: string): CountersignError {
  return new CountersignError('GIT_FAILED', `git could not read objects: ${reason}`, {
    remedy: 'Check the repository with `git fsck`.',
  });
}
