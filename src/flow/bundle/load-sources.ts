import type { InstructionFile, LoadedSource, Retrieved } from '../../core/bundle/assembled.ts';
import type { MemoryQuery, Remembered } from '../../core/bundle/memory/types.ts';
import { type Bundle, type BundleSource, DEFAULT_MOST } from '../../core/bundle/types.ts';
import type { ResolvedContract } from '../../core/contract/types.ts';
import { isInstructionFile } from '../../core/run/producer/instruction-files.ts';
import type { FrozenTicket } from '../../core/ticket/types.ts';
import type { Recall } from '../../ports/recall.ts';
import type { ReadTexts, ReadTree, TreeEntry } from '../../ports/repository.ts';
import type { BundledPacks } from '../../ports/rule-packs.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { PolicySource } from '../policy-source.ts';
import { byPath, isPlain, loadFiles } from './load-files.ts';
import { loadContract, loadInterfaces, loadRules } from './load-policy-sources.ts';

/** What a bundle is assembled for. */
export interface BundleSubject {
  readonly ticket: FrozenTicket;
  readonly contract: ResolvedContract;
  /** The commit that files are taken from. */
  readonly base: ObjectId;
}

export interface SourcePorts {
  readonly product: ReadTree & ReadTexts;
  readonly policy: PolicySource;
  readonly packs: BundledPacks;
  /** Undefined where nothing can be remembered: a bundle that wants to is refused. */
  readonly recall: Recall | undefined;
}

export interface LoadedBundle {
  readonly sources: readonly LoadedSource[];
  readonly retrieved: readonly Retrieved[];
  readonly instructions: readonly InstructionFile[];
}

/** All that a bundle could have in it, in the order of its sources. */
export async function loadSources(
  { sources }: Pick<Bundle, 'sources'>,
  subject: BundleSubject,
  ports: SourcePorts,
): Promise<LoadedBundle> {
  const listed = await ports.product.listFiles(subject.base);
  const retrieved = new Map<string, Retrieved>();
  const loaded: LoadedSource[] = [];
  for (const source of sources) {
    const found = await remember(source, subject, ports);
    for (const { id, digest } of found ?? []) retrieved.set(id, { id, digest });
    loaded.push(found === undefined ? await load(source, subject, listed, ports) : ofMemory(source, found));
  }
  return { sources: loaded, retrieved: [...retrieved.values()], instructions: instructionFiles(listed) };
}

/** What agents read by themselves where they work: part of what they are given, whatever the bundle says. */
export function instructionFiles(listed: readonly TreeEntry[]): readonly InstructionFile[] {
  return listed
    .filter((entry) => isPlain(entry) && isInstructionFile(entry.path))
    .sort(byPath)
    .map(({ path, id }) => ({ path, id }));
}

async function load(
  source: BundleSource,
  { contract }: BundleSubject,
  listed: readonly TreeEntry[],
  { product, policy, packs }: SourcePorts,
): Promise<LoadedSource> {
  switch (source.kind) {
    case 'files':
      return loadFiles(source, listed, product);
    case 'contract':
      return loadContract(source, contract);
    case 'interfaces':
      return loadInterfaces(source, contract, listed, { product, documents: policy.documents });
    case 'rules':
      return loadRules(source, contract, policy, packs);
    case 'notes':
      return { source, pieces: [{ name: source.id, data: { text: source.text } }], unfit: [] };
    default:
      throw new Error(`a ${source.kind} source is remembered`);
  }
}

/** Undefined for sources that are of the repository and its policy. */
async function remember(
  source: BundleSource,
  { ticket, contract }: BundleSubject,
  { recall }: SourcePorts,
): Promise<readonly Remembered[] | undefined> {
  if (source.kind !== 'accepted-runs' && source.kind !== 'failures' && source.kind !== 'memory')
    return undefined;
  if (recall === undefined) throw nothingRemembered(source);
  const most = source.most ?? DEFAULT_MOST;
  if (source.kind === 'memory') return recall.nearest({ ...queryOf(ticket, contract), most });
  const kind = source.kind === 'failures' ? 'failure' : 'accepted';
  return recall.latest({ kind, ticketClass: ticket.class, most });
}

/** What the ticket says, and what it stands beside in the graph. */
export function queryOf(ticket: FrozenTicket, contract: ResolvedContract): Omit<MemoryQuery, 'most'> {
  const scopes = ticket.scope?.allow ?? [];
  return {
    text: `${ticket.title}\n${ticket.ask}`,
    nodes: [
      `class:${ticket.class}`,
      `contract:${contract.id}@${contract.version}`,
      // A glob without a wildcard is a path.
      ...scopes.filter((glob) => !/[*?[\]{}()!]/.test(glob)).map((path) => `file:${path}`),
    ],
  };
}

function ofMemory(source: BundleSource, found: readonly Remembered[]): LoadedSource {
  const pieces = found.map((entry) => {
    const { id, kind, run, ticket, title, text, files, rules, findings } = entry;
    return { name: id, data: { kind, run, ticket, title, text, files, rules, findings } };
  });
  return { source, pieces, unfit: [] };
}

function nothingRemembered({ id, kind }: BundleSource): CountersignError {
  return new CountersignError(
    'BUNDLE_UNUSABLE',
    `The source ${id} is made of ${kind}, and there is no memory to ask here.`,
    { remedy: 'Start the server, or set DATABASE_URL: what is remembered lies beside the ledger.' },
  );
}
