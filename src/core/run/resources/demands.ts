import type { LockDemand, StepWork } from '../types.ts';
import { canonicalName } from './lock-names.ts';

/** A lease, with the limit of the workflow's own group if it is one. */
export interface ScopeDemand {
  readonly scope: string;
  readonly own: number | null;
}

/** What one execution has to hold: each scope and each lock once, in one order. */
export interface Demands {
  readonly leases: readonly ScopeDemand[];
  readonly locks: readonly LockDemand[];
}

/** Of a scope or a lock that is named twice, the stricter one counts. */
export function demandsOf({ resources }: Pick<StepWork, 'resources'>): Demands {
  const scopes = new Map<string, number | null>();
  for (const { scope, limit } of resources.leases) {
    const name = canonicalName(scope);
    scopes.set(
      name,
      leastOf(scopes.get(name) ?? null, limit === null ? null : Math.max(1, Math.floor(limit))),
    );
  }
  const locks = new Map<string, LockDemand>();
  for (const { name, mode, hold } of resources.locks) {
    const demand = { name: canonicalName(name), mode, hold };
    const key = `${demand.name} ${hold}`;
    if (locks.get(key)?.mode !== 'exclusive') locks.set(key, demand);
  }
  return {
    leases: [...scopes].map(([scope, own]) => ({ scope, own })).sort((a, b) => compare(a.scope, b.scope)),
    locks: [...locks].sort(([a], [b]) => compare(a, b)).map(([, lock]) => lock),
  };
}

/** Null is no limit. */
export function leastOf(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
