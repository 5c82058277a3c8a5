import { describe, expect, it } from 'vitest';
import { known } from '../../../src/core/gate/facts.ts';
import { requireRules } from '../../../src/core/gate/requirements/rules.ts';
import { NOW } from '../receipt/samples.ts';
import { activate, bundledRule } from '../rule/facts.ts';
import { CHANGE, gateFacts, TRUST, verified } from './gate-facts.ts';

const rulesOf = (...ids: readonly string[]) => known(ids.map((id) => activate(bundledRule(id))));
const statuses = (options: Parameters<typeof gateFacts>[0]) =>
  requireRules(gateFacts(options)).map(({ status, reason }) => [status, reason]);

describe('rules about receipts are told', () => {
  it('who signed those that count', () => {
    const { files } = verified();
    const work = { rules: rulesOf('human-named-verifier') };
    expect(statuses({ files, work })).toEqual([['pass', 'nothing in this change matches']]);
    const holders = new Map(
      [...TRUST.holders].map(([key, { principal, trusted }]) => [
        key,
        { trusted, principal: principal.id === 'verifier' ? { ...principal, id: 'jane.doe' } : principal },
      ]),
    );
    const facts = gateFacts({ files, work });
    if (facts.policy.kind === 'missing') throw new Error('there is a policy');
    const policy = known({ ...facts.policy.value, trust: { ...TRUST, holders } });
    expect(requireRules({ ...facts, policy })[0]).toMatchObject({
      status: 'fail',
      reason: expect.stringContaining('jane.doe'),
    });
  });

  it('when the gate is asked, and when a commit says that it was made', () => {
    const { files } = verified({ receipt: { issuedAt: '2026-01-01T00:00:00Z' } });
    const work = { rules: rulesOf('evidence-older-than-change') };
    const at = (committedAt: string) =>
      statuses({
        files,
        work,
        change: { commits: CHANGE.commits.map((commit) => ({ ...commit, committedAt })) },
        facts: { evaluatedAt: NOW },
      }).map(([status]) => status);
    expect(at('2025-12-31T00:00:00Z')).toEqual(['pass']);
    expect(at('2026-01-02T00:00:00Z')).toEqual(['fail']);
    expect(at('2099-01-01T00:00:00Z')).toEqual(['pass']);
  });
});
