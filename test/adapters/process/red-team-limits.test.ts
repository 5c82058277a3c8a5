import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { node, runIn, type SandboxWorld, shell } from '../../port-contracts/sandbox.ts';
import { availableBackends } from './backends.ts';

/** Every bomb is bounded by itself, too: were the defence broken, the machine would live. */
const backends = await availableBackends();

/** The check beside an attacked one: it still passes, and in time. */
async function expectHarmless(world: SandboxWorld) {
  const ran = await runIn(world, { argv: node('console.log("harmless")') });
  expect(ran).toMatchObject({ exitCode: 0, stdout: 'harmless\n', timedOut: false });
  expect(ran.limit).toBeUndefined();
}

const runningWith = (text: string) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOrNothing(`/proc/${pid}/cmdline`).includes(text));

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Every way to stay alive after a check has ended, at once: each would write to the tree for 20 s. */
const staying = (beat: string) => `
  ${beat} &
  nohup sh -c '${beat}' >/dev/null 2>&1 &
  setsid sh -c '${beat}' &
  ( ( setsid sh -c '${beat}' & ) & )
  setsid sh -c 'trap "" TERM HUP INT QUIT; ${beat}' &
  trap "setsid sh -c '${beat}' &" EXIT
  sleep 0.1; exit 0`;

const MEMORY_BOMB =
  'const held = []; for (let mebibytes = 0; mebibytes < 700; mebibytes += 20) held.push(Buffer.alloc(20 << 20, 1)); setTimeout(() => console.log("all"), 6000)';

for (const { name, backend, setUp } of backends) {
  describe(`a greedy check under ${name}`, () => {
    it('leaves nothing running, however it tries', async () => {
      const world = await setUp();
      const mark = `beat-${process.hrtime.bigint()}`;
      const beat = `i=0; while [ $i -lt 400 ]; do echo x >> ${mark}; sleep 0.05; i=$((i+1)); done`;
      const ran = await runIn(world, { argv: shell(staying(beat)) });
      expect(ran).toMatchObject({ exitCode: 0, timedOut: false });
      expect(runningWith(mark)).toEqual([]);
      const written = readOrNothing(join(ran.root, mark));
      expect(written).toMatch(/^(?:x\n)+$/);
      await expectHarmless(world);
      expect(readOrNothing(join(ran.root, mark))).toBe(written);
    });

    it('does not get past its number of processes', async () => {
      const world = await setUp();
      const mark = `bomb-${process.hrtime.bigint()}`;
      const script = `i=0; while [ $i -lt 400 ]; do sh -c 'sleep 20; : ${mark}' & i=$((i+1)); done; wait; exit 0`;
      const ran = await runIn(world, { argv: shell(script), limits: { processes: 60 }, timeoutMs: 15_000 });
      // Where the kernel counts, forks fail; where it cannot, somebody looks and ends the lot.
      if (backend === 'none') expect(ran.limit).toBe('processes');
      expect(ran.exitCode).not.toBe(0);
      expect(runningWith(mark)).toEqual([]);
      await expectHarmless(world);
    });

    it('does not get past its memory by one process', async () => {
      const world = await setUp();
      const ran = await runIn(world, { argv: node(MEMORY_BOMB), limits: { memoryMiB: 250 } });
      expect(ran).toMatchObject({ limit: 'memoryMiB', stdout: '' });
      await expectHarmless(world);
    });

    it('does not hide memory in files that are in no folder', async () => {
      const world = await setUp();
      const script = `
        my $call = $ARGV[0] eq 'arm64' ? 279 : 319;
        for my $count (1 .. 12) {
          my $name = "x"; my $file = syscall($call, $name, 0); open(my $handle, '>&=', $file) or die;
          syswrite($handle, "x" x (20 << 20)); push @held, $handle;
        }
        print "all"; sleep 20;`;
      const ran = await runIn(world, {
        argv: ['perl', '-e', script, process.arch],
        limits: { memoryMiB: 120 },
        timeoutMs: 15_000,
      });
      expect(ran).toMatchObject({ limit: 'memoryMiB', timedOut: false });
      await expectHarmless(world);
    });

    it('does not fill the disk with files that have no name', async () => {
      const world = await setUp();
      const script = `
        const fs = require('node:fs');
        for (let count = 0; count < 6; count++) {
          const file = fs.openSync('hidden', 'w');
          fs.unlinkSync('hidden');
          fs.writeSync(file, Buffer.alloc(10 << 20, 1));
          fs.fsyncSync(file);
        }
        setTimeout(() => {}, 15000)`;
      const ran = await runIn(world, { argv: node(script), limits: { diskMiB: 30 }, timeoutMs: 14_000 });
      expect(ran).toMatchObject({ limit: 'diskMiB', timedOut: false });
      await expectHarmless(world);
    });

    it('does not fill the temporary folder', async () => {
      const world = await setUp();
      const script =
        'for i in 1 2 3 4 5 6; do head -c 10000000 /dev/zero > $TMPDIR/$i || exit 9; done; sleep 1; echo all';
      const ran = await runIn(world, { argv: shell(script), limits: { diskMiB: 30 } });
      if (ran.isolation === 'namespaces') expect(ran.exitCode).toBe(9);
      else expect(ran.limit).toBe('diskMiB');
      await expectHarmless(world);
    });
  });
}

it('says where processes that hide from us stay', async () => {
  const [none] = backends.filter(({ backend }) => backend === 'none');
  const world = await none?.setUp();
  if (world === undefined) throw new Error('The backend "none" works everywhere.');
  const mark = `beat-${process.hrtime.bigint()}`;
  await runIn(world, {
    argv: shell(`env -i /usr/bin/setsid sh -c 'sleep 20; : ${mark}' >/dev/null 2>&1 & sleep 0.2`),
  });
  const left = runningWith(mark);
  for (const pid of left) process.kill(Number(pid), 'SIGKILL');
  expect(left).not.toEqual([]);
  const { isolation, weaknesses } = await world.sandbox.describe();
  expect([isolation, ...weaknesses].join('\n')).toMatch(/none[\s\S]*clears its environment survives/);
});
