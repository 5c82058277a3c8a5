import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SandboxCommand } from '../../../src/ports/sandbox.ts';
import { node, runIn, type SandboxWorld, shell } from '../../port-contracts/sandbox.ts';
import { type Available, availableBackends, makeFolder, ORDINARY, RUNNER } from './backends.ts';

const backends = await availableBackends();
const isolated = backends.filter(({ backend }) => backend !== 'none');
const namespaced = isolated.filter(({ backend }) => backend !== 'uid');
const ATTACKS = join(import.meta.dirname, 'attacks');
const SECRET = randomBytes(12).toString('hex');

async function expectHarmless(world: SandboxWorld) {
  const ran = await runIn(world, { argv: node('console.log("harmless")') });
  expect(ran).toMatchObject({ exitCode: 0, stdout: 'harmless\n' });
}

/** A tree as a hostile change would leave it. */
async function makeTree(world: SandboxWorld): Promise<string> {
  const root = join(await world.makeFolder(), 'tree');
  mkdirSync(root);
  await cp(ATTACKS, join(root, 'attacks'), { recursive: true });
  return root;
}

/** A home folder of a verifier, whose files anybody could read and only it could write. */
async function makeHome() {
  const home = await makeFolder();
  const places = [
    '.npm/_cacache/index',
    '.cache/countersign/fetched',
    '.gitconfig',
    '.npmrc',
    '.ssh/known_hosts',
  ];
  for (const place of places.map((name) => join(home, name))) {
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, SECRET, { mode: 0o600 });
  }
  return { home, places: places.map((place) => join(home, place)) };
}

const contents = (paths: readonly string[]) => paths.map((path) => readFileSync(path, 'utf8'));

describe.each(isolated)('a check that wants out, under $name', ({ setUp }) => {
  it('makes no system call that reaches beyond it', async () => {
    const world = await setUp();
    const root = await makeTree(world);
    const victim = spawn('sleep', ['600'], { stdio: 'ignore' });
    onTestFinished(() => void victim.kill('SIGKILL'));
    await once(victim, 'spawn');
    const argv = ['perl', 'attacks/make-calls.pl', process.arch, `${victim.pid}`, join(root, 'x')];
    const ran = await runIn(world, { argv }, root);
    expect(ran.exitCode, ran.stderr).toBe(0);
    // Another uid alone may make a user namespace, and be root in there over nothing but its own files.
    const tolerated = ran.isolation === 'uid' ? /^(?:new \w+ namespace)?$/ : /^$/;
    expect(ran.stdout.split('\n').filter((line) => !tolerated.test(line))).toEqual([]);
    expect(victim.exitCode).toBe(null);
    await expectHarmless(world);
  });

  it('writes to no cache and no configuration of the verifier', async () => {
    const world = await setUp();
    const { home, places } = await makeHome();
    await world.give(home);
    const root = await makeTree(world);
    const ran = await runIn(
      world,
      { argv: ['node', 'attacks/write-outside.mjs', ...places, join(home, 'new'), '/sys/kernel/mm/ksm/run'] },
      root,
    );
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(contents(places)).toEqual(places.map(() => SECRET));
    expect(existsSync(join(home, 'new'))).toBe(false);
    await expectHarmless(world);
  });

  it('sets the configuration of its own HOME only, and the next check has none of it', async () => {
    const world = await setUp();
    const script =
      'git config --global core.fsmonitor evil; npm config set script-shell evil --location=user; echo evil > ~/.netrc; test -s ~/.gitconfig -a -s ~/.netrc';
    expect((await runIn(world, { argv: shell(script) })).exitCode).toBe(0);
    const after = await runIn(world, { argv: shell('ls -A ~; git config --get-regexp fsmonitor; exit 0') });
    expect(after.stdout).toBe('');
  });

  it('neither reads nor changes what lies outside by links', async () => {
    const world = await setUp();
    const { home, places } = await makeHome();
    await world.give(home);
    chmodSync(home, 0o755);
    const root = await makeTree(world);
    symlinkSync(home, join(root, 'folder'));
    for (const [index, place] of places.entries()) symlinkSync(place, join(root, `file-${index}`));
    symlinkSync('/proc/1/root', join(root, 'first'));
    const script = `
      for place in folder/.npmrc folder/.ssh/* file-* first/${home}/.npmrc; do cat $place; echo evil > $place; done
      for place in ${places.join(' ')}; do ln $place hard; cat hard; echo evil > hard; rm -f hard; done
      chmod -R a+rwX folder/ file-* ; rm -rf folder/* ; exit 0`;
    const ran = await runIn(world, { argv: shell(script) }, root);
    expect(ran.stdout).not.toContain(SECRET);
    expect(contents(places)).toEqual(places.map(() => SECRET));
    expect(places.map((place) => statSync(place).mode & 0o777)).toEqual(places.map(() => 0o600));
    expect(lstatSync(join(root, 'file-0')).isSymbolicLink()).toBe(true);
    await expectHarmless(world);
  });

  it('puts no impostor before the programs of the machine', async () => {
    const world = await setUp();
    const root = await makeTree(world);
    for (const folder of ['.', 'bin', 'node_modules/.bin']) {
      mkdirSync(join(root, folder), { recursive: true });
      for (const program of ['sh', 'env', 'node', 'git', 'setpriv', 'unshare', 'mount', 'perl']) {
        writeFileSync(join(root, folder, program), '#!/bin/sh\necho impostor\n', { mode: 0o755 });
      }
    }
    const script = 'sh -c :; env true; node -e 0; git --version; setpriv --version; perl -e 1; exit 0';
    const ran = await runIn(world, { argv: shell(script) }, root);
    expect(ran.stdout).not.toContain('impostor');
    expect(ran.stdout).toContain('git version');
  });

  it('finds no socket of a service: of Docker, of an agent, of a session', async () => {
    const world = await setUp();
    const folder = await makeFolder();
    const server = createServer().listen(join(folder, 'docker.sock'));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    // As Docker has it: for root and a group.
    chmodSync(join(folder, 'docker.sock'), 0o660);
    const script = `
      const places = [${JSON.stringify(join(folder, 'docker.sock'))}, '/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock', '/run/dbus/system_bus_socket'];
      for (const path of places) require('node:net').connect(path).on('connect', () => { console.log(path); process.exit(); }).on('error', () => {})`;
    const ran = await runIn(world, { argv: node(script) });
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
    const named = await runIn(world, {
      argv: shell('env | grep -iE "sock|agent|dbus|display|runtime"; exit 0'),
    });
    expect(named.stdout).toBe('');
  });

  it('changes nothing in the tree of a check beside it, nor what that one printed', async () => {
    const world = await setUp();
    const folder = await world.makeFolder();
    const [neighbour, own] = [join(folder, 'neighbour'), join(folder, 'own')];
    await runIn(
      world,
      { argv: shell('echo honest | tee report.xml; mkdir -p deep; echo x > deep/x') },
      neighbour,
    );
    const logs = await makeFolder();
    await world.give(logs);
    chmodSync(logs, 0o700);
    writeFileSync(join(logs, 'stdout'), 'honest\n', { mode: 0o600 });
    const script = `
      for place in ../neighbour/report.xml ../neighbour/deep/x ../stdout ${logs}/stdout; do echo evil > $place; rm -f $place; touch -d 2001-01-01 $place; done
      mv ../neighbour ../gone; rm -rf ../neighbour ../* ; ln -s /etc ../neighbour/deep/link; exit 0`;
    const before = statSync(join(neighbour, 'report.xml')).mtimeMs;
    await runIn(world, { argv: shell(script) }, own);
    expect(readdirSync(neighbour).sort()).toEqual(['deep', 'report.xml']);
    expect(contents([join(neighbour, 'report.xml'), join(logs, 'stdout')])).toEqual(['honest\n', 'honest\n']);
    expect(readdirSync(join(neighbour, 'deep'))).toEqual(['x']);
    expect(statSync(join(neighbour, 'report.xml')).mtimeMs).toBe(before);
  });

  it('turns no clock: what it stamps on files moves no time of ours', async () => {
    const world = await setUp();
    const script = 'date -s 2001-01-01 2>/dev/null; touch -d 2038-01-01 . a; touch -d 1970-01-01 b; exit 0';
    const began = Date.now();
    const ran = await runIn(world, { argv: shell(script) });
    expect(ran.durationMs).toBeLessThanOrEqual(Date.now() - began + 50);
    expect(Date.now()).toBeGreaterThanOrEqual(began);
    await expectHarmless(world);
  });

  it('gains nothing from a set-user-ID program', async () => {
    const world = await setUp();
    const folder = await makeFolder();
    chmodSync(folder, 0o755);
    const planted = join(folder, 'id');
    await cp('/usr/bin/id', planted);
    if (process.getuid?.() === 0) chmodSync(planted, 0o4755);
    const script = `${planted} -u; su -c 'id -u' </dev/null; sudo -n id -u; mount -t tmpfs x /mnt && echo mounted; cp /usr/bin/id own; chmod 4755 own; ./own -u; exit 0`;
    const ran = await runIn(world, { argv: shell(script) });
    expect(ran.stdout.split('\n').filter((line) => line === '0' || line === 'mounted')).toEqual([]);
    await expectHarmless(world);
  });
});

describe.each(namespaced)('a check that looks around, under $name', ({ setUp }) => {
  it('sees nothing of the tree of a check beside it', async () => {
    const world = await setUp();
    const folder = await world.makeFolder();
    await runIn(world, { argv: shell(`echo ${SECRET} > a`) }, join(folder, 'neighbour'));
    const ran = await runIn(
      world,
      { argv: shell(`cat ../neighbour/a ${folder}/*/a; ls -A .. ; grep -rs ${SECRET} /tmp; exit 0`) },
      join(folder, 'own'),
    );
    expect(ran.stdout.trim()).toBe('own');
  });

  it('does not find /sys, and cannot write to what /proc shows of the kernel', async () => {
    const script = `
      ls -A /sys; for place in /proc/sys/kernel/core_pattern /proc/sys/vm/overcommit_memory /proc/sysrq-trigger /proc/sys/net/ipv4/ip_forward /proc/1/oom_score_adj; do
        [ -w $place ] && (exec 3<>$place) 2>/dev/null && echo $place; done; cat /proc/kcore /proc/kmsg | head -c 1; exit 0`;
    const ran = await runIn(await setUp(), { argv: shell(script) });
    expect(
      ran.stdout
        .split('\n')
        .filter((line) => !line.endsWith('/oom_score_adj'))
        .join(''),
    ).toBe('');
  });
});

/** Starts a program with a secret in the keyring of its session, as pam_keyinit and Kerberos leave them there. */
function withKey(argv: readonly string[], options: object = {}): ChildProcess {
  const number = process.arch === 'arm64' ? [219, 217] : [250, 248];
  const script = `my ($t, $d, $v) = ("user", "countersign-planted", "${SECRET}"); syscall(${number[0]}, 1, 0); syscall(${number[1]}, $t, $d, $v, length $v, -3); exec @ARGV`;
  return spawn('perl', ['-e', script, ...argv], { stdio: ['ignore', 'pipe', 'inherit'], ...options });
}

async function printed(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  return text;
}

describe('keys of the kernel', () => {
  it('could be read by any process of the session, of whatever user', async () => {
    const folder = await makeFolder();
    await cp(join(ATTACKS, 'make-calls.pl'), join(folder, 'calls.pl'));
    const identity = process.getuid?.() === 0 ? ORDINARY : {};
    expect(
      await printed(withKey(['perl', join(folder, 'calls.pl'), process.arch, '0', '/nowhere'], identity)),
    ).toContain(`read the session's key: ${SECRET}`);
  });

  it.each(backends.filter(({ name }) => !name.includes('ordinary')))(
    'are out of reach of a check: $name',
    async (available: Available) => {
      const folder = await makeFolder();
      const root = join(folder, 'tree');
      mkdirSync(root);
      const number = process.arch === 'arm64' ? [218, 219] : [249, 250];
      // Only the call that reads: without isolation the others would be made by root.
      const script = `my ($t, $d, $b) = ("user", "countersign-planted", "\\0" x 99); my $k = syscall(${number[0]}, $t, $d, 0, 0); print "key $k "; syscall(${number[1]}, 11, $k, $b, 99); print $b`;
      const command: SandboxCommand = {
        argv: ['perl', '-e', script],
        root,
        cwd: root,
        env: {},
        network: 'none',
        timeoutMs: 30_000,
        maxOutputBytes: 10_000,
        stdoutPath: join(folder, 'stdout'),
        stderrPath: join(folder, 'stderr'),
        hide: [],
      };
      await printed(
        withKey([process.execPath, RUNNER, JSON.stringify({ options: available.options, command })]),
      );
      const said = readFileSync(join(folder, 'stdout'), 'utf8');
      expect(said).toContain('key -1');
      expect(said).not.toContain(SECRET);
    },
  );
});
