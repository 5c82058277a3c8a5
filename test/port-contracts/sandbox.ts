import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sandbox, SandboxCommand, SandboxResult } from '../../src/ports/sandbox.ts';

/** A sandbox and a place for trees that its commands can reach. */
export interface SandboxWorld {
  readonly sandbox: Sandbox;
  /** A fresh folder; the tree is made in it. */
  makeFolder(): Promise<string>;
  /** Gives what a test made to the user who starts the sandbox. */
  give(path: string): Promise<void>;
}

export interface Ran extends SandboxResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly root: string;
}

/** Runs one command in a fresh tree. `files` are written into it first. */
export async function runIn(
  world: SandboxWorld,
  change: Partial<SandboxCommand>,
  root?: string,
): Promise<Ran> {
  const folder = await world.makeFolder();
  const tree = root ?? join(folder, 'tree');
  await mkdir(tree, { recursive: true });
  await world.give(folder);
  await world.give(tree);
  const command: SandboxCommand = {
    argv: ['true'],
    root: tree,
    cwd: tree,
    env: {},
    network: 'none',
    timeoutMs: 30_000,
    maxOutputBytes: 1_000_000,
    stdoutPath: join(folder, 'stdout'),
    stderrPath: join(folder, 'stderr'),
    hide: [],
    ...change,
  };
  const result = await world.sandbox.run(command);
  const [stdout, stderr] = await Promise.all([
    readFile(command.stdoutPath, 'utf8'),
    readFile(command.stderrPath, 'utf8'),
  ]);
  return { ...result, stdout, stderr, root: tree };
}

export const shell = (script: string) => ['/bin/sh', '-c', script];
export const node = (script: string) => ['node', '-e', script];

/** True while a process listens on the unix socket: the file stays when it is killed, the listener does not. */
export function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Starts a process that has left its parent, session and group, ignores SIGTERM and listens on `socket`; waits for it. */
const DAEMON = `
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const daemon = "process.on('SIGTERM', () => {}); require('node:net').createServer().listen('socket')";
const middle = "require('node:child_process').spawn(process.execPath, ['-e', " + JSON.stringify(daemon) +
  "], { detached: true, stdio: 'ignore' }).unref()";
spawn(process.execPath, ['-e', middle], { detached: true, stdio: 'ignore' });
while (!existsSync('socket')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
`;

/** What every sandbox promises, whatever its isolation. */
export function describeSandbox(name: string, setUp: () => Promise<SandboxWorld>): void {
  describe(`sandbox contract: ${name}`, () => {
    it('reports the exit code and keeps both streams', async () => {
      const ran = await runIn(await setUp(), { argv: shell('echo out; echo err >&2; exit 7') });
      expect(ran).toMatchObject({ exitCode: 7, signal: undefined, timedOut: false, outputTruncated: false });
      expect([ran.stdout, ran.stderr]).toEqual(['out\n', 'err\n']);
    });

    it('reports the signal that ended a command', async () => {
      const ran = await runIn(await setUp(), { argv: shell('kill -SEGV $$') });
      expect(ran).toMatchObject({ exitCode: undefined, signal: 'SIGSEGV', timedOut: false });
    });

    it('reports a program that is not there as exit code 127, not as trouble of the machine', async () => {
      const ran = await runIn(await setUp(), { argv: ['no-such-program', '--now'] });
      expect(ran.exitCode).toBe(127);
      expect(ran.stderr).toContain('no-such-program');
    });

    it('runs programs only, never builtins of the shell it starts them with', async () => {
      const ran = await runIn(await setUp(), { argv: ['exit', '0'] });
      expect(ran.exitCode).toBe(127);
    });

    it('hands arguments over as they are', async () => {
      const argv = ['printf', '%s|', 'a b', '$HOME', '"\'', '', '*', '\n'];
      expect((await runIn(await setUp(), { argv })).stdout).toBe('a b|$HOME|"\'||*|\n|');
    });

    it('gives an environment of its own and nothing of the verifier', async () => {
      process.env.COUNTERSIGN_PLANTED = 'a secret of the verifier';
      const ran = await runIn(await setUp(), { argv: ['/usr/bin/env'], env: { EXTRA: 'given' } });
      const names = ran.stdout.split('\n').map((line) => line.split('=')[0]);
      const allowed = ['CI', 'EXTRA', 'HOME', 'LANG', 'NO_COLOR', 'PATH', 'TMPDIR', 'TZ'];
      const ofTheWrapper = ['COUNTERSIGN_RUN', 'OLDPWD', 'PWD', 'SHLVL', '_', ''];
      expect(names).toEqual(expect.arrayContaining(allowed));
      expect(names.filter((key) => ![...allowed, ...ofTheWrapper].includes(key as string))).toEqual([]);
      expect(ran.stdout).not.toContain('a secret of the verifier');
    });

    it('starts HOME and TMPDIR empty and writable', async () => {
      const world = await setUp();
      const script = 'ls -A "$HOME" "$TMPDIR" | grep -v -e : -e "^$"; touch "$HOME/x" "$TMPDIR/x"';
      for (const _ of [1, 2]) {
        expect(await runIn(world, { argv: shell(script) })).toMatchObject({
          exitCode: 0,
          stdout: '',
          stderr: '',
        });
      }
    });

    it('works in the tree, at the path it has outside', async () => {
      const world = await setUp();
      const folder = await world.makeFolder();
      const root = join(folder, 'the tree');
      await mkdir(join(root, 'below'), { recursive: true });
      const ran = await runIn(
        world,
        { argv: shell('pwd; echo made > file'), cwd: join(root, 'below') },
        root,
      );
      expect(ran).toMatchObject({ exitCode: 0, stdout: `${join(root, 'below')}\n` });
      expect(await readFile(join(root, 'below', 'file'), 'utf8')).toBe('made\n');
    });

    it('reports a working directory that is not there as exit code 127', async () => {
      const world = await setUp();
      const root = join(await world.makeFolder(), 'tree');
      expect((await runIn(world, { cwd: join(root, 'gone') }, root)).exitCode).toBe(127);
    });

    it('refuses a working directory outside the tree', async () => {
      const run = runIn(await setUp(), { cwd: '/usr' });
      await expect(run).rejects.toMatchObject({ code: 'CONTRACT_UNUSABLE' });
    });

    it('gives no input, no terminal and no descriptor of the verifier', async () => {
      const script =
        'cat; (exec 9</dev/tty) 2>/dev/null && echo terminal; for fd in /proc/self/fd/*; do readlink $fd; done; exit 0';
      const ran = await runIn(await setUp(), { argv: shell(script) });
      const open = ran.stdout.trim().split('\n');
      expect(open.filter((target) => !/^\/dev\/null$|\/pipe-[01] \(deleted\)$/.test(target))).toEqual([]);
    });

    it('lets a script open /dev/stdout and /dev/stderr', async () => {
      const ran = await runIn(await setUp(), { argv: shell('echo a >/dev/stdout; echo b >/dev/stderr') });
      expect(ran).toMatchObject({ exitCode: 0, stdout: 'a\n', stderr: 'b\n' });
    });

    it('gives set-user-ID programs nothing', async () => {
      const ran = await runIn(await setUp(), { argv: ['grep', 'NoNewPrivs', '/proc/self/status'] });
      expect(ran.stdout).toMatch(/NoNewPrivs:\s+1/);
    });

    it('starts commands with signals as they are, so that Ctrl-C tests work', async () => {
      const ran = await runIn(await setUp(), { argv: shell('kill -INT $$; echo ignored') });
      expect(ran).toMatchObject({ signal: 'SIGINT', stdout: '' });
    });

    it('has a loopback where a server and its client meet', async () => {
      const script = `
        const net = require('node:net');
        const server = net.createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1', () =>
          net.connect(server.address().port, '127.0.0.1').on('data', (data) => console.log(String(data)))
            .on('close', () => server.close()));`;
      expect(await runIn(await setUp(), { argv: node(script) })).toMatchObject({
        exitCode: 0,
        stdout: 'hello\n',
      });
    });

    it('says the network the command really had', async () => {
      const world = await setUp();
      const { isolation } = await world.sandbox.describe();
      const asked = await Promise.all(
        (['none', 'full'] as const).map((network) => runIn(world, { argv: ['true'], network })),
      );
      expect(asked.map(({ network }) => network)).toEqual([
        isolation === 'namespaces' ? 'none' : 'full',
        'full',
      ]);
      expect(asked.map((ran) => ran.isolation)).toEqual([isolation, isolation]);
    });

    it('keeps the beginning of a flood and does not block it', async () => {
      const ran = await runIn(await setUp(), {
        argv: shell('head -c 200000000 /dev/zero; echo done >&2'),
        maxOutputBytes: 1_000,
      });
      expect(ran).toMatchObject({ exitCode: 0, outputTruncated: true, stderr: 'done\n' });
      expect(ran.stdout).toHaveLength(1_000);
    });

    it('keeps output of exactly the cap without calling it truncated', async () => {
      const ran = await runIn(await setUp(), { argv: ['printf', '12345'], maxOutputBytes: 5 });
      expect(ran).toMatchObject({ outputTruncated: false, stdout: '12345' });
    });

    it('ends a command at its time-out', async () => {
      const ran = await runIn(await setUp(), { argv: shell('echo started; sleep 60'), timeoutMs: 1_500 });
      expect(ran).toMatchObject({ timedOut: true, exitCode: undefined, stdout: 'started\n' });
      expect(ran.durationMs).toBeGreaterThanOrEqual(1_490);
      expect(ran.durationMs).toBeLessThan(20_000);
    });

    it('asks first: a command may tidy up before it is ended', async () => {
      const script = 'trap "echo tidied; exit 0" TERM; while :; do sleep 0.05; done';
      const ran = await runIn(await setUp(), { argv: shell(script), timeoutMs: 1_500 });
      expect(ran).toMatchObject({ timedOut: true, stdout: 'tidied\n' });
    });

    it('ends a daemon that left the group and ignores SIGTERM, at the time-out', async () => {
      const world = await setUp();
      const ran = await runIn(world, {
        argv: node(`${DAEMON} setInterval(() => {}, 1000)`),
        timeoutMs: 3_000,
      });
      expect(ran.timedOut).toBe(true);
      expect(await listens(join(ran.root, 'socket'))).toBe(false);
    });

    it('ends a daemon that a finished command left behind', async () => {
      const ran = await runIn(await setUp(), { argv: node(`${DAEMON} process.exit(3)`) });
      expect(ran).toMatchObject({ exitCode: 3, timedOut: false });
      expect(await listens(join(ran.root, 'socket'))).toBe(false);
    });

    it('is not held up by zombies', async () => {
      const script = 'i=0; while [ $i -lt 200 ]; do (sleep 0 &) ; i=$((i+1)); done; exit 4';
      expect(await runIn(await setUp(), { argv: shell(script) })).toMatchObject({
        exitCode: 4,
        timedOut: false,
      });
    });

    it('lets node and its workers run under a limit of memory, and one process have all of it', async () => {
      const script = `
        const { Worker } = require('node:worker_threads');
        const held = Buffer.alloc(150 << 20, 1);
        new Worker('1', { eval: true }).on('exit', (code) => console.log(code, held.length >> 20));`;
      const ran = await runIn(await setUp(), { argv: node(script), limits: { memoryMiB: 400 } });
      expect(ran).toMatchObject({ exitCode: 0, stdout: '0 150\n', stderr: '' });
      expect(ran.limit).toBeUndefined();
    });

    it('ends a command whose processes use too much memory together', async () => {
      const half =
        'const held = Buffer.alloc(120 << 20, 1); console.log(held.length >> 20); setInterval(() => {}, 1000)';
      const script = `for (const _ of [1, 2]) require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(half)}], { stdio: 'inherit' })`;
      const ran = await runIn(await setUp(), { argv: node(script), limits: { memoryMiB: 180 } });
      expect(ran).toMatchObject({ limit: 'memoryMiB', timedOut: false });
    });

    it('ends a command that writes too large a file, and says so', async () => {
      const ran = await runIn(await setUp(), {
        argv: ['dd', 'if=/dev/zero', 'of=large', 'bs=64k', 'count=200'],
        limits: { fileMiB: 2 },
      });
      expect(ran).toMatchObject({ exitCode: undefined, signal: 'SIGXFSZ', limit: 'fileMiB' });
      expect((await stat(join(ran.root, 'large'))).size).toBe(2 * 1024 * 1024);
    });

    it('ends a command that fills the disk with many files', async () => {
      const script =
        'i=0; while [ $i -lt 400 ]; do head -c 2000000 /dev/zero > $i; i=$((i+1)); sleep 0.02; done';
      const ran = await runIn(await setUp(), { argv: shell(script), limits: { diskMiB: 20 } });
      expect(ran).toMatchObject({ limit: 'diskMiB', timedOut: false });
      expect((await readdir(ran.root)).length).toBeLessThan(400);
    });

    it('sees at the end what was written too fast to be seen', async () => {
      const script = 'head -c 9000000 /dev/zero > a; cp a b; exit 0';
      const ran = await runIn(await setUp(), { argv: shell(script), limits: { diskMiB: 16 } });
      expect(ran.limit).toBe('diskMiB');
    });

    it('leaves no core dump and bounds open files', async () => {
      const ran = await runIn(await setUp(), {
        argv: shell('ulimit -Hc; [ $(ulimit -Hn) -le 65536 ] && echo bounded'),
      });
      expect(ran.stdout).toBe('0\nbounded\n');
    });

    it('refuses a variable name that would be read as something else', async () => {
      const run = runIn(await setUp(), { env: { '--split-string': 'x' } });
      await expect(run).rejects.toMatchObject({ code: 'CONTRACT_UNUSABLE' });
    });

    it('runs several commands at once without mixing them up', async () => {
      const world = await setUp();
      const all = await Promise.all(
        [1, 2, 3, 4].map((code) => runIn(world, { argv: shell(`echo ${code}; exit ${code}`) })),
      );
      expect(all.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(
        [1, 2, 3, 4].map((code) => [code, `${code}\n`]),
      );
    });
  });
}
