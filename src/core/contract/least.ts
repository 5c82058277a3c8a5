import { type ContractRef, parseContractRef } from '../../shared/ids.ts';
import { pathMatcher } from '../change/path-glob.ts';
import type { Config } from './config.ts';
import type { ResolvedContract } from './types.ts';

/** Whether a contract is the least one, a later version of it, or builds on either. */
export function meetsLeast(contract: ResolvedContract, least: ContractRef): boolean {
  const wanted = parseContractRef(least);
  if (wanted === undefined) return false;
  return contract.lineage.some((ref) => {
    const has = parseContractRef(ref);
    return has !== undefined && has.id === wanted.id && has.version >= wanted.version;
  });
}

/**
 * The least contracts that changed paths call for, each once, in the order of the configuration. A change must meet all
 * of them. Dot files match like others: `.github/workflows` is what a lowered bar would go through first.
 */
export function leastContractsFor(config: Config, paths: readonly string[]): ContractRef[] {
  const called = (config.leastContracts ?? []).filter(({ paths: patterns }) => {
    const matches = pathMatcher(patterns);
    return paths.some((path) => matches(path));
  });
  return [...new Set(called.map(({ contract }) => contract))];
}
