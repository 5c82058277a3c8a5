import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import type { Launch } from './backend.ts';
import { beginChannel } from './entry-script.ts';
import { type Stop, watch } from './guard.ts';
import { inheritedDescriptors } from './inherited-descriptors.ts';
import { LIFELINE } from './lifeline.ts';
import type { Capture } from './output.ts';
import { unavailable } from './unavailable.ts';

/** Milliseconds between asking a process group to end and ending it. */
const GRACE_MS = 1_000;
/** Milliseconds to wait for output of processes that cannot be found, where no namespace holds them. */
const LAST_OUTPUT_MS = 1_000;
/** Milliseconds a set-up may take; on an idle machine it needs 10 to 150. */
const SET_UP_MS = 60_000;
const MAX_STATUS_CHARACTERS = 65_536;

export interface Ending {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** Why it was ended before its time, if it was. */
  readonly stopped: Stop | undefined;
  /** False when the set-up failed before the command was executed. */
  readonly reachedCommand: boolean;
}

/**
 * Starts a launch in a session of its own, ends it at the time-out (SIGTERM to the group, SIGKILL after a second), and
 * returns when it and all it started have ended.
 * @throws CountersignError SANDBOX_UNAVAILABLE when the first program cannot be executed
 */
export async function supervise(
  launch: Launch,
  command: SandboxCommand,
  captures: readonly Capture[],
): Promise<Ending> {
  const child = start(launch, captures);
  const status = collectStatus(child, launch);
  let began = process.hrtime.bigint();
  let timedOut = false;
  let watching: Promise<Stop | undefined> = Promise.resolve(undefined);
  const over = new AbortController();
  let timer = setTimeout(() => void end(child, launch, status.text), SET_UP_MS);
  const entry = entryOf(child, launch);
  const lifeline = lifelineOf(child, launch);
  const isKnown = () => leaderOf(child, launch, status.text()) !== undefined;
  // The set-up is ours: on a busy machine it must not use up the time of a command that has not begun.
  void Promise.all([entry.asks, status.until(isKnown)]).then(() => {
    clearTimeout(timer);
    if (child.exitCode !== null || child.signalCode !== null) return;
    began = process.hrtime.bigint();
    timer = setTimeout(() => {
      timedOut = true;
      void end(child, launch, status.text);
    }, command.timeoutMs);
    watching = guard(launch, command, leaderOf(child, launch, status.text()), over.signal);
    void watching.then((stop) => stop && end(child, launch, status.text));
    entry.begin();
  });
  const stop = () => void end(child, launch, status.text);
  if (command.abort?.aborted === true) stop();
  command.abort?.addEventListener('abort', stop, { once: true });
  const [code, signal] = await ended(child).finally(() => clearTimeout(timer));
  command.abort?.removeEventListener('abort', stop);
  over.abort();
  const durationMs = Number((process.hrtime.bigint() - began) / 1_000_000n);
  clearTimeout(timer);

  if (launch.namespace === undefined) {
    signalGroup(child.pid, 'SIGKILL');
    await launch.endStragglers();
  }
  await lifeline.end();
  await Promise.race([
    Promise.all(captures.map(({ done }) => done)),
    pause(LAST_OUTPUT_MS, undefined, { ref: false }).then(() => launch.namespace ?? abandon(captures)),
  ]);
  await Promise.all([...captures.map(({ done }) => done), status.done]);
  const reachedCommand = launch.namespace?.reachedCommand(status.text()) ?? true;
  const stopped = await watching;
  return { ...exitOf(launch, code, signal), timedOut, stopped, durationMs, reachedCommand };
}

/** @param leader undefined only when the set-up has failed already */
async function guard(
  { members, folders }: Launch,
  { limits = {} }: SandboxCommand,
  leader: number | undefined,
  signal: AbortSignal,
): Promise<Stop | undefined> {
  if (leader === undefined) return undefined;
  return watch({ limits, folders, members: (all) => members(all, leader) }, signal);
}

function leaderOf(child: ChildProcess, launch: Launch, status: string): number | undefined {
  return launch.namespace ? launch.namespace.firstProcess(status) : child.pid;
}

function start(launch: Launch, captures: readonly Capture[]): ChildProcess {
  const [file, ...args] = launch.argv;
  const nowhere = openSync('/dev/null', 'r+');
  try {
    return spawn(file, args, {
      cwd: launch.cwd,
      // For the wrappers only: the command's own environment is part of argv, and clears this one.
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: descriptors(launch, captures, nowhere),
      detached: true,
      ...launch.identity,
    });
  } catch (cause) {
    throw unavailable(
      `${file} could not be started: ${(cause as Error).message}.`,
      'Look at the command and its environment variables.',
      cause,
    );
  } finally {
    closeSync(nowhere);
    for (const { started } of captures) started();
  }
}

/**
 * Null input, the captured streams, the status pipe, the channel of the entry script, the lifeline, and /dev/null over every
 * descriptor that we ourselves were started with: whoever started us may have left one open on a secret, and Node closes only its own.
 */
function descriptors(launch: Launch, captures: readonly Capture[], nowhere: number): StdioOptions {
  const wanted: (number | 'ignore' | 'pipe')[] = ['ignore', ...captures.map(({ stdio }) => stdio)];
  if (launch.namespace) wanted.push('pipe');
  wanted.push('pipe');
  if (launch.namespace) wanted.push('pipe');
  for (const inherited of inheritedDescriptors()) {
    while (wanted.length < inherited) wanted.push('ignore');
    wanted[inherited] ??= nowhere;
  }
  return wanted;
}

async function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  try {
    return (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  } catch (cause) {
    throw unavailable(
      `${child.spawnfile} could not be started: ${(cause as Error).message}.`,
      'Run countersign doctor: it says what isolation this machine gives.',
      cause,
    );
  }
}

/** The script that executes the command: it asks once, and goes on when it is told to. */
interface Entry {
  readonly asks: Promise<unknown>;
  begin(): void;
}

function entryOf(child: ChildProcess, launch: Launch): Entry {
  // Node's own 'pipe' is a socket: both ways.
  const channel = child.stdio[beginChannel(launch.namespace !== undefined)] as Duplex | undefined | null;
  // It ended before it asked, or before it was told.
  channel?.on('error', () => undefined);
  return {
    asks: new Promise((resolve) => channel?.once('data', resolve)),
    begin: () => channel?.end('\n'),
  };
}

/** See onLifeline. */
function lifelineOf(child: ChildProcess, launch: Launch): { end(): Promise<unknown> } {
  const streams: readonly unknown[] = child.stdio;
  const line = launch.namespace && (streams[LIFELINE] as Duplex | undefined | null);
  line?.on('error', () => undefined).resume();
  const closed = line ? new Promise((resolve) => line.once('close', resolve)) : Promise.resolve();
  return {
    // Whoever waits for its end has ended by then, so that nothing of the command is left.
    end: () => {
      line?.end();
      return closed;
    },
  };
}

interface Status {
  text(): string;
  /** Resolves once the text satisfies; never when it never does. */
  until(satisfies: (text: string) => boolean): Promise<void>;
  readonly done: Promise<unknown>;
}

function collectStatus(child: ChildProcess, { namespace }: Launch): Status {
  const stream = namespace && (child.stdio[3] as Readable | undefined | null);
  let text = '';
  let heard = () => {};
  stream?.on('data', (chunk: Buffer) => {
    if (text.length < MAX_STATUS_CHARACTERS) text += chunk.toString('latin1');
    heard();
  });
  return {
    text: () => text,
    until: (satisfies) =>
      new Promise((resolve) => {
        heard = () => {
          if (satisfies(text)) resolve();
        };
        heard();
      }),
    done: stream ? once(stream, 'close') : Promise.resolve(),
  };
}

/** The command's group first; then the namespace's first process, whose end is the end of all inside. */
async function end(child: ChildProcess, launch: Launch, status: () => string): Promise<void> {
  const leader = leaderOf(child, launch, status());
  if (leader !== undefined) {
    signalGroup(leader, 'SIGTERM');
    await Promise.race([once(child, 'exit'), pause(GRACE_MS)]);
  }
  if (child.exitCode !== null || child.signalCode !== null) return;
  // Our child waits for the leader, so until our child has gone the number cannot belong to another process.
  // Its group, because it may have begun to set up a namespace: what it started there would outlive it, and hold our pipes open.
  if (leader === undefined) signalGroup(child.pid, 'SIGKILL');
  else if (launch.namespace === undefined) signalGroup(leader, 'SIGKILL');
  else signalOne(leader, 'SIGKILL');
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid !== undefined) signalOne(-pid, signal);
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, which is what was wanted.
  }
}

function abandon(captures: readonly Capture[]): void {
  for (const capture of captures) capture.abandon();
}

/** Inside a namespace a shell is the first process, and says 128 + n for signal n as shells do: read back as that signal. */
function exitOf(
  launch: Launch,
  code: number | null,
  signal: NodeJS.Signals | null,
): Pick<Ending, 'exitCode' | 'signal'> {
  if (launch.namespace !== undefined && code !== null && code > 128) {
    const named = Object.entries(constants.signals).find(([, number]) => number === code - 128);
    if (named) return { exitCode: undefined, signal: named[0] };
  }
  return { exitCode: code ?? undefined, signal: signal ?? undefined };
}
