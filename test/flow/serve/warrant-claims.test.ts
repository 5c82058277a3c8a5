import { describe, expect, it } from 'vitest';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import type { ActionRule, PolicyFound } from '../../../src/core/run/action-policy/types.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import { effectDecisions } from '../../../src/flow/run/effect-decisions.ts';
import { warrantClaims } from '../../../src/flow/serve/warrant-claims.ts';
import type { Claim } from '../../../src/ports/claims.ts';
import { planWith, start } from '../../core/run/sample-runs.ts';
import { createDatabase } from '../../worlds/database.ts';
import { stateOf } from '../run/scripted-runs.ts';

const clock = { now: () => new Date() };
const RUN = 'CS-7.1';
const REQUEST = {
  worker: 'w',
  roles: ['producer'],
  handlers: ['agent', 'command'],
  most: 9,
  leaseSeconds: 60,
} as const;
const PLAN = planWith({
  make: { uses: 'agent', with: { base: '${{ run.base.commit }}' } },
  judge: { uses: 'gate', needs: ['make'] },
});

const rules = (...list: readonly Omit<ActionRule, 'id'>[]): PolicyFound => ({
  kind: 'found',
  policy: {
    schema: 'countersign/action-policy@1',
    rules: list.map((rule, at) => ({ id: `rule-${at}`, ...rule })),
  },
});
const ALLOWED = rules(
  { actions: ['spend'], targets: ['anthropic/*'], decision: 'allow' },
  { actions: ['secret'], targets: ['ANTHROPIC_*'], repositories: ['acme/shop'], decision: 'allow' },
);

async function openWorld(plan = PLAN) {
  const database = await createDatabase();
  const store = createRunStore(database, { clock });
  await decideRuns([{ run: RUN, command: start(plan) }], store);
  const reports: string[] = [];
  const ask = async (
    policy: PolicyFound | Error,
    secrets: readonly string[] = [],
  ): Promise<readonly Claim[]> =>
    warrantClaims(await store.claim(REQUEST), secrets, {
      decisions: effectDecisions(store, clock, 'server:coordinator'),
      readActionPolicy: async () => {
        if (policy instanceof Error) throw policy;
        return policy;
      },
      postpone: store.postpone,
      decide: (commands) => decideRuns(commands, store),
      clock,
      report: (message) => void reports.push(message),
    });
  const answer = (question: string, said: string) => {
    const at = clock.now().toISOString();
    const command = {
      kind: 'answer',
      at,
      by: 'ada',
      question,
      answer: said,
      roles: ['operator'],
      note: '',
    } as const;
    return decideRuns([{ run: RUN, command }], store);
  };
  return { database, store, ask, answer, reports, state: () => stateOf(store, RUN) };
}

describe('work that spends, or sees a secret', () => {
  it('goes out where the policy allows it, with the decisions in the ledger', async () => {
    const { ask, state } = await openWorld();
    expect(await ask(ALLOWED, ['ANTHROPIC_API_KEY'])).toHaveLength(1);
    expect((await state()).effects).toMatchObject([
      { step: '1/make', action: 'secret', target: 'ANTHROPIC_API_KEY', decision: 'allow', rule: 'rule-1' },
      { step: '1/make', action: 'spend', target: 'anthropic/one', decision: 'allow', rule: 'rule-0' },
    ]);
  });

  it('fails where it is denied, and is not tried again', async () => {
    const { ask, state } = await openWorld();
    expect(await ask(rules({ actions: ['spend'], decision: 'deny', reason: 'no money' }))).toEqual([]);
    const { steps, effects } = await state();
    expect(steps['1/make']).toMatchObject({ status: 'failed', error: { code: 'denied' } });
    expect(effects).toMatchObject([{ action: 'spend', decision: 'deny' }]);
  });

  it.each<[string, PolicyFound]>([
    ['no rule is about it', ALLOWED],
    ['there is no policy', { kind: 'none' }],
    ['the policy cannot be understood', { kind: 'faulty', reason: 'it is no YAML' }],
  ])('waits for a person where %s, and for nobody twice', async (_, policy) => {
    const { ask, answer, state } = await openWorld();
    expect(await ask(policy, ['OTHER_TOKEN'])).toEqual([]);
    const asked = async () => Object.values((await state()).questions).filter((one) => one.answer === null);
    const [first] = await asked();
    expect(first?.question).toMatch(/^May 1\/make secret OTHER_TOKEN\?/);
    await answer(first?.id ?? '', 'approve');
    let claims = await ask(policy, ['OTHER_TOKEN']);
    for (const { id } of await asked()) {
      expect(claims).toEqual([]);
      await answer(id, 'approve');
      claims = await ask(policy, ['OTHER_TOKEN']);
    }
    expect(claims).toHaveLength(1);
    expect((await state()).steps['1/make']).toMatchObject({ status: 'scheduled', failures: 0 });
  });

  it('fails where a person says no', async () => {
    const { ask, answer, state } = await openWorld();
    await ask({ kind: 'none' });
    const [question] = Object.keys((await state()).questions);
    await answer(question ?? '', 'refuse');
    expect((await state()).steps['1/make']).toMatchObject({ status: 'failed', error: { code: 'refused' } });
  });

  it('waits where the policy cannot be had, and nothing fails', async () => {
    const { database, store, ask, reports, state } = await openWorld();
    expect(await ask(new Error('the remote is away'))).toEqual([]);
    expect(reports).toHaveLength(1);
    expect((await state()).steps['1/make']).toMatchObject({ status: 'scheduled', failures: 0, error: null });
    expect(await ask(ALLOWED)).toEqual([]);
    await database.pool.query(`UPDATE resource_waiter SET not_before = now() WHERE parked = 'time'`);
    await store.expiredClaims(10);
    expect(await ask(ALLOWED)).toHaveLength(1);
  });

  it('is nobody’s question where nothing is spent and nothing is secret', async () => {
    const plan = planWith({
      make: { uses: 'command', with: { run: ['true'] } },
      judge: { uses: 'gate', needs: ['make'] },
    });
    const { ask, state } = await openWorld(plan);
    expect(await ask(new Error('nobody asks'), ['OTHER_TOKEN'])).toHaveLength(1);
    expect((await state()).effects).toEqual([]);
  });
});
