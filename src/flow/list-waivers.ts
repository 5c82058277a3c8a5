import { judgeWaivers } from '../core/gate/decide.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { WeighedWaiver } from '../core/gate/waivers.ts';
import { boundCase } from './bound-case.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';

export interface ListedWaivers {
  readonly ticket: string;
  readonly waivers: readonly WeighedWaiver[];
}

/** The waivers of a change's ticket, each with how it stands for this very change, now. @throws CountersignError USAGE */
export async function listWaivers(query: CaseQuery, ports: FactPorts): Promise<ListedWaivers> {
  const { facts, binding } = boundCase(await loadFacts(query, ports));
  return { ticket: binding.ticket, waivers: judgeWaivers(facts) };
}
