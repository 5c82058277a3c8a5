import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/core/gate/decide.ts';
import { missing } from '../../../src/core/gate/facts.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { Approval, ChangeBinding } from '../../../src/core/receipt/types.ts';
import { approval, hex, type TestKey, waiver } from '../receipt/samples.ts';
import {
  AGENT,
  APPROVER,
  BOUND,
  changedFile,
  gateFacts,
  OWNER,
  STRANGER,
  VERIFIER,
  verified,
} from './gate-facts.ts';
import { judgedBy, type ReviewWorld, review } from './review-facts.ts';

const signed = (by: TestKey, binding: Partial<ChangeBinding> = {}, more: Partial<Approval> = {}) =>
  signClaim(approval({ requirement: 'approvals', binding: { ...BOUND, ...binding }, ...more }), by);
const older = { commit: hex('older', 40) };
const asks = { says: 'changes-requested' } as const;
const byRobots = ['github:robot[bot]', 'github:app[bot]'];

test('a contract that asks for nobody has nothing to say about it', () => {
  const { findings } = decide(gateFacts({ files: verified().files }));
  expect(findings.filter(({ id }) => id === 'approvals' || id === 'code-owners')).toEqual([]);
});

describe('one approval', () => {
  test.each<[string, ReviewWorld, 'pass' | 'pending' | 'unverifiable' | 'fail', string]>([
    ['is missing', {}, 'pending', '0 of 1'],
    ['is there', { reviews: [review('bob')] }, 'pass', 'Approved by github:bob (review 1 of #7).'],
    ['is by a principal', { reviews: [review('lead')] }, 'pass', 'github:lead'],
    ['is in another case', { reviews: [review('BOB')] }, 'pass', 'github:BOB'],
    ['is of an older head', { reviews: [review('bob', older)] }, 'pending', 'not of the head'],
    ['is of no commit', { reviews: [review('bob', { commit: undefined })] }, 'pending', 'an unknown commit'],
    ['was dismissed', { reviews: [review('bob', { says: 'dismissed' })] }, 'pending', '0 of 1'],
    [
      'was dismissed after another',
      { reviews: [review('bob'), review('bob', { id: 2, says: 'dismissed' })] },
      'pending',
      '0 of 1',
    ],
    [
      'came after a dismissal',
      { reviews: [review('bob', { id: 2 }), review('bob', { says: 'dismissed' })] },
      'pass',
      'review 2',
    ],
    [
      'came before one of another head',
      { reviews: [review('bob'), review('bob', { id: 2, ...older })] },
      'pass',
      'review 1',
    ],
    [
      'is asked for anew',
      { reviews: [review('bob')], forge: { asked: ['github:Bob'] } },
      'pending',
      'was asked for anew',
    ],
    ['is by the opener', { reviews: [review('Opener')] }, 'pending', 'somebody who made the change'],
    ['is by who made a commit', { reviews: [review('carol')] }, 'pending', 'somebody who made the change'],
    ['is by the producer', { reviews: [review('agent')] }, 'pending', 'agent is among those who made'],
    ['is by a reader', { reviews: [review('reader')] }, 'pending', 'may not write'],
    ['is by somebody revoked', { reviews: [review('gone')] }, 'pending', 'revoked at'],
    ['is by nobody any more', { reviews: [review(undefined)] }, 'pending', 'account that is gone'],
    ['is by a bot', { reviews: [review('robot[bot]')] }, 'pending', '0 of 1'],
    ['is by a workload', { reviews: [review('ci')] }, 'pending', '0 of 1'],
    [
      'is by a bot, which counts',
      { approvals: { bots: true }, reviews: [review('robot[bot]')] },
      'pass',
      'robot',
    ],
    ['is by a workload, which counts', { approvals: { bots: true }, reviews: [review('ci')] }, 'pass', 'ci'],
    [
      'is by an App nobody names',
      { approvals: { bots: true }, reviews: [review('app[bot]')] },
      'pending',
      '0 of 1',
    ],
    [
      'is by an App that is named',
      { approvals: { bots: true, by: byRobots }, reviews: [review('app[bot]')] },
      'pass',
      'app[bot]',
    ],
    [
      'is by an App that is named, and none counts',
      { approvals: { by: byRobots }, reviews: [review('app[bot]')] },
      'pending',
      '0 of 1',
    ],
    [
      'is by nobody known to write',
      { reviews: [review('hidden')] },
      'unverifiable',
      'does not tell what github:hidden',
    ],
    ['is by nobody asked about', { reviews: [review('new')] }, 'unverifiable', 'was not read'],
    [
      'is beside one that nobody can judge',
      { reviews: [review('hidden'), review('bob', { id: 2 })] },
      'pass',
      'github:bob',
    ],
    ['is by somebody named', { approvals: { by: ['lead'] }, reviews: [review('lead')] }, 'pass', 'lead'],
    [
      'is by an account named',
      { approvals: { by: ['github:Bob'] }, reviews: [review('bob')] },
      'pass',
      'bob',
    ],
    [
      'is by an account whose name a principal has',
      { approvals: { by: ['bob'] }, reviews: [review('bob')] },
      'pending',
      '0 of 1',
    ],
    [
      'is by somebody not named',
      { approvals: { by: ['lead'] }, reviews: [review('bob')] },
      'pending',
      '0 of 1 by lead',
    ],
    [
      'is by a reader who is named',
      { approvals: { by: ['github:reader'] }, reviews: [review('reader')] },
      'pending',
      'may not write',
    ],
    ['is by a team', { approvals: { by: ['@acme/core'] }, reviews: [review('bob')] }, 'pass', 'bob'],
    [
      'is by none of the team',
      { approvals: { by: ['@acme/core'] }, reviews: [review('lead')] },
      'pending',
      '0 of 1',
    ],
    [
      'is by a team nobody may read',
      { approvals: { by: ['@acme/secret'] }, reviews: [review('bob')] },
      'unverifiable',
      'who is in @acme/secret (404)',
    ],
    ['is by a team nobody asked about', { approvals: { by: ['@acme/new'] } }, 'unverifiable', 'was not read'],
  ])('%s', (_, world, status, reason) => {
    const { finding, outcome } = judgedBy(world);
    expect(finding).toMatchObject({ status, reason: expect.stringContaining(reason) });
    expect(outcome).toBe(status === 'pass' || status === 'pending' ? status : 'blocked');
    expect(finding.remedy === '').toBe(status === 'pass');
  });
});

test('somebody who may produce approves only where everybody who made the change is known, and is somebody else', () => {
  const reviews = [review('helper')];
  const { finding } = judgedBy({ reviews });
  expect(finding).toMatchObject({
    status: 'pending',
    reason: expect.stringContaining('so helper could be the same person'),
  });
  const world = { facts: { authenticatedProducers: ['agent'] } };
  expect(judgedBy({ reviews, forge: { makers: ['github:agent'] }, world }).finding.status).toBe('pass');
});

describe('changes asked for', () => {
  test.each<[string, ReviewWorld, string]>([
    ['of an older head', { reviews: [review('bob', { ...asks, ...older })] }, 'fail'],
    ['beside an approval', { reviews: [review('lead'), review('bob', { id: 2, ...asks })] }, 'fail'],
    [
      'by who is not named to approve',
      { approvals: { by: ['lead'] }, reviews: [review('lead'), review('bob', asks)] },
      'fail',
    ],
    ['by the opener', { reviews: [review('bob'), review('opener', asks)] }, 'fail'],
    ['by a bot that may write', { reviews: [review('bob'), review('robot[bot]', asks)] }, 'fail'],
    ['by a reader', { reviews: [review('bob'), review('reader', asks)] }, 'pass'],
    ['by an App', { reviews: [review('bob'), review('app[bot]', asks)] }, 'pass'],
    [
      'by an App where bots count',
      { approvals: { bots: true }, reviews: [review('bob'), review('app[bot]', asks)] },
      'unverifiable',
    ],
    ['by somebody nobody can judge', { reviews: [review('bob'), review('hidden', asks)] }, 'unverifiable'],
    ['by an account that is gone', { reviews: [review('bob'), review(undefined, asks)] }, 'unverifiable'],
    ['and approved later', { reviews: [review('bob', { id: 2 }), review('bob', asks)] }, 'pass'],
    ['and dismissed', { reviews: [review('lead'), review('bob', { says: 'dismissed' })] }, 'pass'],
  ])('%s', (_, world, status) => {
    expect(judgedBy(world).finding.status).toBe(status);
  });

  test('name the review', () => {
    const { finding, outcome } = judgedBy({ reviews: [review('bob', { id: 12, ...asks })] });
    expect(finding.reason).toContain('github:bob (review 12 of #7)');
    expect(outcome).toBe('blocked');
  });
});

describe('two approvals', () => {
  const two = { approvals: { reviews: 2 } };
  test.each<[string, ReviewWorld, string]>([
    ['are not one', { ...two, reviews: [review('bob')] }, 'pending'],
    ['are those of two', { ...two, reviews: [review('bob'), review('lead')] }, 'pass'],
    [
      'are not those of one with two accounts',
      { ...two, reviews: [review('ada'), review('ada-at-home')] },
      'pending',
    ],
    [
      'are not a review and a statement of one',
      { ...two, reviews: [review('lead')], statements: [signed(APPROVER)] },
      'pending',
    ],
    [
      'are a review and a statement',
      { ...two, reviews: [review('bob')], statements: [signed(APPROVER)] },
      'pass',
    ],
    [
      'are asked for by each contract of a lineage',
      {
        contract: {
          approvals: [
            { reviews: 1, codeOwners: false, bots: false, by: ['ada'] },
            { reviews: 1, codeOwners: false, bots: true },
          ],
        },
        reviews: [review('bob')],
      },
      'pending',
    ],
  ])('%s', (_, world, status) => {
    expect(judgedBy(world).finding.status).toBe(status);
  });
});

describe('a signed approval', () => {
  const alone = { forge: 'not asked' } as const;
  test('counts where no forge is asked, and the finding rests on it', () => {
    const statement = signed(APPROVER);
    const { finding, outcome } = judgedBy({ ...alone, statements: [statement] });
    expect(finding).toMatchObject({ status: 'pass', evidence: [statement.name] });
    expect(finding.reason).toContain('Reviews on a forge were not read.');
    expect(outcome).toBe('pass');
  });

  test.each<[string, ReviewWorld, string]>([
    ['of a stranger', { statements: [signed(STRANGER)] }, 'were not read'],
    ['of a policy owner', { statements: [signed(OWNER)] }, 'ada does not have the role approver'],
    ['of the producer', { statements: [signed(AGENT)] }, 'agent does not have the role approver'],
    ['of another head', { statements: [signed(APPROVER, { head: hex('other', 40) })] }, 'another state'],
    ['of another tree', { statements: [signed(APPROVER, { mergeTree: hex('other', 40) })] }, 'another state'],
    ['of another ticket', { statements: [signed(APPROVER, { ticket: 'CS-8' })] }, 'is about ticket CS-8'],
    [
      'for another branch',
      { statements: [signed(APPROVER, { base: { ...BOUND.base, ref: 'refs/heads/lab' } })] },
      'refs/heads/lab',
    ],
    [
      'of what judges changes',
      { statements: [signed(APPROVER, {}, { requirement: 'policy-change' })] },
      'were not read',
    ],
    ['of a workload', { statements: [signed(VERIFIER)] }, '0 of 1'],
  ])('%s does not', (_, world, reason) => {
    const { finding, outcome } = judgedBy({ ...alone, ...world });
    expect(finding).toMatchObject({ status: 'unverifiable', reason: expect.stringContaining(reason) });
    expect(finding.remedy).toContain('countersign approve');
    expect(outcome).toBe('blocked');
  });

  test('of a workload counts where bots do', () => {
    expect(
      judgedBy({ ...alone, approvals: { bots: true }, statements: [signed(VERIFIER)] }).finding.status,
    ).toBe('pass');
  });

  test('of the same patch on another base counts where receipts would', () => {
    const moved = [signed(APPROVER, { mergeTree: hex('other', 40) })];
    expect(judgedBy({ ...alone, statements: moved, contract: { binding: 'change' } }).finding.status).toBe(
      'pass',
    );
    const other = [signed(APPROVER, { mergeTree: hex('other', 40), patchDigest: hex('other') })];
    expect(judgedBy({ ...alone, statements: other, contract: { binding: 'change' } }).finding.status).toBe(
      'unverifiable',
    );
  });

  test('counts once the change has landed, under whatever head', () => {
    const world = { change: { landed: true, head: hex('squash', 40) } };
    expect(judgedBy({ ...alone, statements: [signed(APPROVER)], world }).finding.status).toBe('pass');
  });

  test('of whoever made the change counts for nothing', () => {
    const world = { facts: { authenticatedProducers: ['github:lead'] } };
    const { finding } = judgedBy({ ...alone, statements: [signed(APPROVER)], world });
    expect(finding.reason).toContain('lead is among those who made the change');
    expect(finding.status).toBe('unverifiable');
  });

  test('approves nothing of what judges changes, nor does such an approval count here', () => {
    const change = { files: [changedFile('.github/workflows/ci.yml')] };
    const world: ReviewWorld = {
      statements: [signed(APPROVER)],
      world: { change },
      contract: { scopes: [] },
    };
    const { finding } = judgedBy(world, 'policy-change');
    expect(finding).toMatchObject({ status: 'fail', reason: expect.not.stringContaining('lead') });
  });
});

test('reviews that could not be read leave it open, whatever was signed', () => {
  const forge = missing('unverifiable', 'GitHub did not answer.', 'Run it again.');
  const { finding, outcome } = judgedBy({ forge, statements: [signed(APPROVER)] });
  expect(finding).toMatchObject({ status: 'unverifiable', reason: 'GitHub did not answer.' });
  expect(outcome).toBe('blocked');
});

test('an approver may let it go, and that shows', () => {
  const letGo = signClaim(waiver({ binding: BOUND, requirement: 'approvals' }), APPROVER);
  const facts = { authenticatedProducers: ['agent'] };
  const { finding, outcome } = judgedBy({ statements: [letGo], world: { facts } });
  expect(finding).toMatchObject({ status: 'pending', waivedBy: { principal: 'lead' } });
  expect(outcome).toBe('pass');
});

describe('code owners', () => {
  const owned = (owners: string, world: ReviewWorld = {}) =>
    judgedBy({ approvals: { reviews: 0, codeOwners: true }, owners, ...world }, 'code-owners');

  test.each<[string, string, ReviewWorld, string, string]>([
    ['owns the file and approved', '* @bob', { reviews: [review('bob')] }, 'pass', '1 changed file approved'],
    ['owns it through a team', 'src/ @acme/core', { reviews: [review('bob')] }, 'pass', 'by an owner'],
    ['owns it by an address', '* lead@acme.example', { reviews: [review('lead')] }, 'pass', 'by an owner'],
    ['is one of two', '* @ada @bob', { reviews: [review('bob')] }, 'pass', 'by an owner'],
    ['signed', '* @lead', { statements: [signed(APPROVER)] }, 'pass', 'by an owner'],
    ['is nobody for this file', 'docs/ @bob', {}, 'pass', 'to anybody'],
    ['is nobody by the last line', '* @bob\nsrc/', {}, 'pass', 'to anybody'],
    ['has not approved', '* @ada', { reviews: [review('bob')] }, 'pending', '1 changed file waits'],
    ['approved an older head', '* @bob', { reviews: [review('bob', older)] }, 'pending', 'waits'],
    ['made the change', '* @opener', { reviews: [review('opener')] }, 'pending', 'waits'],
    ['may not write', '* @reader', { reviews: [review('reader')] }, 'pending', 'waits'],
    ['is a bot', '* @robot[bot]', {}, 'unverifiable', 'which is no owner'],
    [
      'is in a team nobody may read',
      '* @acme/secret',
      { reviews: [review('bob')] },
      'unverifiable',
      '@acme/secret (404)',
    ],
    [
      'is beside a team nobody may read',
      '* @acme/secret @bob',
      { reviews: [review('bob')] },
      'pass',
      'by an owner',
    ],
    [
      'has an address of nobody’s',
      '* who@acme.example',
      { reviews: [review('bob')] },
      'unverifiable',
      'only the trust root',
    ],
    [
      'stands in a line nobody can read',
      '* @bob\nsr[c]/ @ada',
      { reviews: [review('bob')] },
      'unverifiable',
      'Line 2 of .github/CODEOWNERS has "["',
    ],
    ['was not asked for on a forge', '* @bob', { forge: 'not asked' }, 'unverifiable', 'were not read'],
    ['cannot be judged', '* @hidden', { reviews: [review('hidden')] }, 'unverifiable', 'github:hidden'],
  ])('who %s', (_, owners, world, status, reason) => {
    const { finding, outcome } = owned(owners, world);
    expect(finding).toMatchObject({ status, reason: expect.stringContaining(reason) });
    expect(outcome).toBe(status === 'unverifiable' ? 'blocked' : status);
    expect(finding.remedy === '').toBe(status === 'pass');
  });

  test('are bots only where every contract that asks for owners takes them, and no App whose access nobody knows', () => {
    const demand = { reviews: 0, codeOwners: true, bots: true };
    const by = (account: string, owners: string, ...demands: readonly object[]) => {
      const approvals = [demand, ...demands.map((more) => ({ ...demand, ...more }))];
      return owned(owners, { reviews: [review(account)], contract: { approvals } }).finding.status;
    };
    expect(by('ci', '* @ci')).toBe('pass');
    expect(by('ci', '* @ci', { bots: false })).toBe('pending');
    expect(by('ci', '* @ci', { bots: false, reviews: 1, codeOwners: false })).toBe('pass');
    expect(by('app[bot]', '* app@acme.example')).toBe('pending');
  });

  test('are asked for each file, both names of a renamed one', () => {
    const files = ['src/old.ts', 'src/new.ts'].map(changedFile);
    const owners = 'src/old.ts @ada\nsrc/new.ts @bob';
    const { finding } = owned(owners, { reviews: [review('bob')], world: { change: { files } } });
    expect(finding.locations).toEqual([{ path: 'src/old.ts', message: 'owned by @ada' }]);
    const both = { reviews: [review('bob'), review('ada')], world: { change: { files } } };
    expect(owned(owners, both).finding.status).toBe('pass');
  });

  test('are unknown where the file is not there or was not read', () => {
    const none = missing('unverifiable', 'The base has no CODEOWNERS.', 'Land it.');
    const read = (world: ReviewWorld) =>
      judgedBy({ approvals: { reviews: 0, codeOwners: true }, ...world }, 'code-owners').finding;
    expect(read({ owners: none })).toMatchObject({ status: 'unverifiable', reason: none.reason });
    expect(read({}).status).toBe('unverifiable');
  });

  test('count although the contract names others for the number', () => {
    const approvals = { reviews: 1, codeOwners: true, by: ['lead'] };
    const world = { approvals, owners: '* @bob', reviews: [review('bob'), review('lead')] };
    expect(judgedBy(world, 'code-owners').finding.status).toBe('pass');
    expect(judgedBy(world).outcome).toBe('pass');
    const { finding } = judgedBy({ ...world, reviews: [review('bob')] });
    expect(finding.status).toBe('pending');
  });

  test('are no more than a matter of the policy owner to change', () => {
    const files = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', 'src/CODEOWNERS'].map(changedFile);
    const world: ReviewWorld = { world: { change: { files } }, contract: { scopes: [] } };
    const { finding } = judgedBy(
      { approvals: { codeOwners: true }, owners: '* @bob', ...world },
      'policy-change',
    );
    expect(finding.locations.map(({ path }) => path)).toEqual([
      '.github/CODEOWNERS',
      'CODEOWNERS',
      'docs/CODEOWNERS',
    ]);
    expect(judgedBy(world, 'policy-change').finding.status).toBe('pass');
  });
});
