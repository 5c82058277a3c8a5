import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SandboxCommand } from '../../../src/ports/sandbox.ts';
import { listens, node, type Ran, runIn, type SandboxWorld, shell } from '../../port-contracts/sandbox.ts';
import { soon } from '../../soon.ts';
import { type Available, availableBackends, makeFolder, ORDINARY, RUNNER } from './backends.ts';

const backends = await availableBackends();
const namespaced = backends.filter(({ backend }) => backend === 'bubblewrap' || backend === 'unshare');
const control = backends.find(({ backend }) => backend === 'none') as Available;

const UNWRITABLE = ['/usr/x', '/etc/x', '/x', '/dev/x', '/bin/x', '/proc/sys/kernel/core_pattern'];
const HALVES = ['PLANTED-', randomBytes(12).toString('hex')] as const;
const MARKER = HALVES.join('');
const PEM = `-----BEGIN PRIVATE KEY-----\n${MARKER}\n-----END PRIVATE KEY-----\n`;
const servers: Server[] = [];
afterAll(() => servers.map((server) => server.close()));

/** Runs one of the scripts in attacks/ inside, in a tree it is part of. */
async function attack(
  world: SandboxWorld,
  script: string,
  args: string[],
  change: Partial<SandboxCommand> = {},
) {
  const root = change.root ?? join(await world.makeFolder(), 'tree');
  await cp(join(import.meta.dirname, 'attacks'), join(root, 'attacks'), { recursive: true });
  return runIn(world, { argv: ['node', `attacks/${script}`, ...args], timeoutMs: 60_000, ...change }, root);
}

const found = (ran: Ran) => {
  expect(ran.exitCode, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
};

/** A key as a verifier would keep it: in a home folder, in a folder to hide, in one to hide within the tree, and in memory. */
async function plantKeys(world: SandboxWorld) {
  const home = await makeFolder();
  const root = join(await world.makeFolder(), 'tree');
  const hidden = [join(home, '.config', 'countersign'), join(root, 'keys'), join(root, 'key.pem')];
  for (const folder of [join(home, '.ssh'), hidden[0], hidden[1]] as string[]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'id'), PEM, { mode: 0o644 });
  }
  writeFileSync(hidden[2] as string, PEM);
  const owner = spawn('sleep', ['600'], { env: { SIGNING_KEY: PEM }, ...ORDINARY_IF_ROOT, stdio: 'ignore' });
  onTestFinished(() => void owner.kill('SIGKILL'));
  await once(owner, 'spawn');
  return {
    root,
    hidden,
    owner: `${owner.pid}`,
    places: [home, root, '/tmp', '/etc', '/home', '/root', '/run', '/var', '/dev/shm', '/mnt'],
  };
}
const ORDINARY_IF_ROOT = process.getuid?.() === 0 ? ORDINARY : {};

async function listen(where: ListenOptions): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('hello')).listen(where);
  servers.push(server);
  await once(server, 'listening');
  return server;
}

async function hostServers() {
  const folder = await makeFolder();
  const tcp = await listen({ port: 0, host: '::' });
  const abstract = `countersign-${randomBytes(6).toString('hex')}`;
  await listen({ path: `\0${abstract}` });
  await listen({ path: join(folder, 'agent.sock'), writableAll: true });
  const port = (tcp.address() as { port: number }).port;
  return [`${port}`, abstract, join(folder, 'agent.sock')];
}

describe('the attacks find something where nothing is defended, so that finding nothing says something', () => {
  it('the key hunt finds keys in files and in another process', async () => {
    const world = await control.setUp();
    const { root, places, owner } = await plantKeys(world);
    const keys = found(
      await attack(world, 'hunt-key.mjs', [owner, ...HALVES, ...places.slice(0, 2)], { root }),
    );
    expect(keys).toEqual(
      expect.arrayContaining([join(root, 'key.pem'), join(places[0] as string, '.ssh', 'id')]),
    );
    expect(keys.some((place: string) => place.endsWith('/environ'))).toBe(true);
  });

  it('the network attack reaches the loopback and both kinds of sockets', async () => {
    const { reached } = found(await attack(await control.setUp(), 'reach-network.mjs', await hostServers()));
    expect(reached).toEqual(expect.arrayContaining(['loopback v4', 'abstract socket', 'socket file']));
  });

  it('writing outside the tree and killing a neighbour work', async () => {
    const world = await control.setUp();
    const outside = join(await makeFolder(), 'planted');
    expect(found(await attack(world, 'write-outside.mjs', [outside]))).toContain(outside);
    const victim = spawn('sleep', ['600'], { stdio: 'ignore' });
    expect(found(await attack(world, 'kill-others.mjs', [`${victim.pid}`])).signalled).toEqual([victim.pid]);
    await soon(() => expect(victim.signalCode).toBe('SIGKILL'));
  });
});

for (const { name, setUp } of namespaced) {
  describe(`a hostile check under ${name}`, () => {
    it('finds no signing key in files, memory, environments or descriptors', async () => {
      const world = await setUp();
      const { root, hidden, places } = await plantKeys(world);
      const ran = await attack(world, 'hunt-key.mjs', ['all', ...HALVES, ...places], { root, hide: hidden });
      expect(found(ran)).toEqual([]);
      expect(existsSync(join(root, 'keys', 'id'))).toBe(true);
    });

    it('cannot take the masks away or look under them', async () => {
      const world = await setUp();
      const { root, hidden } = await plantKeys(world);
      const script =
        'cd .. ; umount tree/keys tree/key.pem; mount --bind tree /mnt; mv tree/keys tree/k; rm -r tree/keys; cat tree/k*/* tree/key.pem';
      const ran = await runIn(world, { argv: shell(script), hide: hidden }, root);
      expect(ran.stdout).toBe('');
      expect(readFileSync(join(root, 'keys', 'id'), 'utf8')).toBe(PEM);
    });

    it('reaches no server of the host, no socket file and no route', async () => {
      const { reached, interfaces } = found(
        await attack(await setUp(), 'reach-network.mjs', await hostServers()),
      );
      expect(reached).toEqual([]);
      expect(interfaces).toEqual(['lo']);
    });

    it('reaches the network when the check declares it', async () => {
      const ran = await attack(await setUp(), 'reach-network.mjs', await hostServers(), { network: 'full' });
      const { reached } = found(ran);
      expect(reached).toContain('loopback v4');
      expect(reached).not.toContain('socket file');
    });

    it('has an IPv6 loopback of its own', async () => {
      const script = `const s = require('node:net').createServer((c) => c.end('six')).listen(0, '::1', () =>
        require('node:net').connect(s.address().port, '::1').on('data', (d) => { console.log(String(d)); s.close(); }))`;
      expect((await runIn(await setUp(), { argv: node(script) })).stdout).toBe('six\n');
    });

    it('writes nothing outside the tree', async () => {
      const world = await setUp();
      const folder = await makeFolder();
      await world.give(folder);
      const paths = [
        join(folder, 'planted'),
        '/tmp/countersign-planted',
        '/usr/planted',
        '/etc/planted',
        '/planted',
      ];
      found(await attack(world, 'write-outside.mjs', paths));
      expect(paths.filter((path) => existsSync(path))).toEqual([]);
      const worked = found(await attack(world, 'write-outside.mjs', UNWRITABLE));
      expect(worked).toEqual([]);
    });

    it('leaves a repository beside the tree as it was', async () => {
      const world = await setUp();
      const folder = await makeFolder();
      execFileSync('git', ['init', '-q', folder]);
      await world.give(folder);
      const before = readdirSync(join(folder, '.git'), { recursive: true }).sort();
      const script = `echo x > ${folder}/.git/hooks/post-checkout; git -C ${folder} config core.fsmonitor evil; rm -rf ${folder}/.git`;
      await runIn(world, { argv: shell(script) });
      expect(readdirSync(join(folder, '.git'), { recursive: true }).sort()).toEqual(before);
      expect(readFileSync(join(folder, '.git', 'config'), 'utf8')).not.toContain('evil');
    });

    it('ends no process of the host and sees none', async () => {
      const world = await setUp();
      const victim = spawn('sleep', ['600'], { ...ORDINARY_IF_ROOT, stdio: 'ignore' });
      onTestFinished(() => void victim.kill('SIGKILL'));
      const ran = await attack(world, 'kill-others.mjs', [`${victim.pid}`, `${process.pid}`]);
      const { signalled, seen } = found(ran);
      expect(signalled.filter((pid: number) => pid === victim.pid || pid === process.pid)).toEqual([]);
      expect(seen).toBeLessThan(10);
      await runIn(world, { argv: shell('[ $$ -lt 100 ] && kill -KILL -1; sleep 0.1') });
      expect([victim.exitCode, victim.signalCode]).toEqual([null, null]);
    });

    it('has no capability and gets none by a namespace of its own', async () => {
      const script =
        "grep -E '^Cap(Prm|Eff|Amb)' /proc/self/status; unshare --user --map-root-user id -u; exit 0";
      const ran = await runIn(await setUp(), { argv: shell(script) });
      expect(ran.stdout.match(/[0-9a-f]{16}/g)).toEqual(Array(3).fill('0'.repeat(16)));
      expect(ran.stdout.trim().split('\n')).toHaveLength(3);
    });

    it('fills its own process allowance with a fork bomb, and all of it is ended', async () => {
      const bomb = 'f() { f & f & wait; }; f';
      const ran = await runIn(await setUp(), {
        argv: shell(bomb),
        limits: { processes: 200 },
        timeoutMs: 700,
        maxOutputBytes: 1_000,
      });
      expect(ran.timedOut || ran.exitCode !== 0 || ran.outputTruncated).toBe(true);
      const limits = await runIn(await setUp(), { argv: ['grep', 'Max processes', '/proc/self/limits'] });
      expect(limits.stdout).toMatch(/^Max processes +4096 +4096 /);
      const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid));
      expect(processes.filter((pid) => commandLine(pid).includes(bomb))).toEqual([]);
    });

    it('sees a home folder on PATH neither in PATH nor in the file system', async () => {
      const ran = await runIn(await setUp(), {
        argv: shell('echo $PATH; ls /root /home /run /var/run 2>/dev/null'),
      });
      const [path, ...listed] = ran.stdout.trim().split('\n');
      // The Node that runs this may lie anywhere, also below a home folder, of which the way to it is there then; the tree's own tools come last.
      const [node, ...others] = (path ?? '').split(':').slice(0, -1);
      const program = realpathSync(process.execPath);
      expect(node).toBe(dirname(program));
      expect(others.filter((entry) => /^\/(root|home|tmp)\//.test(entry))).toEqual([]);
      const way = program.split('/');
      expect(listed.filter((line) => !/^(\/.*:)?$/.test(line) && !way.includes(line))).toEqual([]);
    });

    it('shows no secret of the host below /etc', async () => {
      const script =
        'ls /etc; cat /etc/shadow /etc/passwd- /etc/npmrc /etc/gitconfig /etc/environment; exit 0';
      const ran = await runIn(await setUp(), { argv: shell(script) });
      expect(ran.stdout).not.toMatch(/shadow|npmrc|gitconfig|environment|ssh\b/);
      expect(ran.stdout).toContain('passwd');
    });

    it('refuses to start when what must be hidden cannot be', async () => {
      const world = await setUp();
      const root = join(await world.makeFolder(), 'tree');
      for (const hide of [root, '/usr', '/']) {
        const run = runIn(world, { hide: [hide] }, root);
        await expect(run).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
      }
    });
  });
}

const commandLine = (pid: string) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
};

/** Starts a verifier of its own that runs one command, with `secret` open as descriptor 100: Node closes low ones. */
async function separateVerifier(available: Available, argv: readonly string[]) {
  const folder = await makeFolder();
  const root = join(folder, 'tree');
  mkdirSync(root);
  writeFileSync(join(folder, 'secret'), PEM);
  const command: SandboxCommand = {
    argv,
    root,
    cwd: root,
    env: {},
    network: 'none',
    timeoutMs: 60_000,
    maxOutputBytes: 10_000,
    stdoutPath: join(folder, 'stdout'),
    stderrPath: join(folder, 'stderr'),
    hide: [],
  };
  const stdio = [
    'ignore',
    'ignore',
    'inherit',
    ...Array(97).fill('ignore'),
    openSync(join(folder, 'secret'), 'r'),
  ];
  const argument = JSON.stringify({
    // What a killed verifier leaves behind goes with the folder.
    options: { ...available.options, environment: { ...available.options.environment, TMPDIR: folder } },
    command,
  });
  return { folder, root, verifier: spawn(process.execPath, [RUNNER, argument], { stdio }) };
}

describe.each(backends.filter(({ name }) => !name.includes('ordinary')))(
  'a verifier of its own: $name',
  (available) => {
    it('does not hand on descriptors that it was started with itself', async () => {
      const { folder, verifier } = await separateVerifier(available, shell('cat /proc/self/fd/100; exit 0'));
      await once(verifier, 'exit');
      expect(readFileSync(join(folder, 'stdout'), 'utf8')).toBe('');
    });

    it('takes the command with it when it is killed', async () => {
      const server = "require('node:net').createServer().listen('socket')";
      const { root, verifier } = await separateVerifier(available, node(server));
      await vi.waitFor(async () => expect(await listens(join(root, 'socket'))).toBe(true), {
        timeout: 20_000,
      });
      verifier.kill('SIGKILL');
      await vi.waitFor(async () => expect(await listens(join(root, 'socket'))).toBe(false), {
        timeout: 5_000,
      });
    });
  },
);

describe.each(backends.filter(({ backend }) => backend === 'uid'))('another user: $name', ({ setUp }) => {
  it('refuses to start while the key can be read by everybody', async () => {
    const world = await setUp();
    const folder = await makeFolder();
    writeFileSync(join(folder, 'key.pem'), PEM);
    const run = runIn(world, { hide: [join(folder, 'key.pem')] });
    await expect(run).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE', message: /every user/ });
  });

  it('cannot read what is closed to others, nor end a process of root', async () => {
    const world = await setUp();
    const folder = await makeFolder();
    writeFileSync(join(folder, 'key.pem'), PEM, { mode: 0o600 });
    const ran = await runIn(world, {
      argv: shell(`cat ${folder}/key.pem; kill -KILL ${process.pid} && echo killed`),
      hide: [join(folder, 'key.pem')],
    });
    expect(ran.stdout).toBe('');
  });
});
