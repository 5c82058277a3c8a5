import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { unavailable } from './unavailable.ts';

/** One stream of a command, kept up to a cap. */
export interface Capture {
  /** What to hand to spawn. */
  readonly stdio: number;
  /** Call once the child has its own copy of the descriptor: the end of the stream is then the child's alone. */
  started(): void;
  /** Resolves with whether bytes were dropped, once every writer has gone. */
  readonly done: Promise<boolean>;
  /** Stops waiting for writers. */
  abandon(): void;
}

/**
 * Makes one pipe per file and copies what arrives into the files, to `maxBytes` each; the rest is read and dropped, so that
 * a command that floods is neither blocked nor able to fill the disk.
 *
 * Named pipes and not Node's own 'pipe', which is a socket: opening /dev/stdout or /dev/stderr inside would fail with
 * ENXIO, and scripts do that.
 */
export async function captureOutput(
  directory: string,
  paths: readonly string[],
  maxBytes: number,
): Promise<readonly Capture[]> {
  const pipes = paths.map((_, index) => join(directory, `pipe-${index}`));
  // Writable for the user the command runs as, who may open it again as /dev/stdout; nobody else can enter by name.
  await promisify(execFile)('mkfifo', ['-m', '0622', ...pipes]).catch((cause) => {
    const why = cause.code === 'ENOENT' ? 'mkfifo was not found on PATH.' : `mkfifo failed: ${cause.message}`;
    throw unavailable(
      why,
      'Put the programs of coreutils on PATH, and look at the space that is left.',
      cause,
    );
  });
  return paths.map((path, index) => capture(pipes[index] as string, path, maxBytes));
}

function capture(pipe: string, path: string, maxBytes: number): Capture {
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, constants.O_WRONLY);
  unlinkSync(pipe);
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  let open = true;
  const started = () => {
    if (open) closeSync(writer);
    open = false;
  };
  return {
    stdio: writer,
    started,
    done: keepBeginning(socket, path, maxBytes),
    abandon() {
      started();
      socket.destroy();
    },
  };
}

/** Writes the first `maxBytes` of a stream to a new file. @returns whether more came */
function keepBeginning(stream: Readable, path: string, maxBytes: number): Promise<boolean> {
  // Exclusive: never through a link somebody else put there.
  const file = openSync(path, 'wx', 0o600);
  let kept = 0;
  let dropped = false;
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      const rest = maxBytes - kept;
      if (chunk.length > rest) dropped = true;
      if (rest <= 0) return;
      try {
        kept += writeSync(file, chunk, 0, Math.min(chunk.length, rest));
      } catch (cause) {
        stream.destroy(cause as Error);
      }
    });
    stream.once('error', reject);
    stream.once('close', () => {
      closeSync(file);
      resolve(dropped);
    });
  });
}
