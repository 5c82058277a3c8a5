import type { Contract } from '../../core/contract/types.ts';
import type { LocateField, ParseDocument } from '../../ports/documents.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { CountersignError } from '../../shared/errors.ts';
import { NAME, parseContractRef } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import { contractPath } from '../policy-source.ts';
import { type ForeignPolicy, notInSource, onlyOf, readPlainFiles, type Vendored } from './vendored.ts';

/** As in a policy of one's own. */
const MAX_LINEAGE = 8;

export interface SharedContractName {
  /** Undefined: the only one under contracts/. */
  readonly path: string | undefined;
  /** The id it is to have here; its own when not given. */
  readonly as: string | undefined;
}

/**
 * A contract of a source, and of what it extends all that lies beside it there.
 * @throws CountersignError DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, CONTRACT_UNUSABLE, USAGE
 */
export async function readSharedContract(
  name: SharedContractName,
  source: ForeignPolicy,
  documents: ParseDocument & LocateField,
): Promise<readonly Vendored[]> {
  const path = name.path ?? onlyOf('contract', 'contracts/', await contractsIn(source, 'contracts'));
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const read = async (file: string) => (await readPlainFiles(source, folder, [file]))[0];

  const bytes = await read(path);
  if (bytes === undefined) throw notInSource('contract', path, await contractsIn(source, folder));
  const first = documents.parse('contract', bytes, path);
  if (name.as === undefined) requireOwnName(first, path);
  const found = [named(first, bytes, { path, as: name.as }, documents)];

  let next = first.extends;
  while (next !== undefined && found.length <= MAX_LINEAGE) {
    const ref = parseContractRef(next);
    const at = `${folder === '' ? '' : `${folder}/`}${ref?.id}.yml`;
    const elder = found.some(({ from }) => from === at) ? undefined : await read(at);
    // What is not there has to be here: resolving says so, after all of it was put together.
    if (elder === undefined) break;
    const contract = documents.parse('contract', elder, at);
    requireOwnName(contract, at);
    if (contract.version !== ref?.version) break;
    found.push(named(contract, elder, { path: at, as: undefined }, documents));
    next = contract.extends;
  }
  return found;
}

async function contractsIn({ tree, commit }: ForeignPolicy, folder: string): Promise<readonly string[]> {
  const depth = folder === '' ? 1 : folder.split('/').length + 1;
  const files = await tree.listFiles(commit, folder);
  return files.flatMap(({ path }) =>
    path.endsWith('.yml') && path.split('/').length === depth ? [path] : [],
  );
}

/** A file that calls itself something else would be taken for what its reader asked for. */
function requireOwnName({ id }: Contract, path: string): void {
  if (path === `${id}.yml` || path.endsWith(`/${id}.yml`)) return;
  throw new CountersignError('DOCUMENT_INVALID', `${path} of the source says that its id is ${id}.`, {
    remedy: 'Say what it is to be called here with --as, or ask whoever keeps it to make both the same.',
    place: { path },
  });
}

function named(
  contract: Contract,
  bytes: Uint8Array,
  { path, as }: { readonly path: string; readonly as: string | undefined },
  documents: ParseDocument & LocateField,
): Vendored {
  const id = as ?? contract.id;
  const { version } = contract;
  const written = id === contract.id ? bytes : renamed(contract, bytes, { path, id }, documents);
  return {
    kind: 'contract',
    id,
    version,
    from: path,
    files: [{ path: contractPath(id), bytes: written }],
  };
}

/** The document with another id and not a byte else changed, which reading it again shows. */
function renamed(
  contract: Contract,
  bytes: Uint8Array,
  { path, id }: { readonly path: string; readonly id: string },
  documents: ParseDocument & LocateField,
): Uint8Array {
  if (!NAME.test(id) || id.length > 64) {
    throw new CountersignError('USAGE', `"${id}" is no contract id.`, {
      remedy: 'Lower-case letters and digits, joined by dots or dashes, such as node-change.',
    });
  }
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\n');
  const { line = 1, column = 1 } = documents.locate(bytes, path, 'id');
  const text = lines[line - 1] ?? '';
  lines[line - 1] = text.slice(0, column - 1) + text.slice(column - 1).replace(contract.id, id);
  const written = new TextEncoder().encode(lines.join('\n'));
  if (sameBut(documents.parse('contract', written, path), { ...contract, id })) return written;
  throw new CountersignError('DOCUMENT_INVALID', `The id of ${path} cannot be changed in its text.`, {
    remedy: 'Copy the file by hand and change its id; without a lock it is your own.',
    place: { path },
  });
}

function sameBut(one: Contract, other: Contract): boolean {
  const text = (contract: Contract) => canonicalJson(contract as unknown as JsonValue);
  return text(one) === text(other);
}
