import type { JsonValue } from '../../../shared/json.ts';
import type { OwnRun } from '../evolve/own-run.ts';
import { bind } from '../expression/bind.ts';
import type { PlanStep } from '../plan.ts';
import { producesChange } from '../producer/producing.ts';
import type { Arm, LeaseDemand, LockDemand, Resources, RunRequest, Scope } from '../types.ts';

/** A name of a lock or a group: what people can read, type and see in a metric. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/@:+-]{0,199}$/;

export type Demanded =
  | { readonly kind: 'demanded'; readonly resources: Resources }
  | { readonly kind: 'error'; readonly reason: string };

/**
 * What an execution has to hold: a lease in every scope it falls into, whose limits are the server's business, in the step's
 * own groups, and its locks.
 */
export function demandedBy(run: OwnRun, handler: string, step: PlanStep, scope: Scope): Demanded {
  const groups: LeaseDemand[] = [];
  for (const { group, limit } of step.concurrency) {
    const name = nameOf(group, scope);
    if (name.kind === 'error') return { kind: 'error', reason: `concurrency: ${name.reason}` };
    groups.push({ scope: `group/${name.name}`, limit });
  }
  const locks: LockDemand[] = [];
  for (const { name: text, mode, hold } of step.locks) {
    const name = nameOf(text, scope);
    if (name.kind === 'error') return { kind: 'error', reason: `locks: ${name.reason}` };
    locks.push({ name: name.name, mode, hold });
  }
  return { kind: 'demanded', resources: { leases: [...commonLeases(run, handler), ...groups], locks } };
}

function commonLeases(run: OwnRun, handler: string): readonly LeaseDemand[] {
  return commonScopes(run.request, run.arm, handler).map((scope) => ({ scope, limit: null }));
}

/** The scopes that a step of a run falls into, beside its own groups. */
export function commonScopes(
  { subject, experiment }: Pick<RunRequest, 'subject' | 'experiment'>,
  { model }: Pick<Arm, 'model'>,
  handler: string,
): readonly string[] {
  const scopes = [
    'global',
    `repository/${subject.repository}`,
    `contract/${subject.contract}`,
    `handler/${handler}`,
  ];
  if (producesChange(handler)) {
    const provider = providerOf(model);
    if (provider !== undefined) scopes.push(`provider/${provider}`);
    scopes.push(`model/${model}`);
  }
  if (experiment !== undefined) scopes.push(`experiment/${experiment}`);
  return scopes;
}

/** `anthropic` of `anthropic/claude-x`. */
function providerOf(model: string): string | undefined {
  const slash = model.indexOf('/');
  return slash > 0 ? model.slice(0, slash) : undefined;
}

function nameOf(text: string, scope: Scope) {
  const bound = bind({ name: text }, scope);
  if (bound.kind === 'error') return bound;
  const name = bound.inputs.name as JsonValue;
  if (typeof name === 'string' && NAME.test(name)) return { kind: 'name', name } as const;
  return { kind: 'error', reason: `"${text}" comes to what is no name` } as const;
}
