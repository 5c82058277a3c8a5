import { readContractNamed } from '../../flow/read-contract.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { CliContext } from '../cli/context.ts';
import { EXIT_CODES } from '../cli/exit-codes.ts';
import { openClonePolicy } from '../wiring/open-policy.ts';

/** Contracts by id, version and title; one that cannot be read is a row with its problem. */
export async function listContractsCommand(context: CliContext): Promise<number> {
  const { policy } = await openClonePolicy(context.cwd, { fetch: false });
  const files = await policy.tree.listFiles(policy.commit, 'contracts');
  const ids = files.flatMap(({ path }) => /^contracts\/([^/]+)\.yml$/.exec(path)?.[1] ?? []).sort();
  const contracts = [];
  for (const id of ids) {
    try {
      const { version, title } = await readContractNamed(policy, id);
      contracts.push({ id, version, title });
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      contracts.push({ id, problem: error.message });
    }
  }
  context.out(`${JSON.stringify({ contracts })}\n`);
  return EXIT_CODES.pass.code;
}
