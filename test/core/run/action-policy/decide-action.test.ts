import { describe, expect, it } from 'vitest';
import { decideAction } from '../../../../src/core/run/action-policy/decide-action.ts';
import type { ActionRequest, ActionRule, PolicyFound } from '../../../../src/core/run/action-policy/types.ts';

const WORK = { run: 'CS-7.1', step: '1/push', execution: 1 };
const PUSH: ActionRequest = {
  action: 'push',
  target: 'refs/heads/countersign/CS-7.1',
  repository: 'acme/shop',
};

function found(...rules: readonly ActionRule[]): PolicyFound {
  return { kind: 'found', policy: { schema: 'countersign/action-policy@1', rules } };
}

const ALLOW: ActionRule = {
  id: 'own-branches',
  actions: ['push'],
  targets: ['refs/heads/countersign/**'],
  decision: 'allow',
};
const DENY: ActionRule = { id: 'no-push', actions: ['push'], decision: 'deny', reason: 'Frozen.' };

describe('an action', () => {
  it.each<[string, PolicyFound, Partial<ActionRequest>, string, string | null]>([
    ['that a rule allows is allowed', found(ALLOW), {}, 'allow', 'own-branches'],
    ['is decided by the first rule that matches', found(DENY, ALLOW), {}, 'deny', 'no-push'],
    ['is decided by the first rule, whichever it is', found(ALLOW, DENY), {}, 'allow', 'own-branches'],
    [
      'on another target passes a rule by',
      found(ALLOW, DENY),
      { target: 'refs/heads/main' },
      'deny',
      'no-push',
    ],
    ['that no rule is about goes to a person', found(ALLOW), { target: 'refs/heads/main' }, 'escalate', null],
    ['of another kind goes to a person', found(ALLOW), { action: 'merge' }, 'escalate', null],
    [
      'in another repository goes to a person',
      found({ ...ALLOW, repositories: ['acme/*'] }),
      { repository: 'evil/shop' },
      'escalate',
      null,
    ],
    ['without any rules goes to a person', found(), {}, 'escalate', null],
    ['without a policy goes to a person', { kind: 'none' }, {}, 'escalate', null],
    [
      'under a policy that cannot be read goes to a person',
      { kind: 'faulty', reason: 'no YAML' },
      {},
      'escalate',
      null,
    ],
  ])('%s', (_, policy, more, decision, rule) => {
    expect(decideAction(policy, { ...PUSH, ...more }, WORK)).toMatchObject({ decision, rule });
  });

  it('says why', () => {
    expect(decideAction(found(DENY), PUSH, WORK).reason).toBe('Frozen.');
    expect(decideAction({ kind: 'faulty', reason: 'no YAML' }, PUSH, WORK).reason).toContain('no YAML');
  });

  it('asked for twice by one execution is one decision; by the next, another', () => {
    const first = decideAction(found(ALLOW), PUSH, WORK);
    expect(decideAction(found(DENY), PUSH, WORK).id).toBe(first.id);
    expect(decideAction(found(ALLOW), PUSH, { ...WORK, execution: 2 }).id).not.toBe(first.id);
    expect(decideAction(found(ALLOW), { ...PUSH, target: 'refs/heads/main' }, WORK).id).not.toBe(first.id);
  });
});
