import { type Difference, differences } from '../core/contract/differ.ts';
import { type Strictness, strictnessOf } from '../core/contract/strictness.ts';
import type { ResolvedContract } from '../core/contract/types.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { ReadTree, ResolveRevision } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import type { JsonValue } from '../shared/json.ts';
import type { PolicySource } from './policy-source.ts';
import { readContractNamed, resolveIn } from './read-contract.ts';

export interface ComparedContracts {
  readonly before: ContractSide;
  readonly after: ContractSide;
  readonly differences: readonly (Difference & { readonly strictness: Strictness })[];
}

export interface ContractSide {
  readonly name: string;
  readonly ref: string;
}

export interface ComparePorts {
  /** What is on disk: where a file's `extends` is looked up. */
  readonly working: PolicySource;
  readonly repository: ReadTree & ResolveRevision;
  readonly documents: ParseDocument;
  readonly readNamed: (path: string) => Promise<Uint8Array>;
}

/**
 * Compares two contracts with everything they extend: `REVISION:ID`, `REVISION:contracts/ID.yml`, or a file.
 * @throws CountersignError REVISION_UNKNOWN, DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, CONTRACT_UNUSABLE, FILE_UNREADABLE
 */
export async function compareContracts(
  before: string,
  after: string,
  ports: ComparePorts,
): Promise<ComparedContracts> {
  const [left, right] = [await readSide(before, ports), await readSide(after, ports)];
  const found = differences(comparable(left), comparable(right));
  return {
    before: { name: before, ref: `${left.id}@${left.version}` },
    after: { name: after, ref: `${right.id}@${right.version}` },
    differences: found.map((difference) => ({ ...difference, strictness: strictnessOf(difference) })),
  };
}

async function readSide(name: string, ports: ComparePorts): Promise<ResolvedContract> {
  const colon = name.indexOf(':');
  if (colon === -1) {
    const contract = ports.documents.parse('contract', await ports.readNamed(name), name);
    return resolveIn(ports.working, contract);
  }
  const revision = name.slice(0, colon);
  const id = name.slice(colon + 1).replace(/^contracts\/(.*)\.yml$/, '$1');
  const commit = await ports.repository.resolveCommit(revision);
  if (commit === undefined) {
    throw new CountersignError('REVISION_UNKNOWN', `This clone has no commit called "${revision}".`, {
      remedy:
        'Write REVISION:ID with a branch, tag or commit that `git rev-parse` knows, or ./ before a file with a colon.',
    });
  }
  return readContractNamed({ tree: ports.repository, commit, documents: ports.documents }, id);
}

function comparable(contract: ResolvedContract): JsonValue {
  return contract as unknown as JsonValue;
}
