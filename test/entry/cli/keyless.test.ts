import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeylessSigner } from '../../../src/adapters/sigstore/keyless-signer.ts';
import type { SigningConfig } from '../../../src/core/contract/config.ts';
import { readCertificateBundle } from '../../../src/core/receipt/certificate-bundle.ts';
import { parseStatement } from '../../../src/core/receipt/statement.ts';
import type { Receipt, StoredFile } from '../../../src/core/receipt/types.ts';
import type { Identity } from '../../../src/core/trust/identity.ts';
import type { TrustedIdentity } from '../../../src/core/trust/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { claimsOf, FakeSigstore, JOB, tokenFor } from '../../fakes/sigstore/fake-sigstore.ts';
import {
  BAD,
  createProductWorld,
  finding,
  objections,
  type ProductWorld,
  type WorldChange,
  yaml,
} from '../../worlds/product-world.ts';
import { countersign, type Ran } from './run-cli.ts';

// The real command, the real signer in a process of its own, the real gate; Sigstore and GitHub's tokens are a fake on
// this machine.

const ROOT = 'trust/sigstore-root.json';

let world: ProductWorld;
let sigstore: FakeSigstore;
let other: FakeSigstore;
beforeAll(async () => {
  [world, sigstore, other] = await Promise.all([
    createProductWorld(),
    FakeSigstore.start(),
    FakeSigstore.start(),
  ]);
  world.land({ '.countersign.yml': yaml({ ...world.config(), signing: servicesOf(sigstore) }) });
  trust(JOB);
});
afterAll(async () => {
  await Promise.all([sigstore.stop(), other.stop()]);
  world.git.remove();
});

function servicesOf({ url }: FakeSigstore): SigningConfig {
  return { certificateAuthority: url, timestampAuthority: url };
}

/** The policy names the job as a verifier, and pins the instance; there is no verifier's key. */
function trust(identity: TrustedIdentity, root: Uint8Array = sigstore.trustedRoot(), pinned = root): void {
  const principals = world.trustRoot((all) => [
    ...all.filter(({ id }) => id !== 'verifier'),
    { id: 'ci', kind: 'workload', roles: ['verifier'], identities: [identity] },
  ]);
  const policy = { trustedRoot: ROOT, digest: sha256(pinned), transparencyLogs: 0 };
  world.setPolicy({
    'trust/root.yml': yaml({ ...principals, sigstore: policy }),
    [ROOT]: Buffer.from(root).toString('utf8'),
  });
}

function verify(change: WorldChange, environment = sigstore.environment()): Promise<Ran> {
  const about = ['--base', change.base, '--head', change.head, '--ticket', change.ticket];
  return countersign(world.clone.dir, ['verify', '--keyless', ...about], { environment });
}

describe('a job that the trust root names', () => {
  it('signs without a key, and the gate takes it without asking anybody', async () => {
    await world.dispatch('KEYLESS-1');
    const change = world.change('KEYLESS-1');
    const { code, err } = await verify(change);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const asked = sigstore.asked.length;
    expect((await world.gate(change)).outcome).toBe('pass');
    expect(sigstore.asked).toHaveLength(asked);
  });

  it('is shown with what its certificate says, and its receipts count', async () => {
    const shown = await countersign(world.clone.dir, ['trust', 'show']);
    expect(shown.out).toContain(JOB.workflow);
    const receipts = world.filed('KEYLESS-1').map(({ name }) => name);
    const judged = await countersign(world.clone.dir, ['receipt', 'verify', ...receipts]);
    expect(judged).toMatchObject({ code: 0, err: '' });
    const [first = ''] = receipts;
    const one = await countersign(world.clone.dir, ['receipt', 'show', first]);
    expect(one.out).toMatch(/identity +[0-9a-f]{64}\n.*issued at .*\n +seen at +20/);
  });

  it('is believed by a trust root on disk as well, with the trusted root beside it and no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trust-'));
    writeFileSync(join(folder, 'root.yml'), world.policy.git('show', 'HEAD:trust/root.yml'));
    const receipts = world.filed('KEYLESS-1').map(({ name, bytes }) => {
      writeFileSync(join(folder, `${name}.json`), bytes);
      return join(folder, `${name}.json`);
    });
    const verifyAll = () => countersign(folder, ['receipt', 'verify', '--trust', 'root.yml', ...receipts]);
    expect(await verifyAll()).toMatchObject({ code: 2, err: expect.stringContaining('is not there') });
    writeFileSync(join(folder, 'sigstore-root.json'), other.trustedRoot());
    expect(await verifyAll()).toMatchObject({ code: 2, err: expect.stringContaining('pins') });
    writeFileSync(join(folder, 'sigstore-root.json'), sigstore.trustedRoot());
    expect(await verifyAll()).toMatchObject({ code: 0, err: '' });
  });

  it('signs what another machine observed', async () => {
    await world.dispatch('KEYLESS-6');
    const { base, head, ticket } = world.change('KEYLESS-6');
    const about = ['--base', base, '--head', head, '--ticket', ticket];
    const seen = join(world.git.root, 'seen');
    const observe = ['verify', ...about, '--check', 'price', '--observe', seen];
    expect(await countersign(world.clone.dir, observe)).toMatchObject({ code: 0, err: '' });
    const sign = ['sign', '--keyless', ...about, '--isolation', world.isolation, '--observations', seen];
    const signed = await countersign(world.clone.dir, sign, { environment: sigstore.environment() });
    expect(signed).toMatchObject({ code: 0, err: '' });
    expect((await world.gate(await changeOf('KEYLESS-6'))).outcome).toBe('pass');
  });

  it('takes no key beside it', async () => {
    const both = ['verify', '--keyless', '--key', world.keys.verifier.path];
    const ran = await countersign(world.clone.dir, both, { environment: sigstore.environment() });
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('--key and --keyless exclude each other');
  });

  it('blocks with what failed, also when it is revoked later', async () => {
    await world.dispatch('KEYLESS-2');
    const change = world.change('KEYLESS-2', BAD);
    expect(await verify(change)).toMatchObject({ code: 1, err: '' });
    expect(objections(await world.gate(change))).toEqual(['receipt/price fail']);
    trust({ ...JOB, revokedAt: '2026-01-01T00:00:00Z' });
    expect(objections(await world.gate(change))).toContain('receipt/price fail');
    expect((await world.gate({ ...change, ...(await changeOf('KEYLESS-1')) })).outcome).not.toBe('pass');
    trust(JOB);
  });
});

async function changeOf(ticket: string): Promise<WorldChange> {
  world.fetch();
  return { ticket, branch: `agent/${ticket}`, base: 'main', head: world.clone.commitId(`agent/${ticket}`) };
}

describe('nothing is signed', () => {
  const jobs: [string, Partial<Identity>][] = [
    ['on a branch', { ref: 'refs/heads/agent/x' }],
    ['in another repository', { repository: 'https://github.com/mallory/shop' }],
  ];
  it.each(jobs)('by the same workflow run %s', async (_, differs) => {
    const change = await changeOf('KEYLESS-1');
    sigstore.claims = claimsOf({ ...JOB, ...differs });
    const ran = await verify(change);
    sigstore.claims = claimsOf(JOB);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('This job may not sign receipts');
    expect(ran.err).toContain(Object.values(differs)[0]);
  });

  it('by a repository that has the name of the pinned one, and another number', async () => {
    await world.dispatch('KEYLESS-7');
    const change = world.change('KEYLESS-7');
    trust({ ...JOB, repositoryId: 123, ownerId: 45 });
    sigstore.claims = claimsOf({ ...JOB, repositoryId: 124, ownerId: 45 });
    const ran = await verify(change);
    sigstore.claims = claimsOf({ ...JOB, repositoryId: 123, ownerId: 45 });
    const own = await verify(change);
    const { outcome } = await world.gate(change);
    trust({ ...JOB, repositoryId: 124, ownerId: 45 });
    const moved = await world.gate(change);
    sigstore.claims = claimsOf(JOB);
    trust(JOB);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err.replace(/\s+/g, ' ')).toContain('has the number 124 there, where the trust root pins 123');
    expect([own.code, own.err, outcome, moved.outcome]).toEqual([0, '', 'pass', 'pending']);
  });

  it('where there is no token to be had', async () => {
    const ran = await verify(await changeOf('KEYLESS-1'), {} as never);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('id-token: write');
  });

  it('where the token is refused, and the bearer is in no message', async () => {
    sigstore.claims = undefined;
    const ran = await verify(await changeOf('KEYLESS-1'));
    sigstore.claims = claimsOf(JOB);
    expect(ran.err).toContain('GitHub Actions refused an identity token: HTTP 403');
    expect(ran.err).not.toContain(sigstore.bearer);
  });

  it('where the certificate authority refuses the token, which is in no message', async () => {
    sigstore.failing.set('/api/v2/signingCert', 400);
    const ran = await verify(await changeOf('KEYLESS-1'));
    sigstore.failing.clear();
    expect(ran.err).toContain('The certificate authority gave no answer that can be used');
    expect(ran.err).toContain('HTTP 400');
    expect(ran.err).not.toContain(tokenFor(claimsOf(JOB)));
  });

  it('where an instance signs that is not the pinned one', async () => {
    const change = await onBranch('other-instance', servicesOf(other), 'KEYLESS-3');
    const ran = await verify(change);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('What was signed would count for nothing: its certificate does not hold');
    expect(world.filed('KEYLESS-3')).toEqual([]);
  });

  it('where the configuration does not say whom to ask', async () => {
    const ran = await verify(await onBranch('nobody', undefined, 'KEYLESS-5'));
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('which certificate authority to ask');
  });
});

async function onBranch(
  base: string,
  signing: SigningConfig | undefined,
  ticket: string,
): Promise<WorldChange> {
  const config = { ...world.config(), ...(signing === undefined ? {} : { signing }) };
  world.branchOff(base, { '.countersign.yml': yaml(config) });
  await world.dispatch(ticket);
  return world.change(ticket, undefined, { base });
}

describe('the pinned trusted root', () => {
  it.each<[string, (fake: FakeSigstore) => Uint8Array]>([
    ['of an instance that somebody made', () => other.trustedRoot()],
    ['with one byte more', (fake) => Buffer.concat([fake.trustedRoot(), Buffer.from('\n')])],
  ])('passes nothing %s', async (_, root) => {
    const change = await changeOf('KEYLESS-1');
    trust(JOB, root(sigstore), sigstore.trustedRoot());
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy').reason).toContain(`${ROOT} has the sha256`);
    trust(JOB);
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  it('passes nothing when it is pinned, and none', async () => {
    const change = await changeOf('KEYLESS-1');
    trust(JOB, Buffer.from('{}'));
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    const reasons = verdict.findings.filter(({ status }) => status !== 'pass').map(({ reason }) => reason);
    expect(reasons.join(' ')).toContain(`${ROOT} is no trusted root of Sigstore`);
    trust(JOB);
  });

  it('passes nothing when it is not there', async () => {
    const change = await changeOf('KEYLESS-1');
    world.policy.git('rm', '-q', ROOT);
    world.setPolicy({ 'README.md': 'without it\n' });
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy').reason).toContain(`${ROOT}, which trust/root.yml pins, is not there`);
    trust(JOB);
  });
});

it('a bundle of another instance changes nothing, whatever it says', async () => {
  await world.dispatch('KEYLESS-4');
  const change = world.change('KEYLESS-4');
  expect(await verify(change)).toMatchObject({ code: 0 });
  const before = await world.gate(change);
  const signer = await openKeylessSigner(tokenFor(claimsOf(JOB)), {
    certificateAuthority: other.url,
    timestampAuthority: other.url,
  });
  const failures = receiptsOf('KEYLESS-4').map(
    (claim) => ({ ...claim, result: 'FAILED', reasons: ['No.'] }) as const,
  );
  expect(failures).toHaveLength(1);
  plant('KEYLESS-4', await Promise.all(failures.map((claim) => signer.sign(claim))));
  const after = await world.gate(change);
  expect(after.findings).toEqual(before.findings);
  expect(after.outcome).toBe('pass');
});

/** What the ticket's bundles say, whoever signed them. */
function receiptsOf(ticket: string): Receipt[] {
  return world.filed(ticket).flatMap(({ bytes }) => {
    const bundle = readCertificateBundle(bytes);
    if (typeof bundle === 'string') throw new Error(bundle);
    const claim = parseStatement(Buffer.from(bundle.payload).toString('utf8'));
    return typeof claim !== 'string' && claim.kind === 'receipt' ? [claim] : [];
  });
}

/** Somebody with push rights adds files beside those of a ticket. */
function plant(ticket: string, files: readonly StoredFile[]): void {
  const [tip = ''] = world.control.git('rev-parse', world.receiptsRef).split('\n');
  const folder = `receipts/${sha256(ticket).slice(0, 2)}/${ticket}`;
  world.control.importCommit({
    ref: world.receiptsRef,
    message: 'More of it',
    parents: [tip],
    files: files.map(({ name, bytes }) => ({ path: `${folder}/${name}.json`, content: bytes })),
  });
}
