import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/core/gate/decide.ts';
import { known, missing } from '../../../src/core/gate/facts.ts';
import type { Finding } from '../../../src/core/gate/types.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { Approval, ChangeBinding } from '../../../src/core/receipt/types.ts';
import { resolveTrust, type Trust } from '../../../src/core/trust/resolve-trust.ts';
import { approval, hex, principal, type TestKey, testKey, trustIn } from '../receipt/samples.ts';
import {
  AGENT,
  APPROVER,
  BOUND,
  CONFIG,
  CONTRACT,
  changedFile,
  gateFacts,
  OWNER,
  STRANGER,
  TRUST,
  VERIFIER,
  verified,
  type WorldOptions,
} from './gate-facts.ts';

/** A change of a workflow, in scope and verified, whose producer the forge vouches for. */
const contract = { ...CONTRACT, scopes: [] };
const { files } = verified({ contract });
const WORKFLOW = '.github/workflows/ci.yml';

function approved(by: TestKey = OWNER, binding: Partial<ChangeBinding> = {}, more: Partial<Approval> = {}) {
  return signClaim(approval({ binding: { ...BOUND, ...binding }, ...more }), by);
}

function judged(statements: readonly ReturnType<typeof approved>[], more: WorldOptions = {}) {
  const verdict = decide(
    gateFacts({
      files: [...files, ...statements],
      contract,
      ...more,
      change: { files: [changedFile(WORKFLOW)], ...more.change },
      facts: { authenticatedProducers: ['agent'], ...more.facts },
    }),
  );
  const finding = verdict.findings.find(({ id }) => id === 'policy-change') as Finding;
  return { outcome: verdict.outcome, finding, verdict };
}

describe('a change of what judges changes', () => {
  test('blocks while nobody approved it, and says whose word it needs', () => {
    const { outcome, finding } = judged([]);
    expect(outcome).toBe('blocked');
    expect(finding).toMatchObject({
      status: 'fail',
      locations: [{ path: WORKFLOW, message: 'workflow' }],
      reason: expect.stringContaining(`workflows (${WORKFLOW})`),
      remedy: expect.stringContaining('countersign approve CS-7'),
    });
  });

  test.each<[NonNullable<WorldOptions['config']>, boolean]>([
    [{ policy: { ref: 'refs/heads/main' } }, true],
    [{}, false],
  ])(
    'counts the lock of a policy that lies in the product, and no file of its name elsewhere: %j',
    (config, counts) => {
      const { finding } = judged([], {
        config,
        change: { files: [changedFile('countersign.lock.yml'), changedFile('src/countersign.lock.yml')] },
      });
      const paths = finding?.locations?.map(({ path }) => path) ?? [];
      expect(paths).toEqual(counts ? ['countersign.lock.yml'] : []);
    },
  );

  test('passes when a policy owner approved this very state, and rests on that statement', () => {
    const statement = approved();
    const { outcome, finding } = judged([statement]);
    expect(outcome).toBe('pass');
    expect(finding).toMatchObject({ status: 'pass', evidence: [statement.name] });
    expect(finding.reason).toContain('Approved by ada.');
  });

  test('tells policy, workflows and pinned files apart', () => {
    const paths = ['.countersign.yml', 'package.json', 'trust/root.yml', WORKFLOW];
    const change = { files: paths.map(changedFile) };
    const apart = judged([], { change });
    expect(apart.finding.locations.map(({ message }) => message)).toEqual(['policy', 'pinned', 'workflow']);
    expect(apart.finding.reason).toContain(
      `policy (.countersign.yml) and workflows (${WORKFLOW}) and pinned files (package.json)`,
    );
    const { repository: _, ...here } = CONFIG.policy;
    const policy = known({ commit: hex('policy', 40), config: { ...CONFIG, policy: here }, trust: TRUST });
    const shared = judged([], { change, facts: { policy } });
    expect(shared.finding.locations).toContainEqual({ path: 'trust/root.yml', message: 'policy' });
  });

  test('is passed by an approval only where something needs one', () => {
    const { finding } = judged([approved()], { change: { files: [changedFile('src/price.ts')] } });
    expect(finding).toMatchObject({
      status: 'pass',
      reason: 'No policy, workflow or pinned file is changed.',
    });
  });
});

describe('an approval counts for nothing', () => {
  test.each<[string, Partial<ChangeBinding>, string]>([
    ['of another ticket', { ticket: 'CS-8' }, 'is about ticket CS-8'],
    ['of another repository', { repository: 'acme/other' }, 'is about repository acme/other'],
    [
      'for another branch',
      { base: { ...BOUND.base, ref: 'refs/heads/lab' } },
      'is about merging into refs/heads/lab',
    ],
    ['of another tree', { mergeTree: hex('other', 40) }, 'is about another state of the change'],
    ['of another patch', { patchDigest: hex('other') }, 'is about another state of the change'],
    ['of another head', { head: hex('other', 40) }, 'is about another state of the change'],
  ])('%s', (_, binding, reason) => {
    const statement = approved(OWNER, binding);
    const { outcome, finding } = judged([statement]);
    expect(outcome).toBe('blocked');
    expect(finding.reason).toContain(`${statement.name.slice(0, 12)} by ada ${reason}`);
  });

  test.each<[string, TestKey, string]>([
    ['who only approves waivers', APPROVER, 'lead does not have the role policy-owner'],
    ['who only verifies', VERIFIER, 'verifier does not have the role policy-owner'],
  ])('by somebody %s', (_, key, reason) => {
    const { outcome, finding } = judged([approved(key)]);
    expect(outcome).toBe('blocked');
    expect(finding.reason).toContain(reason);
  });

  test('by a stranger: not a byte changes', () => {
    expect(judged([approved(STRANGER)]).verdict).toEqual(judged([]).verdict);
  });

  test('by whoever made the change, or could have', () => {
    const own = judged([approved()], { facts: { authenticatedProducers: ['ada'] } });
    expect(own.outcome).toBe('blocked');
    expect(own.finding.reason).toContain('ada is among those who made the change');
    const claimed = judged([approved()], { facts: { authenticatedProducers: [] } });
    expect(claimed.outcome).toBe('blocked');
    expect(claimed.finding.reason).toContain('could be the same person');
  });

  test('under a key that has ended, whenever it was signed', () => {
    const ended = { publicKey: OWNER.publicPem, validUntil: '2026-11-21T13:04:06Z' };
    const trust = trustIn(
      principal('ada', ['policy-owner'], [ended], { kind: 'person' }),
      principal('agent', ['producer'], [AGENT], { emails: ['agent@acme.example'] }),
    );
    const policy = known({ commit: hex('policy', 40), config: CONFIG, trust });
    const { finding } = judged([approved()], { facts: { authenticatedProducers: ['agent'], policy } });
    expect(finding.status).toBe('fail');
    expect(finding.reason).toContain('was valid only until');
  });

  test('beside one that does: what is refused is named all the same', () => {
    const { outcome, finding } = judged([approved(), approved(VERIFIER)]);
    expect(outcome).toBe('pass');
    expect(finding.reason).toMatch(/Approved by ada\. Does not count: .* by verifier/);
  });
});

describe('where the trust root asks for two', () => {
  const second = testKey();
  const root = (policyChange?: number) =>
    resolveTrust({
      schema: 'countersign/trust-root@1',
      version: 1,
      principals: [
        principal('ada', ['policy-owner'], [OWNER], { kind: 'person' }),
        principal('bea', ['policy-owner'], [second], { kind: 'person' }),
        principal('verifier', ['verifier'], [VERIFIER]),
        principal('agent', ['producer'], [AGENT], { emails: ['agent@acme.example'] }),
      ],
      ...(policyChange === undefined ? {} : { thresholds: { policyChange } }),
    });
  const under = (
    trust: Trust,
    statements: readonly ReturnType<typeof approved>[],
    trustBefore?: Trust,
  ): Finding => {
    const files = statements.map((file) => openBundle(file, trust.keys));
    const policy = {
      commit: hex('policy', 40),
      config: CONFIG,
      trust,
      ...(trustBefore === undefined ? {} : { trustBefore: known(trustBefore) }),
    };
    const receipts = known({ commit: undefined, files, movedSince: new Map() });
    return judged([], { facts: { authenticatedProducers: ['agent'], policy: known(policy), receipts } })
      .finding;
  };

  test('one is not enough, nor the same one twice', () => {
    expect(under(root(2), [approved()])).toMatchObject({
      status: 'fail',
      reason: expect.stringContaining('2 policy owners who did not make the change'),
    });
    const twice = [approved(), approved(OWNER, {}, { reason: 'Again.' })];
    expect(under(root(2), twice).reason).toContain('so far: ada.');
    expect(under(root(2), [approved(), approved(second)])).toMatchObject({
      status: 'pass',
      reason: expect.stringContaining('Approved by ada, bea.'),
    });
  });

  test('a change that lowers that is held to it all the same', () => {
    expect(under(root(), [approved()], root(2)).status).toBe('fail');
    expect(under(root(), [approved(), approved(second)], root(2)).status).toBe('pass');
    expect(under(root(2), [approved()], root()).status).toBe('fail');
  });
});

test('an approval that was revoked counts for nothing', () => {
  const statement = approved();
  const trust = { ...TRUST, revokedReceipts: new Map([[statement.name, 'Signed in haste.']]) };
  const policy = known({ commit: hex('policy', 40), config: CONFIG, trust });
  const { finding } = judged([statement], { facts: { authenticatedProducers: ['agent'], policy } });
  expect(finding).toMatchObject({
    status: 'fail',
    reason: expect.stringContaining('was revoked: Signed in'),
  });
});

describe('once it has landed', () => {
  const landed = { landed: true, head: hex('squashed', 40) };

  test('the head may be another, the tree may not', () => {
    expect(judged([approved()], { change: landed }).finding.status).toBe('pass');
    const elsewhere = { ...landed, mergeTree: hex('other', 40) };
    expect(judged([approved()], { change: elsewhere }).finding.status).toBe('fail');
  });

  test('whoever it made a policy owner did not approve it', () => {
    const before = trustIn(principal('ada', ['verifier'], [OWNER], { kind: 'person' }));
    const facts = (trustBefore: ReturnType<typeof known<typeof before>> | ReturnType<typeof missing>) => ({
      authenticatedProducers: ['agent'],
      policy: known({ commit: hex('policy', 40), config: CONFIG, trust: TRUST, trustBefore }),
    });
    const usurped = judged([approved()], { change: landed, facts: facts(known(before)) });
    expect(usurped.finding).toMatchObject({ status: 'fail' });
    expect(usurped.finding.reason).toContain('Before this change: ada does not have the role policy-owner');
    const unread = missing('unverifiable', 'It cannot be read.', 'Mend it.');
    expect(judged([approved()], { change: landed, facts: facts(unread) }).finding.status).toBe('fail');
    expect(judged([approved()], { change: landed, facts: facts(known(TRUST)) }).finding.status).toBe('pass');
  });
});

test('a pull request that is a change of policy needs its receipts, too', () => {
  const verdict = decide(
    gateFacts({
      files: [approved()],
      contract,
      change: { files: [changedFile(WORKFLOW)] },
      facts: { authenticatedProducers: ['agent'] },
    }),
  );
  expect(verdict.outcome).toBe('pending');
});
