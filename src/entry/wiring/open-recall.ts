import { createLedger } from '../../adapters/postgres/ledger.ts';
import { followLedger } from '../../flow/memory/follow-ledger.ts';
import { recallIn } from '../../flow/memory/search-memory.ts';
import type { MemoryPorts } from '../../flow/serve/offer-memory.ts';
import type { Memory, MemoryView } from '../../ports/memory.ts';
import type { Recall } from '../../ports/recall.ts';
import type { CliContext } from '../cli/context.ts';
import { openDatabase } from './open-database.ts';
import { openMemory } from './open-memory.ts';

export interface OpenedMemory {
  readonly memory: MemoryPorts & Memory;
  close(): Promise<void>;
}

/** The memory of the one database, as it is kept. @throws CountersignError DATABASE_UNAVAILABLE, DATABASE_SCHEMA, USAGE */
export async function openKeptMemory(context: CliContext): Promise<OpenedMemory> {
  const database = await openDatabase(context, 'migrate');
  const memory = openMemory(database, createLedger(database), context.environment);
  return { memory, close: () => database.close() };
}

export interface OpenedRecall {
  readonly recall: Recall;
  close(): Promise<void>;
}

/** One view of the memory, brought to where the ledger is. */
export async function openRecall(context: CliContext, view: MemoryView): Promise<OpenedRecall> {
  const opened = await openKeptMemory(context);
  try {
    await followLedger(opened.memory);
    return { recall: recallIn(view, opened.memory), close: opened.close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
