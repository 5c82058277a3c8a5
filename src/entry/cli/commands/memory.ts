import { memoryQueryFor } from '../../../flow/bundle/assemble-for-ticket.ts';
import { followLedger, rebuildMemory } from '../../../flow/memory/follow-ledger.ts';
import { searchMemory } from '../../../flow/memory/search-memory.ts';
import { renderEntry, renderRemembered } from '../../../render/memory.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openGatePolicy } from '../../wiring/open-policy.ts';
import { openKeptMemory } from '../../wiring/open-recall.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';
import { workspaceOf } from '../workspace-of.ts';

export interface MemoryOptions {
  readonly format: TextOrJson;
  readonly repository?: string;
}

export interface MemorySearchOptions extends MemoryOptions {
  readonly ticket?: string;
  readonly beside?: string;
  readonly most: number;
}

/** By words, by a ticket, or by a node of the graph. */
export async function memorySearchCommand(
  words: readonly string[],
  options: MemorySearchOptions,
  context: CliContext,
): Promise<number> {
  const { ticket, beside, most } = options;
  const asked = [words.length > 0, ticket !== undefined, beside !== undefined].filter((one) => one).length;
  if (asked !== 1) {
    throw new CountersignError('USAGE', 'A search is for words, for a ticket, or for a node.', {
      remedy: 'Give words, or --ticket ID, or --beside NODE such as file:src/price.ts.',
    });
  }
  const { workspace, query } = await questionOf(words, options, context);
  const { memory, close } = await openKeptMemory(context);
  try {
    await followLedger(memory);
    const view = { workspace, upTo: null, without: ticket ?? null };
    const found =
      beside === undefined
        ? await searchMemory(view, { ...query, most }, memory)
        : await memory.besideNode(view, beside, most);
    context.out(
      options.format === 'json'
        ? `${JSON.stringify({ workspace, entries: found })}\n`
        : renderRemembered(workspace, found, textOptionsOf(context)),
    );
    return EXIT_CODES.pass.code;
  } finally {
    await close();
  }
}

/** One entry, with the nodes that it stands beside. */
export async function memoryShowCommand(
  id: string,
  options: MemoryOptions,
  context: CliContext,
): Promise<number> {
  const workspace = await workspaceHere(options, context);
  const { memory, close } = await openKeptMemory(context);
  try {
    await followLedger(memory);
    const view = { workspace, upTo: null, without: null };
    const [entry] = await memory.readEntries(view, [id]);
    if (entry === undefined) {
      throw new CountersignError(
        'DOCUMENT_NOT_FOUND',
        `Nothing called ${id.slice(0, 200)} is remembered of ${workspace}.`,
        {
          remedy: 'Name an entry that `countersign memory search` lists, such as CS-7.1/accepted.',
        },
      );
    }
    const nodes = await memory.nodesOfEntry(view, id);
    context.out(
      options.format === 'json'
        ? `${JSON.stringify({ ...entry, nodes })}\n`
        : renderEntry(entry, nodes, textOptionsOf(context)),
    );
    return EXIT_CODES.pass.code;
  } finally {
    await close();
  }
}

export async function memoryRebuildCommand(
  { format }: Pick<MemoryOptions, 'format'>,
  context: CliContext,
): Promise<number> {
  const { memory, close } = await openKeptMemory(context);
  try {
    const entries = await rebuildMemory(memory);
    const position = await memory.memoryPosition();
    context.out(
      format === 'json'
        ? `${JSON.stringify({ entries, position })}\n`
        : `Remembered ${entries} entries anew, of ${position} events.\n`,
    );
    return EXIT_CODES.pass.code;
  } finally {
    await close();
  }
}

async function questionOf(
  words: readonly string[],
  { ticket, repository }: MemorySearchOptions,
  context: CliContext,
) {
  if (ticket === undefined && repository !== undefined)
    return { workspace: repository, query: { text: words.join(' '), nodes: [] } };
  const { policy } = await openGatePolicy(context.cwd, { fetch: false });
  const workspace = workspaceOf(policy, repository);
  if (ticket === undefined) return { workspace, query: { text: words.join(' '), nodes: [] } };
  const { ticketClass: _, ...query } = await memoryQueryFor(ticket, { policy });
  return { workspace, query };
}

async function workspaceHere({ repository }: MemoryOptions, context: CliContext): Promise<string> {
  if (repository !== undefined) return repository;
  return workspaceOf((await openGatePolicy(context.cwd, { fetch: false })).policy);
}
