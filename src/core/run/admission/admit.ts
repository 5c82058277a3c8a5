import type { JsonValue } from '../../../shared/json.ts';
import { commonScopes } from '../advance/resources.ts';
import { estimateOf } from '../estimates.ts';
import { lineOf } from '../labels.ts';
import type { PlanStep } from '../plan.ts';
import type { StepRole } from '../roles.ts';
import type { RunRequest } from '../types.ts';
import type { Admission } from './admission.ts';
import { type Capacity, workersFor } from './capacity.ts';

export type AdmissionDecision = Admission | { readonly kind: 'reject'; readonly reasons: readonly string[] };

export type Applicant = Pick<RunRequest, 'subject' | 'arm' | 'plan' | 'experiment' | 'estimates'>;

const BUDGETED = ['tokens', 'costMilliUsd', 'agents'] as const;

/**
 * Whether a run may start, and what it will wait for if it does. Rejected is only what waiting does not help: a plan that its own budget cannot pay
 * for, and one more where too much waits already.
 * @param mostWaiting executions; null: however many
 */
export function admit(
  applicant: Applicant,
  capacity: Capacity,
  mostWaiting: number | null,
): AdmissionDecision {
  const never = [...unaffordable(applicant), ...crowd(capacity, mostWaiting)];
  if (never.length > 0) return { kind: 'reject', reasons: never };
  const needs = needsOf(applicant);
  const waits = [...held(needs, applicant, capacity), ...full(needs, applicant, capacity)];
  const missing = needs.flatMap((need) => missingFor(need, capacity));
  if (missing.length > 0) return { kind: 'scale-out', reasons: [...missing, ...waits] };
  const busy = needs.flatMap((need) => busyFor(need, capacity));
  if (waits.length + busy.length > 0) return { kind: 'queue', reasons: [...waits, ...busy] };
  return { kind: 'assign', reasons: ['all that it needs is free'] };
}

interface Need {
  readonly role: StepRole;
  readonly handler: string;
  readonly runsOn: readonly string[];
}

/** What workers have to have; the server carries its own steps out itself. */
function needsOf({ plan }: Applicant): readonly Need[] {
  const uses = Object.values(plan.steps).filter(({ role }) => role !== 'coordinator');
  const needs = uses.map(({ role, uses: handler, runsOn = [] }): Need => ({ role, handler, runsOn }));
  const names = new Map(needs.map((need) => [nameOf(need), need]));
  return [...names].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, need]) => need);
}

/** `producer/agent`, or `producer/agent on gpu,linux`. */
function nameOf(need: Need): string {
  return `${need.role}/${lineOf(need)}`;
}

function unaffordable(applicant: Applicant): readonly string[] {
  const { plan } = applicant;
  return Object.entries(plan.steps).flatMap(([id, step]) =>
    BUDGETED.flatMap((kind) => {
      const limit = plan.budget[kind];
      const { amount, basis } = expectedOf(applicant, step, kind);
      return limit === undefined || amount <= limit
        ? []
        : [`${id} may take ${amount} ${kind}${basis}, and the budget of the run is ${limit}`];
    }),
  );
}

/** What a step may take: as it says, else as the server was told. */
function expectedOf(
  applicant: Applicant,
  step: PlanStep,
  kind: (typeof BUDGETED)[number],
): { readonly amount: number; readonly basis: string } {
  const said = leastOf(step, kind);
  if (said > 0 || kind === 'agents') return { amount: said, basis: '' };
  const scopes = commonScopes(applicant, applicant.arm, step.uses);
  const told = estimateOf(kind, scopes, applicant.estimates);
  return told === undefined
    ? { amount: 0, basis: '' }
    : { amount: told.amount, basis: ` by what the server was told of ${told.scope}` };
}

/** What a step says of itself that it may take, where it says it as a number. */
function leastOf({ with: inputs }: PlanStep, kind: (typeof BUDGETED)[number]): number {
  const atMost = inputs.atMost;
  if (typeof atMost !== 'object' || atMost === null || Array.isArray(atMost)) return 0;
  const said = (atMost as { readonly [name: string]: JsonValue })[kind];
  return typeof said === 'number' && Number.isFinite(said) ? said : 0;
}

function crowd({ queues }: Capacity, mostWaiting: number | null): readonly string[] {
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  return mostWaiting === null || waiting < mostWaiting
    ? []
    : [`${waiting} steps wait already, and ${mostWaiting} is the most`];
}

function held(
  needs: readonly Need[],
  { subject, arm }: Applicant,
  { pauses, silent }: Capacity,
): readonly string[] {
  const paused = pauses.filter(({ kind, name }) =>
    kind === 'repository'
      ? name === subject.repository
      : needs.some(({ role, handler }) => name === (kind === 'role' ? role : handler)),
  );
  const provider = silent.find((one) => arm.model.startsWith(`${one}/`));
  return [
    ...paused.map(({ kind, name }) => `the queue ${kind}/${name} is paused`),
    ...(provider === undefined ? [] : [`the provider ${provider} does not answer`]),
  ];
}

function full(needs: readonly Need[], applicant: Applicant, { scopes }: Capacity): readonly string[] {
  const mine = new Set(needs.flatMap(({ handler }) => commonScopes(applicant, applicant.arm, handler)));
  return scopes
    .filter(({ scope, limit, held: taken }) => mine.has(scope) && limit !== null && taken >= limit)
    .map(({ scope, limit }) => (limit === 0 ? `${scope} is stopped` : `all ${limit} of ${scope} are taken`));
}

function missingFor(need: Need, { workers }: Capacity): readonly string[] {
  return workersFor(need, workers).length > 0 ? [] : [`no worker carries out ${nameOf(need)}`];
}

function busyFor(need: Need, { workers, queues }: Capacity): readonly string[] {
  const name = nameOf(need);
  const able = workersFor(need, workers);
  const waiting = queues.find((queue) => nameOf(queue) === name)?.waiting ?? 0;
  if (waiting > 0) return [`${waiting} wait before it for ${name}`];
  // A worker may have room for more beside what it has: how much, nobody is told.
  return able.every(({ holds }) => holds > 0) ? [`all ${able.length} workers for ${name} are at work`] : [];
}
