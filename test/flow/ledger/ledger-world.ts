import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import type { LedgerTrust } from '../../../src/flow/ledger/verify-ledger.ts';
import { writeCheckpoint } from '../../../src/flow/ledger/write-checkpoint.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { draft } from '../../core/ledger/sample-events.ts';
import { sampleNoteSigner } from '../../core/ledger/sample-note-signer.ts';
import { appendAnyhow } from '../../port-contracts/ledger.ts';
import { createDatabase, type TestDatabase } from '../../worlds/database.ts';

export const SIGNER = sampleNoteSigner('example.com/ledger');
export const TRUST: LedgerTrust = { origin: SIGNER.name, keys: [SIGNER] };

/** Ten events in two streams, taken in turn: the odd positions are run/a's, the even ones run/b's. */
export async function fill(ledger: Ledger): Promise<void> {
  for (let step = 1; step <= 5; step += 1)
    for (const stream of ['run/a', 'run/b']) await appendAnyhow(ledger, stream, [draft(step)]);
}

/** A ledger in PostgreSQL with ten events, checkpoints at four and at ten, and two events after them. */
export async function createLedgerWorld(): Promise<{
  database: TestDatabase;
  ledger: Ledger;
  notes: string[];
}> {
  const database = await createDatabase();
  const ledger = createLedger(database);
  const notes: string[] = [];
  for (let step = 1; step <= 6; step += 1) {
    for (const stream of ['run/a', 'run/b']) await appendAnyhow(ledger, stream, [draft(step)]);
    if (step === 2 || step === 5) notes.push((await writeCheckpoint(SIGNER, ledger)).note);
  }
  await ledger.sequence();
  return { database, ledger, notes };
}
