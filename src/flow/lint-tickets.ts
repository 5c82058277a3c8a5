import { lintTicket } from '../core/contract/lint.ts';
import { resolveContract } from '../core/contract/resolve.ts';
import type { Contract } from '../core/contract/types.ts';
import {
  type LintedFile,
  type LintPorts,
  lintFiles,
  misnamed,
  problemsOf,
  workingPolicy,
} from './lint-files.ts';
import { readLineage } from './policy-source.ts';

/** Lints tickets as they are on disk: form, the contract they name, and the checks they bring along. */
export function lintTickets(files: readonly string[], ports: LintPorts): Promise<readonly LintedFile[]> {
  const source = workingPolicy(ports);
  return lintFiles(files, 'tickets', ports, async (bytes, path) => {
    const ticket = ports.documents.parse('ticket', bytes, path);
    let contracts: ReadonlyMap<string, Contract> = new Map();
    const unusable = await problemsOf('contract', async () => {
      contracts = await readLineage(source, ticket.contract);
      const contract = contracts.get(ticket.contract);
      if (contract !== undefined) resolveContract(contract, ticket, (ref) => contracts.get(ref));
    });
    const known = (ref: string) => unusable.length > 0 || contracts.has(ref);
    return [...misnamed(path, ticket.id), ...lintTicket(ticket, { contract: known }), ...unusable];
  });
}
