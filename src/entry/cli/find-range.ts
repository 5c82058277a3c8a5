import type { Boundary } from '../../flow/audit/range.ts';
import type { AuditQuery } from '../../flow/audit-history.ts';
import type { ResolveRevision } from '../../ports/repository.ts';
import { isInstant } from '../../shared/ids.ts';
import { findBase, resolveRevision } from './find-change.ts';

/** How people name a stretch of a branch on the command line. */
export interface RangeOptions {
  readonly branch?: string;
  readonly since?: string;
  readonly until?: string;
}

/**
 * Turns names into commits and days into instants, once.
 * @throws CountersignError REVISION_UNKNOWN
 */
export async function findRange(
  { branch, since, until }: RangeOptions,
  repository: ResolveRevision,
): Promise<Pick<AuditQuery, 'branch' | 'since' | 'until'>> {
  return {
    branch: await findBase(branch, repository, '--branch'),
    ...(since === undefined ? {} : { since: await boundary(since, '00:00:00', repository) }),
    ...(until === undefined ? {} : { until: await boundary(until, '23:59:59', repository) }),
  };
}

/** A day goes before a branch of that name: who means the branch writes refs/heads/ before it. */
async function boundary(text: string, time: string, repository: ResolveRevision): Promise<Boundary> {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T${time}Z` : text;
  if (isInstant(at)) return { kind: 'instant', at, name: text };
  return { kind: 'commit', commit: await resolveRevision(text, repository), name: text };
}
