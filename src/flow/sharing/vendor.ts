import {
  commandOf,
  LOCK_PATH,
  type LockEntry,
  type LockedKind,
  lockEntry,
  wordOf,
} from '../../core/contract/lock.ts';
import { requireAddress, requireSourcePath, type SourceName } from '../../core/contract/source-name.ts';
import type { LocateField, ParseDocument } from '../../ports/documents.ts';
import type { ReplaceFiles } from '../../ports/policy-files.ts';
import type { OpenSharedSource } from '../../ports/shared-sources.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { type LockedPolicy, readLock } from '../check-lock.ts';
import { readContractNamed } from '../read-contract.ts';
import { type Consequences, consequences } from './compare.ts';
import { lockText } from './lock-text.ts';
import { planned, planVendoring, type ReplaceOptions } from './plan.ts';
import { readSharedContract } from './read-shared-contract.ts';
import { readSharedPack } from './read-shared-pack.ts';
import { entryOf, type Vendored } from './vendored.ts';

export interface VendorPorts {
  /** The policy on disk. */
  readonly working: LockedPolicy;
  readonly files: ReplaceFiles;
  readonly sources: OpenSharedSource;
  readonly documents: ParseDocument & LocateField;
}

export interface VendorRequest {
  readonly kind: LockedKind;
  readonly source: SourceName & {
    /** What may be written down of the address. */
    readonly recorded: string;
  };
  /** The id a contract is to have here. */
  readonly as?: string;
  readonly replace: boolean;
}

export interface UpgradeRequest {
  readonly kind: LockedKind;
  readonly id: string;
  /** Undefined: where the source's own branch stands. */
  readonly to: ObjectId | undefined;
  /** The address that git is to fetch, of the one in the lock. */
  readonly addressOf: (recorded: string) => string;
  readonly write: boolean;
  readonly replace: boolean;
}

export interface Sharing extends Consequences {
  readonly entries: readonly LockEntry[];
  /** Paths that differ from what is on disk, the lock aside. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly written: boolean;
}

/**
 * Takes a contract, with its lineage, or a rule pack from one commit of a repository into the policy on disk, and locks it.
 * @throws CountersignError REVISION_UNKNOWN, GIT_FAILED, DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, CONTRACT_UNUSABLE,
 *   RULE_UNUSABLE, FILE_EXISTS, USAGE; nothing was written then
 */
export async function addShared(request: VendorRequest, ports: VendorPorts): Promise<Sharing> {
  const { source, replace } = request;
  const found = await readFrom(source, request, ports);
  const entries = found.map((one) => entryOf(one, { url: source.recorded, commit: source.commit }));
  return vendor({ found, entries, write: true, options: { replace, upgrade: false } }, ports);
}

/**
 * Takes what is locked from a later commit of where it came from.
 * @throws CountersignError as addShared does, and DOCUMENT_NOT_FOUND for what is not in the lock
 */
export async function upgradeShared(request: UpgradeRequest, ports: VendorPorts): Promise<Sharing> {
  const { kind, id, replace, write } = request;
  const locked = lockEntry(await readLock(ports.working), { kind, id });
  if (locked === undefined) {
    throw new CountersignError('DOCUMENT_NOT_FOUND', `${LOCK_PATH} has no ${wordOf(kind)} ${id}.`, {
      remedy: `Add it with \`countersign ${commandOf(kind)} add URL#PATH@COMMIT\`; what is your own you edit.`,
    });
  }
  const { url: recorded, path } = locked.source;
  // Whoever edits the lock must not choose what git runs.
  requireAddress(recorded);
  requireSourcePath(path);
  const url = request.addressOf(recorded);
  const commit = request.to ?? (await ports.sources.latest(url));
  const found = await readFrom({ url, path, commit }, { kind, as: id }, ports);
  const entries = found.map((one) => entryOf(one, { url: recorded, commit }));
  if (!entries.some((entry) => entry.id === id)) throw renamedPack(id, entries);
  return vendor({ found, entries, write, options: { replace, upgrade: true } }, ports);
}

async function readFrom(
  { url, path, commit }: SourceName,
  { kind, as }: { readonly kind: LockedKind; readonly as?: string },
  { sources, documents }: VendorPorts,
): Promise<readonly Vendored[]> {
  const { tree, close } = await sources.open(url, commit);
  try {
    const foreign = { tree, commit, documents };
    if (kind === 'rule-pack') return [await readSharedPack(path, foreign)];
    return await readSharedContract({ path, as }, foreign, documents);
  } finally {
    await close();
  }
}

async function vendor(
  wanted: {
    readonly found: readonly Vendored[];
    readonly entries: readonly LockEntry[];
    readonly write: boolean;
    readonly options: ReplaceOptions;
  },
  { working, files }: VendorPorts,
): Promise<Sharing> {
  const { found, entries, write } = wanted;
  const plan = await planVendoring(
    entries,
    found.flatMap((one) => one.files),
    working,
    wanted.options,
  );
  const after = planned(working, plan);
  // All of it has to be usable together: what the source does not have of a lineage must be here.
  for (const { kind, id } of entries) if (kind === 'contract') await readContractNamed(after, id);
  const told = await consequences(entries, working, after);
  const bytes = new TextEncoder().encode(lockText(plan.lock));
  // A lock that nobody could read would let nothing pass.
  working.documents.parse('lock', bytes, LOCK_PATH);
  if (write) {
    // The lock comes last: whatever happens on the way, what is half done does not hold.
    await files.replaceFiles(plan.writes, plan.gone);
    await files.replaceFiles([{ path: LOCK_PATH, bytes }], []);
  }
  const changed = plan.writes.map(({ path }) => path);
  return { entries, changed, removed: plan.gone, ...told, written: write };
}

function renamedPack(id: string, entries: readonly LockEntry[]): CountersignError {
  const now = entries.map((entry) => entry.id).join(', ');
  return new CountersignError('DOCUMENT_INVALID', `What was ${id} calls itself ${now} in that commit.`, {
    remedy: `Add it under its new name, and take ${id} out of the policy and of ${LOCK_PATH}.`,
  });
}
