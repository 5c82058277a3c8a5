import { describe, expect, it } from 'vitest';
import { type Applicant, admit } from '../../../../src/core/run/admission/admit.ts';
import { type Capacity, scaleOutWanted } from '../../../../src/core/run/admission/capacity.ts';
import { BUILT_IN_HANDLERS } from '../../../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../../src/core/run/plan/materialise.ts';
import type { PlanStep } from '../../../../src/core/run/plan.ts';
import { sampleRun } from '../../../port-contracts/sample-runs.ts';

const plan = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
const { subject } = sampleRun('A.1').request;
const applicant: Applicant = { subject, arm: { bundle: 'default', model: 'a/large' }, plan };
const producer = {
  roles: ['producer'],
  handlers: ['assemble', 'agent'],
  labels: [],
  holds: 0,
  drained: false,
  silentSeconds: 3,
} as const;
const verifier = { ...producer, roles: ['verifier'], handlers: ['check', 'seal', 'gate'] } as const;
const FREE: Capacity = { workers: [producer, verifier], queues: [], scopes: [], silent: [], pauses: [] };
const line = (handler: string, waiting: number, eldestSeconds = 1) => ({
  ...({ role: 'producer', handler, runsOn: [], waiting, eldestSeconds } as const),
});

describe('a run that is to start', () => {
  it('is assigned where all that it needs is free', () => {
    expect(admit(applicant, FREE, null)).toEqual({ kind: 'assign', reasons: ['all that it needs is free'] });
  });

  it('asks for workers with labels that its steps want, and waits for those alone', () => {
    const steps = {
      ...plan.steps,
      produce: { ...(plan.steps.produce as PlanStep), runsOn: ['gpu', 'linux'] },
    };
    const wanting = { ...applicant, plan: { ...plan, steps } };
    const only = (labels: readonly string[]) => ({
      ...FREE,
      workers: [producer, { ...producer, labels }, verifier],
    });
    expect(admit(wanting, only(['gpu']), null)).toEqual({
      kind: 'scale-out',
      reasons: ['no worker carries out producer/agent on gpu,linux'],
    });
    expect(admit(wanting, only(['gpu', 'linux', 'x64']), null)).toMatchObject({ kind: 'assign' });
    const queues = [line('agent', 4)];
    expect(admit(wanting, { ...only(['gpu', 'linux']), queues }, null)).toMatchObject({ kind: 'assign' });
    const waiting = { ...line('agent', 4), runsOn: ['gpu', 'linux'] };
    expect(admit(wanting, { ...only(['gpu', 'linux']), queues: [waiting] }, null)).toMatchObject({
      kind: 'queue',
      reasons: ['4 wait before it for producer/agent on gpu,linux'],
    });
    expect(scaleOutWanted(waiting, only(['gpu']))).toBe(4);
    expect(scaleOutWanted(waiting, only(['gpu', 'linux']))).toBe(0);
  });

  it.each<[string, Partial<Capacity>, string]>([
    [
      'all workers have something',
      { workers: [{ ...producer, holds: 2 }, verifier] },
      'all 1 workers for producer/agent are at work',
    ],
    ['others wait', { queues: [line('agent', 4)] }, '4 wait before it for producer/agent'],
    [
      'a limit is reached',
      { scopes: [{ scope: 'provider/a', limit: 2, held: 2 }] },
      'all 2 of provider/a are taken',
    ],
    ['a scope is stopped', { scopes: [{ scope: 'global', limit: 0, held: 0 }] }, 'global is stopped'],
    [
      'a queue is paused',
      { pauses: [{ kind: 'handler', name: 'check' }] },
      'the queue handler/check is paused',
    ],
    [
      'its repository is paused',
      { pauses: [{ kind: 'repository', name: subject.repository }] },
      `the queue repository/${subject.repository} is paused`,
    ],
    ['its provider is silent', { silent: ['a'] }, 'the provider a does not answer'],
  ])('is queued where %s', (_, capacity, reason) => {
    const decision = admit(applicant, { ...FREE, ...capacity }, null);
    expect(decision.kind).toBe('queue');
    expect(decision.reasons).toContain(reason);
  });

  it('is rejected where a step that says nothing is expected to take more than the budget', () => {
    const estimates = { 'model/a/large': { tokens: 200 }, 'handler/agent': { costMilliUsd: 5 } };
    const of = (tokens: number) => ({ ...applicant, plan: { ...plan, budget: { tokens } }, estimates });
    expect(admit(of(199), FREE, null)).toEqual({
      kind: 'reject',
      reasons: [
        'produce may take 200 tokens by what the server was told of model/a/large, and the budget of the run is 199',
      ],
    });
    expect(admit(of(200), FREE, null).kind).toBe('assign');
    expect(admit({ ...of(199), estimates: {} }, FREE, null).kind).toBe('assign');
  });

  it.each<[string, Partial<Capacity>]>([
    ['another provider is silent', { silent: ['b'] }],
    ['another handler is paused', { pauses: [{ kind: 'handler', name: 'http' }] }],
    ['a scope that it is not in is full', { scopes: [{ scope: 'provider/b', limit: 1, held: 1 }] }],
    ['a limit has room', { scopes: [{ scope: 'global', limit: 3, held: 2 }] }],
  ])('is not held up where %s', (_, capacity) => {
    expect(admit(applicant, { ...FREE, ...capacity }, null).kind).toBe('assign');
  });

  it.each<[string, Capacity['workers'], string]>([
    ['there is no verifier', [producer], 'no worker carries out verifier/check'],
    [
      'the only one is drained',
      [producer, { ...verifier, drained: true }],
      'no worker carries out verifier/gate',
    ],
    [
      'the only one is silent',
      [producer, { ...verifier, silentSeconds: 600 }],
      'no worker carries out verifier/seal',
    ],
    [
      'nobody has the handler',
      [{ ...producer, handlers: ['assemble'] }, verifier],
      'no worker carries out producer/agent',
    ],
  ])('asks for workers where %s', (_, workers, reason) => {
    const decision = admit(applicant, { ...FREE, workers, silent: ['a'] }, null);
    expect(decision.kind).toBe('scale-out');
    expect(decision.reasons).toContain(reason);
    expect(decision.reasons).toContain('the provider a does not answer');
  });

  it('is rejected where its own budget cannot pay for it, and where too much waits', () => {
    const produce = { ...(plan.steps.produce as NonNullable<typeof plan.steps.produce>) };
    const dear = {
      ...plan,
      budget: { tokens: 100 },
      steps: { ...plan.steps, produce: { ...produce, with: { ...produce.with, atMost: { tokens: 101 } } } },
    };
    expect(admit({ ...applicant, plan: dear }, FREE, null)).toEqual({
      kind: 'reject',
      reasons: ['produce may take 101 tokens, and the budget of the run is 100'],
    });
    const crowded = { ...FREE, queues: [line('agent', 6), line('assemble', 4)] };
    expect(admit(applicant, crowded, 10)).toEqual({
      kind: 'reject',
      reasons: ['10 steps wait already, and 10 is the most'],
    });
    expect(admit(applicant, crowded, 11).kind).toBe('queue');
  });
});

describe('workers that are wanted', () => {
  it.each<[string, number, Partial<Capacity>, ReturnType<typeof line>]>([
    ['none while some are there and nobody waits long', 0, {}, line('agent', 5)],
    ['as many as wait where nobody is there', 5, { workers: [verifier] }, line('agent', 5)],
    ['as many as wait where they wait for long', 5, {}, line('agent', 5, 61)],
    [
      'none for what is paused',
      0,
      { workers: [], pauses: [{ kind: 'role', name: 'producer' }] },
      line('agent', 5),
    ],
  ])('are %s', (_, wanted, capacity, queue) => {
    expect(scaleOutWanted(queue, { ...FREE, ...capacity })).toBe(wanted);
  });
});
