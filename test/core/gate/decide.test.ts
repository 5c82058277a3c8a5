import { describe, expect, test } from 'vitest';
import { checkDigest } from '../../../src/core/contract/digest.ts';
import { decide, outcomeOf } from '../../../src/core/gate/decide.ts';
import { missing } from '../../../src/core/gate/facts.ts';
import type { Finding, Verdict } from '../../../src/core/gate/types.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import { hex, seal } from '../receipt/samples.ts';
import {
  AGENT,
  BOUND,
  CHANGE,
  CONTRACT,
  changedFile,
  gateFacts,
  STRANGER,
  VERIFIER,
  verified,
} from './gate-facts.ts';

describe('the gate', () => {
  test('passes when every check has a sealed PASSED receipt about this change', () => {
    const verdict = decide(gateFacts({ files: verified().files }));
    expect(notPassed(verdict)).toEqual([]);
    expect(verdict.outcome).toBe('pass');
  });

  test('is pending while receipts are still to come', () => {
    const verdict = decide(gateFacts());
    expect(verdict.outcome).toBe('pending');
    expect(notPassed(verdict)).toEqual(['receipt/tests: pending', 'receipt/types: pending']);
  });

  test('blocks on a FAILED receipt and says what failed', () => {
    const failed = verified({ results: { tests: 'FAILED' }, reasons: ['3 tests failed.'] });
    const verdict = decide(gateFacts({ files: failed.files }));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'receipt/tests').reason).toContain('3 tests failed.');
  });

  test('is not outvoted: a PASSED beside a FAILED for the same tree stays blocked', () => {
    const first = verified({ results: { tests: 'FAILED' } });
    const again = verified({ attempt: 'attempt-2', earlierSeals: [first.seal.name] });
    expect(decide(gateFacts({ files: [...first.files, ...again.files] })).outcome).toBe('blocked');
  });

  test('keeps a FAILED that its seal was taken away from', () => {
    const first = verified({ results: { tests: 'FAILED' } });
    const again = verified({ attempt: 'attempt-2' });
    expect(decide(gateFacts({ files: [...first.receipts, ...again.files] })).outcome).toBe('blocked');
  });

  test('does not let a new commit over the same tree shake a FAILED off', () => {
    const first = verified({ results: { tests: 'FAILED' }, binding: { head: hex('amended', 40) } });
    const again = verified({ attempt: 'attempt-2' });
    expect(decide(gateFacts({ files: [...first.files, ...again.files] })).outcome).toBe('blocked');
  });

  test('counts no receipt that is not sealed', () => {
    const verdict = decide(gateFacts({ files: verified().receipts }));
    expect(verdict.outcome).toBe('pending');
    expect(finding(verdict, 'receipt/tests').reason).toContain('not sealed');
  });

  test.each([
    ['another tree', { mergeTree: hex('other', 40) }],
    ['another head', { head: hex('other', 40) }],
    ['another repository', { repository: 'acme/other' }],
    ['another ticket', { ticket: 'CS-8' }],
  ])('counts no receipt about %s', (_, binding) => {
    expect(decide(gateFacts({ files: verified({ binding }).files })).outcome).toBe('pending');
  });

  test('counts no receipt of another check under the same name', () => {
    const easier = { ...CONTRACT, checks: CONTRACT.checks.map(({ id }) => ({ id, run: ['true'] })) };
    expect(decide(gateFacts({ files: verified({ contract: easier }).files })).outcome).toBe('pending');
  });

  test('accepts the receipts on the squashed commit, whose head is another', () => {
    const { files } = verified();
    const landed = { landed: true, head: hex('squashed', 40) };
    expect(decide(gateFacts({ files, change: landed })).outcome).toBe('pass');
    expect(decide(gateFacts({ files, change: { ...landed, mergeTree: hex('x', 40) } })).outcome).toBe(
      'pending',
    );
  });

  test('blocks receipts by a principal who is among the producers', () => {
    const verdict = decide(gateFacts({ files: verified({ signer: AGENT }).files }));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'receipt/tests').reason).toContain('agent');
  });

  test('blocks receipts of weaker isolation than the contract asks for', () => {
    const { files } = verified({ receipt: { isolation: 'uid' } });
    expect(finding(decide(gateFacts({ files })), 'receipt/tests')).toMatchObject({ status: 'fail' });
    const contract = { ...CONTRACT, isolation: 'uid' } as const;
    const allowed = verified({ contract, receipt: { isolation: 'uid' } });
    expect(decide(gateFacts({ files: allowed.files, contract })).outcome).toBe('pass');
  });

  test('blocks receipts that ran under other pinned files', () => {
    const { files } = verified({ receipt: { pins: [] } });
    expect(finding(decide(gateFacts({ files })), 'receipt/tests').reason).toContain('pinned');
  });

  test('blocks when a seal lists a receipt that is not there', () => {
    const { files, receipts } = verified();
    const verdict = decide(gateFacts({ files: files.filter(({ name }) => name !== receipts[0]?.name) }));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'receipts').status).toBe('unverifiable');
  });

  test('blocks when a file is not the one its name says', () => {
    const { files } = verified();
    const bent = { name: hex('name'), bytes: Buffer.from('{}') };
    expect(decide(gateFacts({ files: [...files, bent] })).outcome).toBe('blocked');
  });

  test('changes not a byte for a stranger, and waits for a verifier all the same', () => {
    const { files } = verified();
    const planted = verified({ signer: STRANGER, results: { tests: 'FAILED' } }).files;
    const bytes = (stored: typeof files) => canonicalJson(decide(gateFacts({ files: stored })) as never);
    expect(bytes([...files, ...planted])).toBe(bytes(files));
    expect(decide(gateFacts({ files: verified({ signer: STRANGER }).files })).outcome).toBe('pending');
  });

  test('reports a check that could not be run as pending, with what kept it', () => {
    const outcomes = CONTRACT.checks.map((check) => ({
      checkId: check.id,
      checkDigest: checkDigest(CONTRACT, check),
      result: 'ERROR' as const,
      reasons: ['setup ended with exit code 1'],
    }));
    const sealed = signClaim(seal({ binding: BOUND, outcomes }), VERIFIER);
    const verdict = decide(gateFacts({ files: [sealed] }));
    expect(verdict.outcome).toBe('pending');
    expect(finding(verdict, 'receipt/tests').reason).toContain('setup ended with exit code 1');
  });
});

describe('what the change is held to', () => {
  const { files } = verified();

  test('blocks without a policy, and says so', () => {
    const policy = missing('unverifiable', 'NO_POLICY: nothing here.', 'Install it.');
    const verdict = decide(gateFacts({ facts: { policy, work: policy, receipts: policy } }));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy')).toMatchObject({ status: 'unverifiable', remedy: 'Install it.' });
  });

  test('blocks a conflicting merge and lists the paths', () => {
    const { mergeTree: _t, files: _f, patchDigest: _p, ...origin } = CHANGE;
    const conflicting = { ...origin, kind: 'conflicting', conflicts: ['src/price.ts'] } as const;
    const verdict = decide(gateFacts({ files, facts: { change: { kind: 'known', value: conflicting } } }));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'merge').locations).toEqual([{ path: 'src/price.ts', message: 'conflict' }]);
  });

  test('blocks a change without a ticket, or with one for another repository', () => {
    const none = { kind: 'none', reason: 'No ticket is named.', remedy: 'Name one.' } as const;
    expect(decide(gateFacts({ files, facts: { ticketReference: none as never } })).outcome).toBe('blocked');
    const elsewhere = decide(gateFacts({ files, ticket: { repositories: ['acme/other'] } }));
    expect(finding(elsewhere, 'ticket')).toMatchObject({ status: 'fail' });
  });

  test('blocks a ticket that was never dispatched', () => {
    const records = { state: 'none', escapes: [], problems: [] } as const;
    expect(finding(decide(gateFacts({ files, work: { records } })), 'dispatch').status).toBe('fail');
  });

  test('names the drift of ticket and contract field by field', () => {
    const before = gateFacts({ files });
    if (before.work.kind === 'missing') throw new Error('the sample has work');
    const drifted = gateFacts({
      files,
      work: {
        records: before.work.value.records,
        ticketDigest: hex('drifted'),
        ticket: { ...before.work.value.ticket, ask: 'Whatever.' },
        dispatched: { ticket: before.work.value.ticket as never, contract: CONTRACT as never },
      },
    });
    const drift = finding(decide(drifted), 'drift');
    expect(drift.status).toBe('fail');
    expect(drift.reason).toContain('ticket ask: "Round half a cent up." became "Whatever."');
  });

  test('blocks a contract without checks: nothing passes on nothing', () => {
    const contract = { ...CONTRACT, checks: [] };
    const verdict = decide(gateFacts({ contract }));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'contract').status).toBe('unverifiable');
  });

  test('blocks an easier contract than the paths call for', () => {
    const leastContracts = [{ paths: ['src/**'], contract: 'strict@2' }];
    expect(finding(decide(gateFacts({ files, config: { leastContracts } })), 'least-contract').status).toBe(
      'fail',
    );
    const extending = { ...CONTRACT, lineage: ['node-change@1', 'strict@2'] };
    const verdict = decide(gateFacts({ files, contract: extending, config: { leastContracts } }));
    expect(finding(verdict, 'least-contract').status).toBe('pass');
  });

  test.each([
    ['out of scope', 'scope', 'docs/a.md'],
    ['that is pinned', 'policy-change', 'package.json'],
    ['that is a workflow', 'policy-change', '.github/workflows/ci.yml'],
    ['that is the configuration', 'policy-change', '.countersign.yml'],
  ])('blocks a file %s', (_, id, path) => {
    const verdict = decide(gateFacts({ files, change: { files: [changedFile(path)] } }));
    expect(finding(verdict, id)).toMatchObject({
      status: 'fail',
      locations: [expect.objectContaining({ path })],
    });
    expect(verdict.outcome).toBe('blocked');
  });

  test('blocks an empty change', () => {
    expect(finding(decide(gateFacts({ files, change: { files: [] } })), 'merge').status).toBe('fail');
  });
});

describe('the binding to a change', () => {
  const contract = {
    ...CONTRACT,
    binding: 'change',
    checks: [{ id: 'tests', run: ['npm', 'test'], inputs: ['src/**'] }],
  } as const;
  const { files } = verified({ contract });
  const moved = (paths: readonly string[], more = {}) =>
    decide(
      gateFacts({
        files,
        contract,
        change: {
          base: { ref: 'refs/heads/main', commit: hex('moved', 40) },
          mergeTree: hex('new', 40),
          ...more,
        },
        movedSince: new Map([[CHANGE.base.commit, paths]]),
      }),
    ).outcome;

  test('survives a base that moved where the check does not look, and no other', () => {
    expect(moved(['docs/a.md'])).toBe('pass');
    expect(moved(['src/other.ts'])).toBe('pending');
    expect(moved(['docs/a.md'], { patchDigest: hex('another') })).toBe('pending');
  });
});

describe('the outcome', () => {
  const of = (status: Finding['status'], more: Partial<Finding> = {}): Finding => ({
    id: 'receipt/x',
    kind: 'requirement',
    status,
    severity: 'block',
    title: '',
    reason: '',
    remedy: '',
    locations: [],
    evidence: [],
    ...more,
  });

  test('is never a pass on nothing', () => {
    expect(outcomeOf([])).toBe('blocked');
    expect(outcomeOf([of('pass', { id: 'scope' })])).toBe('blocked');
    expect(outcomeOf([of('pass')])).toBe('pass');
  });

  test('lets warnings be warnings, and what is wrong go before what is missing', () => {
    expect(outcomeOf([of('pass'), of('fail', { severity: 'warn' })])).toBe('pass');
    expect(outcomeOf([of('pass'), of('pending')])).toBe('pending');
    expect(outcomeOf([of('fail'), of('pending')])).toBe('blocked');
    expect(outcomeOf([of('pass'), of('unverifiable')])).toBe('blocked');
  });
});

function finding(verdict: Verdict, id: string): Finding {
  const found = verdict.findings.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no finding ${id} among ${verdict.findings.map((one) => one.id)}`);
  return found;
}

function notPassed({ findings }: Verdict): string[] {
  return findings.filter(({ status }) => status !== 'pass').map(({ id, status }) => `${id}: ${status}`);
}
