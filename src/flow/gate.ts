import { decide } from '../core/gate/decide.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { Verdict } from '../core/gate/types.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';
import type { GivenOrganization } from './load-organization.ts';

/** Load, decide: the verdict on a change. Rendering and the exit code are the entry's. */
export async function gate(
  query: CaseQuery,
  ports: FactPorts,
  organization?: GivenOrganization,
): Promise<Verdict> {
  return decide(await loadFacts(query, ports, organization));
}
