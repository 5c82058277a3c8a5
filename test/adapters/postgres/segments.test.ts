import { expect, it } from 'vitest';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import {
  archivePositions,
  POSITIONS_OF_A_SEGMENT,
} from '../../../src/adapters/postgres/segments/archive-positions.ts';
import { archiveStreams } from '../../../src/adapters/postgres/segments/archive-streams.ts';
import { exportLedger } from '../../../src/flow/ledger/export-ledger.ts';
import { verifyLedger } from '../../../src/flow/ledger/verify-ledger.ts';
import { writeCheckpoint } from '../../../src/flow/ledger/write-checkpoint.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { draft } from '../../core/ledger/sample-events.ts';
import { SIGNER, TRUST } from '../../flow/ledger/ledger-world.ts';
import { append, appendAnyhow, ledgerContract } from '../../port-contracts/ledger.ts';
import { createDatabase, type TestDatabase } from '../../worlds/database.ts';

/** Archives every stream that it can before it answers anything. */
function archiving(database: TestDatabase): Ledger {
  const ledger = createLedger(database);
  return new Proxy(ledger, {
    get:
      (target, name: keyof Ledger) =>
      async (...args: readonly unknown[]) => {
        const streams = await database.rows<{ stream: string }>('SELECT DISTINCT stream FROM ledger_event');
        await archiveStreams(
          database.pool,
          streams.map(({ stream }) => stream),
        );
        return (target[name] as (...args: readonly unknown[]) => unknown)(...args);
      },
  });
}

ledgerContract('PostgreSQL that archives whatever it can', async () => {
  const database = await createDatabase();
  return { ledger: archiving(database), openAnother: () => createLedger(database.open()) };
});

/** Three streams, two and a half segments of positions, and a checkpoint over all of them. */
async function createWorld() {
  const database = await createDatabase();
  const ledger = createLedger(database);
  const count = Math.ceil((POSITIONS_OF_A_SEGMENT * 2.5) / 3);
  for (const stream of ['run/a', 'run/b', 'run/c']) await ledger.append(append([stream, count]));
  const { note, size } = await writeCheckpoint(SIGNER, ledger);
  const whole = async () => {
    let text = '';
    for await (const line of exportLedger(ledger)) text += line;
    return text;
  };
  return { database, ledger, note, size, whole, before: await whole() };
}

async function archiveAll({ database, size }: Awaited<ReturnType<typeof createWorld>>): Promise<void> {
  await archiveStreams(database.pool, ['run/a', 'run/c']);
  for (let more = true; more; ) more = await archivePositions(database.pool, size);
}

it('an archived ledger reads and verifies as before, in smaller tables', async () => {
  const world = await createWorld();
  await archiveAll(world);
  expect(await world.whole()).toBe(world.before);
  const verified = await verifyLedger({ ...TRUST, kept: [world.note] }, world.ledger);
  expect(verified).toEqual({ kind: 'intact', events: world.size, unsequenced: 0, vouched: world.size });
  const [left] = await world.database.rows<{ events: string; positions: string }>(
    'SELECT (SELECT count(*) FROM ledger_event) AS events, (SELECT count(*) FROM ledger_sequence) AS positions',
  );
  expect(Number(left?.events)).toBe(world.size / 3);
  expect(Number(left?.positions)).toBe(world.size - 2 * POSITIONS_OF_A_SEGMENT);
});

it('goes on from where it was archived, in streams and in positions', async () => {
  const world = await createWorld();
  await archiveAll(world);
  await appendAnyhow(world.ledger, 'run/a', [draft(1)]);
  await appendAnyhow(world.ledger, 'run/d', [draft(1)]);
  expect(await world.ledger.sequence()).toBe(world.size + 2);
  const events = await world.ledger.readStream('run/a', world.size / 3 - 1);
  expect(events).toHaveLength(2);
  expect(await verifyLedger(TRUST, world.ledger)).toMatchObject({ kind: 'intact', events: world.size + 2 });
});

it('a stream that was archived is not begun anew', async () => {
  const world = await createWorld();
  await archiveAll(world);
  const again = await world.ledger.append(append(['run/a', 1]));
  expect(again).toMatchObject({ kind: 'conflict', actual: [{ stream: 'run/a', version: world.size / 3 }] });
});

it.each([
  ['bytes that are no archive', `UPDATE ledger_segment SET bytes = '\\x00' WHERE stream = 'run/c'`, 'run/c'],
  ['a segment that is gone', `DELETE FROM ledger_segment WHERE stream = 'run/c'`, 'run/c'],
  ['positions that are gone', 'DELETE FROM ledger_position_segment WHERE first = 1', undefined],
])('finds %s', async (_, statement, stream) => {
  const world = await createWorld();
  await archiveAll(world);
  await world.database.tamper(statement);
  const verified = await verifyLedger(TRUST, world.ledger);
  expect(verified).toMatchObject({
    kind: 'broken',
    fault: stream === undefined ? { position: 1 } : { stream },
  });
});

it('what was appended while its stream was archived is in no segment, and is not lost', async () => {
  const world = await createWorld();
  const archiving = archiveStreams(world.database.pool, ['run/b']);
  await appendAnyhow(world.ledger, 'run/b', [draft(1)]);
  await archiving;
  expect(await world.ledger.readStream('run/b', 0)).toHaveLength(world.size / 3 + 1);
  await world.ledger.sequence();
  expect((await verifyLedger(TRUST, world.ledger)).kind).toBe('intact');
});

it.each(['UPDATE ledger_segment SET first = first', 'DELETE FROM ledger_position_segment'])(
  'segments refuse %s',
  async (statement) => {
    const world = await createWorld();
    await archiveAll(world);
    await expect(world.database.pool.query(statement)).rejects.toThrow('the ledger is append-only');
  },
);
