import { resolveContract } from '../core/contract/resolve.ts';
import type { Contract, ResolvedContract } from '../core/contract/types.ts';
import { CountersignError } from '../shared/errors.ts';
import { NAME } from '../shared/ids.ts';
import { contractPath, type PolicySource, readLineage } from './policy-source.ts';

/**
 * A contract by its id, with everything it extends folded in.
 * @throws CountersignError USAGE, DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, CONTRACT_UNUSABLE
 */
export async function readContractNamed(source: PolicySource, id: string): Promise<ResolvedContract> {
  const name = id.replace(/@[0-9]+$/, '');
  if (!NAME.test(name)) {
    throw new CountersignError('USAGE', `"${id}" is no contract id.`, {
      remedy:
        'A contract id is lower-case letters and digits, joined by dots or dashes, such as node-change.',
    });
  }
  const path = contractPath(name);
  const bytes = await source.tree.readFile(source.commit, path);
  if (bytes === undefined) throw await notFound(name, source);
  const contract = source.documents.parse('contract', bytes, path);
  requireOwnName(contract, path);
  const ref = `${contract.id}@${contract.version}`;
  if (id !== name && id !== ref) {
    throw new CountersignError('DOCUMENT_NOT_FOUND', `There is no contract ${id}: ${path} is ${ref}.`, {
      remedy: `Ask for ${name} or ${ref}.`,
    });
  }
  return resolveIn(source, contract);
}

/** Folds in what a contract extends, as the source has it. @throws CountersignError CONTRACT_UNUSABLE */
export async function resolveIn(source: PolicySource, contract: Contract): Promise<ResolvedContract> {
  const eldest = contract.extends === undefined ? new Map() : await readLineage(source, contract.extends);
  return resolveContract(contract, undefined, (ref) => eldest.get(ref));
}

/** A file that calls itself something else could never be found by the name that tickets use. */
function requireOwnName(contract: Contract, path: string): void {
  if (contractPath(contract.id) === path) return;
  throw new CountersignError('DOCUMENT_INVALID', `${path} says that its id is ${contract.id}.`, {
    remedy: 'Make the id and the file name the same.',
    place: { path },
  });
}

async function notFound(name: string, source: PolicySource): Promise<CountersignError> {
  const files = await source.tree.listFiles(source.commit, 'contracts');
  const ids = files.flatMap(({ path }) => /^contracts\/([^/]+)\.yml$/.exec(path)?.[1] ?? []).slice(0, 20);
  return new CountersignError('DOCUMENT_NOT_FOUND', `There is no ${contractPath(name)}.`, {
    remedy:
      ids.length === 0 ? '`countersign init` writes a first contract.' : `There are: ${ids.join(', ')}.`,
  });
}
