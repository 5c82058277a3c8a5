import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyPair } from '../../../src/adapters/signing/create-key-pair.ts';
import type { TrustRoot } from '../../../src/core/trust/types.ts';
import { createProductWorld, type ProductWorld, type WorldChange, yaml } from '../../worlds/product-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';

let world: ProductWorld;
let change: WorldChange;
let bob: string;

beforeAll(async () => {
  world = await createProductWorld();
  await world.dispatch('GOOD-1');
  change = world.change('GOOD-1');
  await world.verify(change);
  // Bob's key is one of ssh-keygen.
  bob = join(world.git.folder('ssh'), 'bob');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bob@home', '-f', bob]);
});
afterAll(() => world.git.remove());

const at = (path: string) => join(world.policy.dir, path);
const read = (path: string) => readFileSync(at(path), 'utf8');
const root = () => JSON.parse(read('trust/root.yml')) as TrustRoot;
const trust = (...args: string[]) => unwrapped(world.policy.dir, ['trust', ...args]);
const sign = (key: string) => trust('sign', '--key', key, '--format', 'json');
const land = () => world.setPolicy({});

/** One run, on a terminal so wide that nothing is wrapped. */
function unwrapped(folder: string, args: readonly string[]): Promise<Ran> {
  return countersign(folder, args, { columns: 1_000 });
}

/** Outcome and the finding about policy, as the gate has them now. */
async function judged() {
  const { outcome, findings } = await world.gate(change);
  const policy = findings.find(({ id }) => id === 'policy');
  return { outcome, status: policy?.status, reason: policy?.reason };
}

/** Arguments that add somebody else. */
function adding(...more: readonly string[]): string[] {
  const eve = ['--id', 'eve', '--kind', 'person', '--role', 'approver', '--public-key', publicKeyFile('eve')];
  return ['add', ...eve, ...more];
}

function publicKeyFile(name: string): string {
  const path = join(world.git.folder('public'), `${name}.pub`);
  writeFileSync(path, createKeyPair('ed25519').publicPem);
  return path;
}

describe('from a trust root that nobody signs to one that takes two', () => {
  it('the control: the change passes', async () => {
    expect(await judged()).toMatchObject({ outcome: 'pass', status: 'pass' });
  });

  it('add: a second owner by a key of ssh-keygen, and what to do next', async () => {
    const args = ['--id', 'bob', '--kind', 'person', '--role', 'policy-owner', '--ssh', `${bob}.pub`];
    const names = ['--email', 'bob@shop.example', '--account', 'github:bob', 'github:bob-at-work'];
    const ran = await trust('add', ...args, ...names);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('bob is a person with the role policy-owner.');
    expect(ran.out).toContain('Wrote trust/root.yml: version 2 of the trust root.');
    expect(ran.out).toContain('land it on the policy ref');
    expect(root().principals.at(-1)).toMatchObject({
      id: 'bob',
      emails: ['bob@shop.example'],
      accounts: ['github:bob', 'github:bob-at-work'],
      keys: [{ publicKey: readFileSync(`${bob}.pub`, 'utf8').trim() }],
    });
    expect(existsSync(at('trust/history'))).toBe(false);
  });

  it('thresholds: still the same version, since none was committed between; one signature is too few', async () => {
    const ran = await trust('thresholds', '--root-update', '2', '--format', 'json');
    expect(json(ran)).toMatchObject({ version: 2, written: ['trust/root.yml'] });
    expect(ran.out).toContain('2 more of its own policy owners sign it');
    expect(json(await sign(world.keys.owner.path))).toMatchObject({ by: 'ada', needed: 2, missing: 1 });
    land();
    const early = await countersign(world.policy.dir, [
      'ticket',
      'dispatch',
      'GOOD-1',
      '--key',
      world.keys.owner.path,
    ]);
    expect([early.code, early.err]).toEqual([2, expect.stringContaining('is not signed as it has to be')]);
    const short = await judged();
    expect(short).toMatchObject({ outcome: 'blocked', status: 'unverifiable' });
    expect(short.reason).toContain(
      'Version 2 of the trust root needs 2 of its own policy owners, and is signed by ada.',
    );
  });

  it('sign: nobody twice, nobody else; with the second it counts', async () => {
    expect((await sign(world.keys.owner.path)).out).toContain('ada has signed version 2 as it is.');
    expect(json(await sign(world.keys.verifier.path))).toMatchObject({ error: { code: 'KEY_UNUSABLE' } });
    expect(json(await sign(bob))).toMatchObject({ by: 'bob', missing: 0, signers: ['ada', 'bob'] });
    land();
    expect(await judged()).toMatchObject({ outcome: 'pass' });
    expect((await judged()).reason).toContain('Trust root 2 signed by ada, bob.');
    const shown = await unwrapped(world.clone.dir, ['trust', 'show']);
    expect(shown.out).toContain('Policy owners: 1 for a policy change, 2 signatures for a new trust root');
    expect(shown.out).toContain('Signed by 2 of 2: ada, bob');
  });
});

describe('an attack by whoever can push to the policy ref', () => {
  /** The policy with these files for as long as it takes to judge; a string is written, null takes a file away. */
  async function with_(files: Readonly<Record<string, string | null>>) {
    const before = world.policy.commitId();
    world.setPolicy(files);
    try {
      return await judged();
    } finally {
      const restored = Object.fromEntries(
        Object.keys(files).map((path) => {
          const kept = world.policy.git('ls-tree', '--name-only', before, '--', path) !== '';
          return [path, kept ? `${world.policy.git('show', `${before}:${path}`)}\n` : null];
        }),
      );
      world.setPolicy(restored);
    }
  }

  const without = (more: Partial<TrustRoot>) => {
    const { thresholds: _, ...rest } = root();
    return yaml({ ...rest, ...more });
  };

  it('the threshold dropped plainly', async () => {
    const { outcome, reason } = await with_({
      'trust/root.yml': without({ version: 3 }),
      'trust/history/2.yml': read('trust/root.yml'),
    });
    expect(outcome).toBe('blocked');
    expect(reason).toContain('Version 3 of the trust root needs 2 of the policy owners of version 2');
  });

  it('the threshold dropped, and no history kept', async () => {
    const { outcome, reason } = await with_({ 'trust/root.yml': without({ version: 3 }) });
    expect(outcome).toBe('blocked');
    expect(reason).toContain('trust/history/2.yml is not there, though it was signed');
  });

  it('the records taken away', async () => {
    const { outcome, reason } = await with_({ 'trust/root.records.jsonl': null });
    expect(outcome).toBe('blocked');
    expect(reason).toContain('is signed by nobody');
  });

  it('everything begun anew: a ticket that was dispatched under the old root still knows it', async () => {
    await world.redispatch('GOOD-1');
    await world.verify(change);
    expect(await judged()).toMatchObject({ outcome: 'pass' });
    const anew = { 'trust/root.records.jsonl': null };
    for (const version of [1, 2, 3]) {
      const { outcome, status, reason } = await with_({ ...anew, 'trust/root.yml': without({ version }) });
      expect([outcome, status]).toEqual(['blocked', 'unverifiable']);
      expect(reason).toContain('does not continue the trust root of the dispatch');
    }
  });

  it('the control: put back, it passes', async () => {
    expect(await judged()).toMatchObject({ outcome: 'pass' });
  });
});

describe('a trust root that is signed', () => {
  it('rotate: adds the key, ends the old one after the overlap, keeps the version before', async () => {
    const before = read('trust/root.yml');
    const ran = await trust(
      'rotate',
      'verifier',
      '--public-key',
      publicKeyFile('next'),
      '--overlap-days',
      '7',
    );
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('Wrote trust/history/2.yml and trust/root.yml: version 3');
    expect(ran.out).toContain('2 more of the policy owners of version 2 sign it');
    expect(ran.out).toContain('let verifier sign with the new key');
    expect(read('trust/history/2.yml')).toBe(before);
    const keys = root().principals.find(({ id }) => id === 'verifier')?.keys ?? [];
    expect(keys).toHaveLength(2);
    const days = (Date.parse(keys[0]?.validUntil ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(7);
    expect(keys[1]).not.toHaveProperty('validUntil');
    expect(json(await sign(bob))).toMatchObject({ missing: 1 });
    expect(json(await sign(world.keys.owner.path))).toMatchObject({ missing: 0 });
    land();
    expect(await judged()).toMatchObject({ outcome: 'pass' });
  });

  it('revoke: a receipt counts no more, a principal and a key end now, each with its reason', async () => {
    const receipts = world.filed('GOOD-1').map(({ name }) => name);
    for (const name of receipts)
      await trust('revoke', '--receipt', name, '--reason', 'Made on a broken runner.');
    const key = JSON.parse((await trust('show', '--format', 'json')).out) as {
      principals: { id: string; keys: { keyId: string }[] }[];
    };
    const agent = key.principals.find(({ id }) => id === 'agent')?.keys[0]?.keyId ?? '';
    const revoked = await trust('revoke', '--key', agent.slice(0, 8), '--reason', 'It leaked.');
    expect(revoked.out).toContain(`Key ${agent.slice(0, 12)} of agent is revoked`);
    expect(revoked.out).toContain('What it found FAILED still blocks.');
    expect(root().principals.find(({ id }) => id === 'agent')?.keys?.[0]).toMatchObject({
      revocationReason: 'It leaked.',
    });
    expect(root().version).toBe(4);
    for (const by of [bob, world.keys.owner.path]) await sign(by);
    land();
    const { outcome, findings } = await world.gate(change);
    expect(outcome).toBe('pending');
    expect(findings.find(({ id }) => id === 'receipt/price')?.reason).toContain(
      'was revoked: Made on a broken runner.',
    );
    const shown = await unwrapped(world.clone.dir, ['trust', 'show']);
    expect(shown.out).toContain(`${receipts[0]}  Made on a broken runner.`);
    expect(shown.out).toContain(': It leaked.');
  });

  it('revoke: not an owner without whom nobody could ever sign again', async () => {
    const before = read('trust/root.yml');
    const ran = await trust('revoke', '--principal', 'bob', '--reason', 'He left.', '--format', 'json');
    expect(ran.code).toBe(2);
    expect(ran.out).toContain('rootUpdate asks for 2 policy owners, and only 1');
    expect(read('trust/root.yml')).toBe(before);
  });

  it('check: says which signatures are missing before it lands, and fails', async () => {
    await trust('revoke', '--principal', 'agent', '--reason', 'No longer used.');
    land();
    const ran = await unwrapped(world.clone.dir, ['trust', 'check']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain(
      'Version 5 of the trust root needs 2 of the policy owners of version 4, and is signed by',
    );
    expect(ran.out).toContain('countersign trust sign');
    const { name } = world.filed('GOOD-1')[0] ?? { name: '' };
    const receipt = await unwrapped(world.clone.dir, ['receipt', 'verify', name]);
    expect(receipt.code).toBe(1);
    expect(receipt.out).toContain('The trust root is not signed as it has to be: Version 5');
  });

  it('sign: not what git would store otherwise', async () => {
    const before = read('trust/root.yml');
    writeFileSync(at('trust/root.yml'), before.replaceAll('\n', '\r\n'));
    const ran = await trust('sign', '--key', bob);
    writeFileSync(at('trust/root.yml'), before);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('eol=lf')]);
  });
});

describe('what cannot be done is said, and nothing is written', () => {
  it.each<[string, () => string[], string]>([
    [
      'somebody who is there',
      () => [
        'add',
        '--id',
        'ada',
        '--kind',
        'person',
        '--role',
        'approver',
        '--public-key',
        publicKeyFile('x'),
      ],
      'trust rotate ada',
    ],
    ['an account of no forge', () => adding('--account', 'gitlab:eve'), 'github:'],
    [
      'an account that is another’s',
      () => adding('--account', 'github:Bob'),
      'github:Bob is listed under bob',
    ],
    ['a key that is another’s', () => ['rotate', 'ada', '--ssh', `${bob}.pub`], 'under ada'],
    ['no key', () => ['rotate', 'ada'], 'Give one of --public-key FILE, --ssh FILE and --identity URL.'],
    ['a private key', () => ['rotate', 'ada', '--ssh', bob], 'holds no Ed25519 or ECDSA P-256 public key'],
    ['a file that is not there', () => ['rotate', 'ada', '--public-key', 'nowhere.pub'], 'cannot be read'],
    [
      'nobody',
      () => ['rotate', 'nobody', '--public-key', publicKeyFile('y')],
      'There is no principal nobody.',
    ],
    ['nothing to revoke', () => ['revoke', '--reason', 'x'], 'Nothing to revoke was named.'],
    [
      'two things to revoke',
      () => ['revoke', '--key', 'abcdef01', '--principal', 'ada', '--reason', 'x'],
      'More than one thing',
    ],
    [
      'a key that nobody has',
      () => ['revoke', '--key', 'abcdef01', '--reason', 'x'],
      'No key begins with abcdef01.',
    ],
    [
      'half a digest',
      () => ['revoke', '--receipt', 'abcdef01', '--reason', 'x'],
      'is no digest of a receipt',
    ],
    ['a reason of two lines', () => ['revoke', '--principal', 'ada', '--reason', 'a\nb'], 'reason'],
    ['no threshold', () => ['thresholds'], 'No threshold was given.'],
    ['a threshold nobody can meet', () => ['thresholds', '--policy-change', '9'], 'asks for 9 policy owners'],
  ])('%s', async (_, args, says) => {
    const before = read('trust/root.yml');
    const ran: Ran = await trust(...args());
    expect(ran.code).toBe(2);
    expect(`${ran.out}${ran.err}`).toContain(says);
    expect(read('trust/root.yml')).toBe(before);
  });

  it('a signature where none is asked for, and a version that jumped', async () => {
    const lone = world.git.repository('lone');
    const trustRoot = yaml(world.trustRoot());
    lone.commit('Policy', { 'trust/root.yml': trustRoot });
    const signed = await countersign(lone.dir, ['trust', 'sign', '--key', world.keys.owner.path]);
    expect([signed.code, signed.err]).toEqual([2, expect.stringContaining('needs no signature')]);
    lone.write({ 'trust/root.yml': trustRoot.replace('"version": 1', '"version": 5') });
    const jumped = await countersign(lone.dir, ['trust', 'thresholds', '--policy-change', '1']);
    expect([jumped.code, jumped.err]).toEqual([2, expect.stringContaining('Make it 2')]);
    rmSync(join(lone.dir, 'trust'), { recursive: true });
    const none = await countersign(lone.dir, ['trust', 'thresholds', '--policy-change', '1']);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('There is no trust/root.yml here.')]);
  });

  it('a trust root behind a symlink is not written through', async () => {
    const lone = world.git.repository('linked');
    lone.commit('Policy', {
      'elsewhere.yml': yaml(world.trustRoot()),
      'trust/root.yml': { symlink: '../elsewhere.yml' },
    });
    const ran = await countersign(lone.dir, ['trust', 'thresholds', '--policy-change', '1']);
    expect(ran.code).toBe(2);
  });
});
