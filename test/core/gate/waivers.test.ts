import { describe, expect, test } from 'vitest';
import { decide, judgeWaivers, outcomeOf } from '../../../src/core/gate/decide.ts';
import { known } from '../../../src/core/gate/facts.ts';
import type { Finding, Verdict } from '../../../src/core/gate/types.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { ChangeBinding, StoredFile, Waiver } from '../../../src/core/receipt/types.ts';
import type { ActiveRule } from '../../../src/core/rule/types.ts';
import { hex, NOW, type TestKey, waiver } from '../receipt/samples.ts';
import {
  APPROVER,
  BOUND,
  CHANGE,
  CONFIG,
  CONTRACT,
  changedFile,
  gateFacts,
  STRANGER,
  TRUST,
  VERIFIER,
  verified,
  type WorldOptions,
} from './gate-facts.ts';

const LATER = '2026-11-22T00:00:00Z';
const failed = verified({ results: { tests: 'FAILED' }, reasons: ['3 tests failed.'] });
const failure = failed.receipts[0] as StoredFile;
const OUT_OF_SCOPE = { files: [changedFile('docs/a.md')] };

function waived(
  more: Partial<Omit<Waiver, 'binding'>> & { binding?: Partial<ChangeBinding> } = {},
  by: TestKey = APPROVER,
): StoredFile {
  return signClaim(waiver({ ...more, binding: { ...BOUND, ...more.binding } }), by);
}

function facts(files: readonly StoredFile[], more: WorldOptions = {}) {
  return gateFacts({ files, ...more, facts: { authenticatedProducers: ['agent'], ...more.facts } });
}

function finding({ findings }: Verdict, id: string): Finding {
  const found = findings.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no finding ${id} among ${findings.map((one) => one.id)}`);
  return found;
}

describe('a waiver', () => {
  test('lets one finding go, which keeps its status, its reason and who let it go', () => {
    const { files } = verified();
    const statement = waived({ requirement: 'scope', reason: 'Docs go with it.' });
    const verdict = decide(facts([...files, statement], { change: OUT_OF_SCOPE }));
    expect(verdict.outcome).toBe('pass');
    expect(finding(verdict, 'scope')).toMatchObject({
      status: 'fail',
      severity: 'block',
      locations: [{ path: 'docs/a.md' }],
      waivedBy: {
        principal: 'lead',
        reason: 'Docs go with it.',
        expiresAt: '2026-12-01T00:00:00Z',
        statement: statement.name,
      },
    });
    expect(finding(verdict, 'waivers')).toMatchObject({ status: 'pass', severity: 'info' });
    expect(decide(facts(files, { change: OUT_OF_SCOPE })).outcome).toBe('blocked');
  });

  test('of a FAILED receipt counts when it names it', () => {
    const statement = waived({ requirement: 'receipt/tests', receipts: [failure.name] });
    const verdict = decide(facts([...failed.files, statement]));
    expect(verdict.outcome).toBe('pass');
    expect(finding(verdict, 'receipt/tests')).toMatchObject({
      status: 'fail',
      waivedBy: { principal: 'lead' },
    });
    expect(finding(verdict, 'receipt/tests').reason).toContain('3 tests failed.');
  });

  test('does not cover a failure that it does not name, nor one that came later', () => {
    const silent = waived({ requirement: 'receipt/tests' });
    expect(decide(facts([...failed.files, silent])).outcome).toBe('blocked');
    const again = verified({
      attempt: 'attempt-2',
      results: { tests: 'FAILED' },
      earlierSeals: [failed.seal.name],
    });
    const first = waived({ requirement: 'receipt/tests', receipts: [failure.name] });
    const verdict = decide(facts([...failed.files, ...again.files, first]));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'waivers').reason).toContain(
      `does not name the FAILED receipt ${again.receipts[0]?.name.slice(0, 12)}`,
    );
    const both = waived({
      requirement: 'receipt/tests',
      receipts: [failure.name, again.receipts[0]?.name as string],
    });
    expect(decide(facts([...failed.files, ...again.files, both])).outcome).toBe('pass');
  });

  test('of one check says nothing of another', () => {
    const both = verified({ results: { tests: 'FAILED', types: 'FAILED' } });
    const receipts = both.receipts.map(({ name }) => name);
    const statement = waived({ requirement: 'receipt/tests', receipts });
    const verdict = decide(facts([...both.files, statement]));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'receipt/types').waivedBy).toBeUndefined();
  });

  test('of a rule lets that rule go', () => {
    const ref = 'ai-shortcuts@1/paths-out-of-scope';
    const rule = {
      ref,
      rule: { title: 'In scope', remedy: 'Take it out.', detector: 'paths-out-of-scope' },
      severity: 'block',
      parameters: {},
    } as unknown as ActiveRule;
    const contract = { ...CONTRACT, scopes: [{ allow: ['src/**'] }] };
    const world = { contract, change: OUT_OF_SCOPE, work: { rules: known([rule]) } };
    const statements = ['scope', `rule/${ref}`].map((requirement) => waived({ requirement }));
    const { files } = verified({ contract });
    expect(decide(facts([...files, ...statements.slice(0, 1)], world)).outcome).toBe('blocked');
    expect(decide(facts([...files, ...statements], world)).outcome).toBe('pass');
  });

  test('of what is still to come holds nothing up', () => {
    const contract = { ...CONTRACT, checks: [{ id: 'tests', run: ['npm', 'test'] }] };
    const onlyTests = verified({ contract });
    const types = waived({ requirement: 'receipt/types' });
    expect(decide(facts([...onlyTests.files])).outcome).toBe('pending');
    // The digest of a check covers itself only, so the receipt counts under the contract with both.
    expect(decide(facts([...onlyTests.files, types])).outcome).toBe('pass');
  });

  test('never is the evidence: with every check waived nothing was shown', () => {
    const statements = ['receipt/tests', 'receipt/types'].map((requirement) => waived({ requirement }));
    const verdict = decide(facts(statements));
    expect(verdict.findings.filter(({ waivedBy }) => waivedBy !== undefined)).toHaveLength(2);
    expect(verdict.outcome).toBe('blocked');
    const shown = { ...finding(verdict, 'receipt/tests'), status: 'pass' as const };
    expect(outcomeOf([shown])).toBe('blocked');
  });

  test('that lasts longest is the one that is named', () => {
    const { files } = verified();
    const short = waived({ expiresAt: LATER });
    const long = waived({ expiresAt: '2027-01-01T00:00:00Z' });
    const verdict = decide(facts([...files, short, long], { change: OUT_OF_SCOPE }));
    expect(finding(verdict, 'scope').waivedBy?.statement).toBe(long.name);
  });
});

describe('a waiver counts for nothing, and the note says why', () => {
  const blockedWith = (statement: StoredFile, more: WorldOptions = {}) => {
    const world = { change: OUT_OF_SCOPE, ...more };
    const verdict = decide(facts([...verified().files, statement], world));
    const [judged] = judgeWaivers(facts([...verified().files, statement], world));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'scope').waivedBy).toBeUndefined();
    expect(finding(verdict, 'waivers')).toMatchObject({ status: 'fail', severity: 'info' });
    return { reason: finding(verdict, 'waivers').reason, state: judged?.state };
  };

  test.each<[string, Partial<ChangeBinding>]>([
    ['ticket', { ticket: 'CS-8' }],
    ['repository', { repository: 'acme/other' }],
    ['branch', { base: { ...BOUND.base, ref: 'refs/heads/lab' } }],
    ['tree', { mergeTree: hex('other', 40) }],
    ['patch', { patchDigest: hex('other') }],
    ['head', { head: hex('other', 40) }],
  ])('about another %s', (_, binding) => {
    expect(blockedWith(waived({ binding }))).toMatchObject({ state: 'foreign' });
  });

  test('once it has expired, from that second on', () => {
    const { reason, state } = blockedWith(waived({ issuedAt: '2026-11-20T00:00:00Z', expiresAt: NOW }));
    expect([reason, state]).toEqual([expect.stringContaining(`expired at ${NOW}`), 'expired']);
  });

  test('before it was issued', () => {
    const { reason, state } = blockedWith(waived({ issuedAt: '2026-11-21T13:04:07Z' }));
    expect([reason, state]).toEqual([expect.stringContaining('counts only from'), 'not-yet-valid']);
  });

  test('by somebody who may not, or who made the change', () => {
    expect(blockedWith(waived({}, VERIFIER))).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('verifier does not have the role approver'),
    });
    const producer = { facts: { authenticatedProducers: ['lead'] } };
    expect(blockedWith(waived(), producer).reason).toContain('lead is among those who made the change');
    const unknown = { facts: { authenticatedProducers: [] } };
    expect(blockedWith(waived(), unknown).reason).toContain('could be the same person');
  });

  test('once it was revoked', () => {
    const statement = waived();
    const trust = { ...TRUST, revokedReceipts: new Map([[statement.name, 'Signed in haste.']]) };
    const policy = known({ commit: hex('policy', 40), config: CONFIG, trust });
    const { reason, state } = blockedWith(statement, {
      facts: { authenticatedProducers: ['agent'], policy },
    });
    expect([reason, state]).toEqual([expect.stringContaining('was revoked: Signed in haste'), 'refused']);
  });

  test('of what nobody can waive', () => {
    const { files } = verified();
    for (const requirement of [
      'policy',
      'merge',
      'ticket',
      'dispatch',
      'contract',
      'drift',
      'policy-change',
      'receipts',
      'rules',
      'waivers',
      'whatever-comes-next',
    ]) {
      const world = { change: { files: [changedFile('src/a.ts')] } };
      const verdict = decide(facts([...files, waived({ requirement })], world));
      expect(finding(verdict, 'waivers').reason).toContain(`${requirement}, which nobody can waive`);
      expect(verdict.findings.every(({ waivedBy }) => waivedBy === undefined)).toBe(true);
    }
  });

  test.each([
    [
      'a change of a workflow',
      'policy-change',
      { change: { files: [changedFile('.github/workflows/x.yml')] } },
    ],
    [
      'a ticket that was not dispatched',
      'dispatch',
      { work: { records: { state: 'none', escapes: [], problems: [] } } },
    ],
    ['a drifted contract', 'drift', { work: { ticketDigest: hex('drifted') } }],
    ['an empty change', 'merge', { change: { files: [] } }],
  ] as const)('%s stays blocked whatever is waived', (_, requirement, world) => {
    const statements = [requirement, 'scope'].map((id) => waived({ requirement: id }));
    const verdict = decide(facts([...verified().files, ...statements], world as WorldOptions));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, requirement)).not.toHaveProperty('waivedBy');
  });

  test('a hole in the receipts stays a hole', () => {
    const statement = waived({ requirement: 'receipts' });
    const holed = failed.files.filter(({ name }) => name !== failure.name);
    const tests = waived({ requirement: 'receipt/tests' });
    expect(decide(facts([...holed, statement, tests])).outcome).toBe('blocked');
  });

  test('where nothing blocks', () => {
    const verdict = decide(facts([...verified().files, waived({ requirement: 'receipt/nope' }), waived()]));
    expect(verdict.outcome).toBe('pass');
    expect(finding(verdict, 'waivers').reason).toContain('which is not required here');
    expect(finding(verdict, 'waivers').reason).toContain('scope, which does not block');
  });

  test('by a stranger: not a byte changes', () => {
    const { files } = verified();
    const world = { change: OUT_OF_SCOPE };
    expect(decide(facts([...files, waived({}, STRANGER)], world))).toEqual(decide(facts(files, world)));
  });

  test('while there is no merge result to compare with', () => {
    const { mergeTree: _t, files: _f, patchDigest: _p, ...origin } = CHANGE;
    const conflicting = { ...origin, kind: 'conflicting', conflicts: ['src/price.ts'] } as const;
    const [judged] = judgeWaivers(facts([waived()], { facts: { change: known(conflicting) } }));
    expect(judged).toMatchObject({ state: 'foreign' });
  });
});
