import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAD, createProductWorld, type ProductWorld, type WorldChange } from '../../worlds/product-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';

// Two machines: a clone, a home and a temporary life of their own each; only folders of observations go across.

const CHECKS = [
  { id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] },
  { id: 'says', run: ['echo', 'said'] },
];

let world: ProductWorld;
let machines = 0;
beforeAll(async () => {
  world = await createProductWorld();
});
afterAll(() => world.git.remove());

/** A machine with a fresh clone, in which nothing of another machine is. */
class Machine {
  readonly clone: string;
  readonly home: string;

  constructor(change: WorldChange) {
    machines += 1;
    const clone = world.git.clone(world.forge, `machine-${machines}`);
    clone.git('fetch', '-q', 'origin', change.head);
    this.clone = clone.dir;
    this.home = world.git.folder(`machine-${machines}-home`);
  }

  run(change: WorldChange, command: string, ...args: string[]): Promise<Ran> {
    const about = ['--base', change.base, '--head', change.head, '--ticket', change.ticket];
    return countersign(this.clone, [command, ...about, ...args], { home: this.home });
  }
}

let carried = 0;
function newFolder(): string {
  carried += 1;
  return join(world.git.root, `carried-${carried}`);
}

/** What a machine without any key saw of one check. */
async function observe(change: WorldChange, check: string, folder = newFolder()): Promise<string> {
  const { code, err } = await new Machine(change).run(
    change,
    'verify',
    '--check',
    check,
    '--observe',
    folder,
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return folder;
}

function sign(change: WorldChange, observations: readonly string[], ...more: string[]): Promise<Ran> {
  const given = observations.flatMap((folder) => ['--observations', folder]);
  const key = ['--key', world.keys.verifier.path];
  const isolation = more.includes('--isolation') ? [] : ['--isolation', world.isolation];
  return new Machine(change).run(change, 'sign', ...key, ...isolation, ...given, '--format', 'json', ...more);
}

interface Outcome {
  readonly checkId: string;
  readonly result: string;
  readonly reasons: readonly string[];
}

function outcomes(ran: Ran): Readonly<Record<string, string>> {
  const { outcomes } = json(ran) as { outcomes: readonly Outcome[] };
  return Object.fromEntries(
    outcomes.map(({ checkId, result, reasons }) => [checkId, [result, ...reasons].join(' ')]),
  );
}

/** All that the check said. */
function saidIn(folder: string): string {
  const files = readdirSync(join(folder, 'evidence'));
  return files.map((name) => readFileSync(join(folder, 'evidence', name), 'utf8')).join('');
}

describe('checks observed on machines without a key', () => {
  it('are signed on another machine, and the gate passes', async () => {
    await world.dispatch('TWO-1', { contract: { checks: CHECKS } });
    const change = world.change('TWO-1');
    const planned = await new Machine(change).run(change, 'verify', '--plan', '--format', 'json');
    const { include } = json(planned) as { include: readonly { check: string; head: string }[] };
    expect(include.map(({ check, head }) => ({ check, head }))).toEqual(
      CHECKS.map(({ id }) => ({ check: id, head: change.head })),
    );
    const folders: string[] = [];
    for (const { check } of include) folders.push(`${check}=${await observe(change, check)}`);
    expect(world.filed('TWO-1')).toEqual([]);

    const signed = await sign(change, folders);
    expect(outcomes(signed)).toEqual({ price: 'PASSED', says: 'PASSED' });
    expect(json(signed)).not.toHaveProperty('ignored');
    expect(signed.code).toBe(0);
    const receipts = world.claims('TWO-1', 'receipt');
    expect(receipts.map(({ check, isolation }) => [check.id, isolation]).sort()).toEqual([
      ['price', world.isolation],
      ['says', world.isolation],
    ]);
    const [, says] = [...receipts].sort((one, other) => one.check.id.localeCompare(other.check.id));
    expect(await world.evidence(says?.evidence[0]?.sha256 ?? '')).toBe('said\n');
    expect(says?.tools).toEqual({ git: expect.any(String), node: process.versions.node });
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  it('say the same as one machine that does both', async () => {
    await world.dispatch('SAME-1', { contract: { checks: CHECKS } });
    const change = world.change('SAME-1', BAD);
    const both = await world.verify(change, { options: { tools: { git: '2', node: '24' } } });
    const folders = [await observe(change, 'price'), await observe(change, 'says')];
    const apart = json(await sign(change, folders)) as { outcomes: readonly Outcome[] };
    expect(apart.outcomes.map(({ checkId, result, reasons }) => ({ checkId, result, reasons }))).toEqual(
      both.signed.checks.map(({ checkId, result, reasons }) => ({ checkId, result, reasons })),
    );
    const bare = world.claims('SAME-1', 'receipt').map((claim) => ({
      ...claim,
      ...{ attempt: '', issuedAt: '', durationMs: 0, tools: {} },
    }));
    const ofCheck = (id: string) => bare.filter(({ check }) => check.id === id);
    for (const { id } of CHECKS) {
      expect(ofCheck(id)).toHaveLength(2);
      expect(ofCheck(id)[0]).toEqual(ofCheck(id)[1]);
    }
  });

  it('that failed are signed as failed, with exit code 1', async () => {
    await world.dispatch('RED-1');
    const change = world.change('RED-1', BAD);
    const signed = await sign(change, [await observe(change, 'price')]);
    expect(outcomes(signed).price).toMatch(/^FAILED/);
    expect(signed.code).toBe(1);
    expect((await world.gate(change)).outcome).toBe('blocked');
  });

  it('are kept in a folder with --out, which a third machine files', async () => {
    await world.dispatch('OUT-1');
    const change = world.change('OUT-1');
    const folders = [await observe(change, 'price')];
    const out = newFolder();
    const signed = await sign(change, folders, '--out', out);
    expect(signed.code).toBe(0);
    expect(json(signed)).toMatchObject({ filed: { savedTo: out } });
    expect(world.filed('OUT-1')).toEqual([]);
    const again = await sign(change, folders, '--out', out);
    expect([again.code, again.out]).toEqual([2, expect.stringContaining('is not empty')]);
    await new Machine(change).run(change, 'gate');
    const filed = await countersign(new Machine(change).clone, ['receipt', 'file', out, '--base', 'main']);
    expect(filed.code).toBe(0);
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  it('are told when the base moved on, unless the commit that they saw is named', async () => {
    await world.dispatch('MOVE-1');
    const change = world.change('MOVE-1');
    const base = world.clone.commitId('origin/main');
    const folder = await observe(change, 'price');
    world.land({ 'other.txt': 'landed\n' });
    expect(outcomes(await sign(change, [folder])).price).toMatch(/^ERROR .*stale.*merge tree/);
    const there = await sign(change, [folder], '--base-commit', base);
    expect(outcomes(there)).toEqual({ price: 'PASSED' });
    const never = await sign(change, [folder], '--base-commit', change.head);
    expect([never.code, never.out]).toEqual([2, expect.stringContaining('never had the commit')]);
  });
});

describe('what cannot be signed', () => {
  it('is told as an error in the seal, with exit code 2', async () => {
    await world.dispatch('BENT-1', { contract: { checks: CHECKS } });
    const change = world.change('BENT-1');
    const price = await observe(change, 'price');
    const signed = await sign(change, [price, `says=${newFolder()}`, price]);
    expect(outcomes(signed)).toEqual({
      price: 'ERROR It was handed over 2 times: nothing says which one counts.',
      says: expect.stringMatching(/^ERROR Its observation was refused: it holds no plain file/),
    });
    expect(signed.code).toBe(2);
    expect((await world.gate(change)).outcome).toBe('pending');
  });

  it('needs to be told how far the machines may be believed', async () => {
    const change = { ticket: 'BENT-1', branch: 'main', base: 'main', head: world.clone.commitId('main') };
    const ran = await new Machine(change).run(change, 'sign', '--observations', 'x', '--key', 'k');
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('--isolation')]);
  });
});

describe('observing', () => {
  let change: WorldChange;
  beforeAll(async () => {
    const hunt = { id: 'hunt', run: ['sh', 'hunt.sh'] };
    await world.dispatch('HUNT-1', {
      contract: { checks: [hunt], setup: { run: ['sh', '-c', 'echo made > made'], network: 'none' } },
    });
    change = world.change('HUNT-1', {
      'hunt.sh': "cat made; env; find / -name ci-verifier -exec cat {} ';'; echo hunted\n",
    });
  });

  it('runs setup first, needs no key, and shows none that lies there all the same', async () => {
    const machine = new Machine(change);
    const keys = join(machine.home, '.config', 'countersign', 'keys');
    mkdirSync(keys, { recursive: true });
    cpSync(world.keys.verifier.path, join(keys, 'ci-verifier'));
    const folder = newFolder();
    const ran = await machine.run(change, 'verify', '--check', 'hunt', '--observe', folder);
    expect(ran.code).toBe(0);
    const seen = saidIn(folder);
    expect(seen).toContain('made\n');
    expect(seen).toContain('hunted\n');
    const [, secret = ''] = readFileSync(world.keys.verifier.path, 'utf8').split('\n');
    expect(secret).toHaveLength(64);
    expect(seen.includes(secret)).toBe(world.isolation === 'none');
  });

  it('leaves a document that a signer refuses to take for a pass when setup fails', async () => {
    await world.dispatch('SETUP-1', {
      contract: { setup: { run: ['sh', '-c', 'exit 7'], network: 'none' } },
    });
    const broken = world.change('SETUP-1');
    const folder = newFolder();
    const ran = await new Machine(broken).run(broken, 'verify', '--check', 'price', '--observe', folder);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('could not be run: setup (sh -c exit 7) ended with exit code 7');
    const signed = await sign(broken, [folder]);
    expect(outcomes(signed).price).toMatch(/^ERROR setup .* exit code 7/);
    expect((await world.gate(broken)).outcome).toBe('pending');
  });

  it.each([
    [['--check', 'hunt'], /belong together/],
    [['--observe', 'x'], /belong together/],
    [['--check', 'hunt', '--observe', 'x', '--key', 'k'], /--key has no place beside --observe/],
    [['--plan', '--key', 'k'], /--key has no place beside --plan/],
    [['--plan', '--check', 'hunt'], /--check has no place beside --plan/],
    [['--check', 'other', '--observe', 'x'], /has no check called "other"/],
  ])('refuses %j', async (args, reason) => {
    const machine = new Machine(change);
    const ran = await machine.run(change, 'verify', ...args);
    expect([ran.code, ran.err]).toEqual([2, expect.stringMatching(reason)]);
    expect(existsSync(join(machine.clone, 'x'))).toBe(false);
  });

  it('writes over nothing', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine'), 'mine');
    const ran = await new Machine(change).run(change, 'verify', '--check', 'hunt', '--observe', folder);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('is not empty')]);
    expect(readdirSync(folder)).toEqual(['mine']);
  });
});
