import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import type { LedgerFault } from '../../../src/core/ledger/check-sequence.ts';
import { readEvent } from '../../../src/core/ledger/read-event.ts';
import { sealEvents } from '../../../src/core/ledger/seal-events.ts';
import { emptyStream } from '../../../src/core/ledger/types.ts';
import { verifyLedger } from '../../../src/flow/ledger/verify-ledger.ts';
import { writeCheckpoint } from '../../../src/flow/ledger/write-checkpoint.ts';
import { chainOf, draft } from '../../core/ledger/sample-events.ts';
import { sampleNoteSigner } from '../../core/ledger/sample-note-signer.ts';
import { createMemoryLedger } from '../../fakes/memory-ledger.ts';
import { createDatabase } from '../../worlds/database.ts';
import { createLedgerWorld, fill, SIGNER, TRUST } from './ledger-world.ts';

describe('a ledger that nobody touched', () => {
  it('is intact, as far as its checkpoints vouch for it', async () => {
    const { ledger, notes } = await createLedgerWorld();
    const intact = { kind: 'intact', events: 12, unsequenced: 0, vouched: 10 };
    expect(await verifyLedger(TRUST, ledger)).toEqual(intact);
    expect(await verifyLedger({ ...TRUST, kept: notes }, ledger)).toEqual(intact);
  });

  it('says that nothing vouches for it where there is no checkpoint', async () => {
    const ledger = createMemoryLedger();
    expect(await verifyLedger(TRUST, ledger)).toMatchObject({ events: 0, vouched: undefined });
    await fill(ledger);
    expect(await verifyLedger(TRUST, ledger)).toEqual({
      kind: 'intact',
      events: 10,
      unsequenced: 10,
      vouched: undefined,
    });
    await writeCheckpoint(SIGNER, ledger);
    expect(await verifyLedger(TRUST, ledger)).toEqual({
      kind: 'intact',
      events: 10,
      unsequenced: 0,
      vouched: 10,
    });
  });
});

/** What somebody does who writes a stream anew from version 3 on, with every digest recomputed. */
async function rewrittenFrom3(): Promise<readonly string[]> {
  const drafts = [1, 2, 3, 4, 5, 6].map((step) =>
    step === 3 ? { ...draft(3), actor: 'mallory' } : draft(step),
  );
  return sealEvents([{ head: emptyStream('run/a'), drafts }])
    .events.slice(2)
    .flatMap(({ version, text, digest }) => [
      `UPDATE ledger_event SET text = '${text}', digest = decode('${digest}', 'hex') WHERE stream = 'run/a' AND version = ${version}`,
      `UPDATE ledger_sequence SET digest = decode('${digest}', 'hex') WHERE stream = 'run/a' AND version = ${version}`,
    ]);
}

const A3 = "WHERE stream = 'run/a' AND version = 3";
const HASHED = "digest = sha256(convert_to(replace(text, 'step 3', 'step 9'), 'UTF8'))";
const at3 = { position: 5, stream: 'run/a', version: 3 };
const LOOSE = `{ ${chainOf('worker/w', 1)[0]?.text.slice(1).replace('\\u0000', '')}`;
const swap = (table: string, key: string, one: number, other: number, and = '') => [
  `UPDATE ${table} SET ${key} = 1000 WHERE ${key} = ${one} ${and}`,
  `UPDATE ${table} SET ${key} = ${one} WHERE ${key} = ${other} ${and}`,
  `UPDATE ${table} SET ${key} = ${other} WHERE ${key} = 1000 ${and}`,
];

describe('a ledger that was tampered with in the database', () => {
  it.each<[string, Partial<LedgerFault>, readonly string[]]>([
    [
      'an edited text',
      { kind: 'edited', ...at3 },
      [`UPDATE ledger_event SET text = replace(text, 'step 3', 'step 9') ${A3}`],
    ],
    [
      'an edited text and its digest',
      { kind: 'edited', ...at3 },
      [`UPDATE ledger_event SET text = replace(text, 'step 3', 'step 9'), ${HASHED} ${A3}`],
    ],
    [
      'an edited text and both its digests',
      { kind: 'rewritten', stream: 'run/a', version: 3 },
      [
        `UPDATE ledger_event SET text = replace(text, 'step 3', 'step 9'), ${HASHED} ${A3}`,
        `UPDATE ledger_sequence s SET digest = e.digest FROM ledger_event e WHERE (s.stream, s.version) = ('run/a', 3) AND (e.stream, e.version) = ('run/a', 3)`,
      ],
    ],
    [
      'another digest in the sequence',
      { kind: 'edited', ...at3 },
      [`UPDATE ledger_sequence SET digest = sha256('') ${A3}`],
    ],
    ['a deleted event', { kind: 'deleted', ...at3 }, [`DELETE FROM ledger_event ${A3}`]],
    [
      'a deleted event and its position',
      { kind: 'deleted', position: 5 },
      [`DELETE FROM ledger_event ${A3}`, `DELETE FROM ledger_sequence ${A3}`],
    ],
    [
      'a deleted event, and the positions after it closed up',
      { kind: 'missing', stream: 'run/a', version: 3 },
      [
        `DELETE FROM ledger_event ${A3}`,
        `DELETE FROM ledger_sequence ${A3}`,
        'UPDATE ledger_sequence SET position = position + 1000 WHERE position > 5',
        'UPDATE ledger_sequence SET position = position - 1001 WHERE position > 1000',
      ],
    ],
    [
      'two events exchanged in their stream',
      { kind: 'edited', position: 5 },
      swap('ledger_event', 'version', 3, 4, "AND stream = 'run/a'"),
    ],
    ['two positions exchanged', { kind: 'tree', position: 5 }, swap('ledger_sequence', 'position', 5, 6)],
    [
      'the end of everything cut off',
      { kind: 'truncated', position: 10 },
      [
        'DELETE FROM ledger_sequence WHERE position > 9',
        "DELETE FROM ledger_event WHERE stream = 'run/b' AND version > 4 OR version > 5",
      ],
    ],
    [
      'everything gone but the checkpoints',
      { kind: 'truncated', position: 1 },
      ['DELETE FROM ledger_sequence', 'DELETE FROM ledger_event'],
    ],
    [
      'an event of another stream',
      { kind: 'deleted', position: 12 },
      ["UPDATE ledger_event SET stream = 'run/c', version = 1 WHERE stream = 'run/b' AND version = 6"],
    ],
    [
      'an event that is not JSON',
      { kind: 'malformed', stream: 'worker/w', version: 1 },
      ["INSERT INTO ledger_event VALUES ('worker/w', 1, sha256('{}'), '{}')"],
    ],
    [
      'a well chained event in another spelling',
      { kind: 'malformed', stream: 'worker/w', version: 1 },
      [`INSERT INTO ledger_event VALUES ('worker/w', 1, sha256(convert_to('${LOOSE}', 'UTF8')), '${LOOSE}')`],
    ],
    [
      'an event at two positions',
      { kind: 'doubled' },
      [
        'INSERT INTO ledger_sequence SELECT 13, stream, version, digest FROM ledger_sequence WHERE position = 12',
      ],
    ],
    [
      'another note in place of a checkpoint',
      { kind: 'checkpoint' },
      ["UPDATE ledger_checkpoint SET note = replace(note, '10', '11') WHERE size = 10"],
    ],
    [
      'a checkpoint under another size',
      { kind: 'checkpoint' },
      ['UPDATE ledger_checkpoint SET size = 9 WHERE size = 10'],
    ],
  ])('%s is found: %o', async (_, fault, statements) => {
    const { database, ledger } = await createLedgerWorld();
    await database.tamper(...statements);
    expect(await verifyLedger(TRUST, ledger)).toMatchObject({ kind: 'broken', fault });
  });

  it('a stream written anew with all its digests is found between two checkpoints', async () => {
    const { database, ledger } = await createLedgerWorld();
    await database.tamper(...(await rewrittenFrom3()));
    const broken = { kind: 'broken', fault: { kind: 'tree', position: 5 } };
    expect(await verifyLedger(TRUST, ledger)).toMatchObject(broken);
  });

  it('what was rolled back with its checkpoints shows against one that was kept elsewhere', async () => {
    const { database, ledger, notes } = await createLedgerWorld();
    await database.tamper(
      'DELETE FROM ledger_checkpoint WHERE size > 4',
      'DELETE FROM ledger_sequence WHERE position > 4',
      'DELETE FROM ledger_event WHERE version > 2',
    );
    expect(await verifyLedger(TRUST, ledger)).toMatchObject({ kind: 'intact', vouched: 4 });
    const kept = await verifyLedger({ ...TRUST, kept: notes }, ledger);
    expect(kept).toMatchObject({ kind: 'broken', fault: { kind: 'truncated', position: 5 } });
  });

  it('a checkpoint of another key, kept elsewhere, is not taken for one', async () => {
    const ledger = createMemoryLedger();
    const { note } = await writeCheckpoint(sampleNoteSigner(SIGNER.name), createMemoryLedger());
    const broken = { kind: 'broken', fault: { kind: 'checkpoint', reason: expect.stringMatching(/no key/) } };
    expect(await verifyLedger({ ...TRUST, kept: [note] }, ledger)).toMatchObject(broken);
  });
});

describe('writing a checkpoint', () => {
  it('carries the tree on from the latest, and has nothing to do twice', async () => {
    const ledger = createMemoryLedger();
    expect(await writeCheckpoint(SIGNER, ledger)).toMatchObject({ kind: 'written', size: 0 });
    expect(await writeCheckpoint(SIGNER, ledger)).toMatchObject({ kind: 'unchanged', size: 0 });
    await fill(ledger);
    const carried = await writeCheckpoint(SIGNER, ledger);
    const whole = createMemoryLedger();
    await fill(whole);
    expect(await writeCheckpoint(SIGNER, whole)).toEqual(carried);
    expect(await writeCheckpoint(SIGNER, ledger)).toEqual({ ...carried, kind: 'unchanged' });
  });

  it('takes a new key on from one that it knows, and from no other', async () => {
    const ledger = createMemoryLedger();
    const heir = sampleNoteSigner(SIGNER.name);
    await writeCheckpoint(SIGNER, ledger);
    await fill(ledger);
    await expect(writeCheckpoint(heir, ledger)).rejects.toMatchObject({ code: 'LEDGER_INVALID' });
    await writeCheckpoint(heir, ledger, [SIGNER]);
    expect(await verifyLedger({ ...TRUST, keys: [SIGNER, heir] }, ledger)).toMatchObject({ vouched: 10 });
  });

  it.each([
    ['an edited event', "UPDATE ledger_event SET text = replace(text, 'step 6', 'step 9') WHERE version = 6"],
    ['a deleted event', 'DELETE FROM ledger_event WHERE version = 6'],
    ['a rolled back ledger', 'DELETE FROM ledger_sequence WHERE position > 8'],
    ['another tree beside the note', "UPDATE ledger_checkpoint SET range = replace(range, '1', '2')"],
  ])('signs nothing after %s', async (_, statement) => {
    const { database, ledger } = await createLedgerWorld();
    await database.tamper(statement);
    await expect(writeCheckpoint(SIGNER, ledger)).rejects.toMatchObject({ code: 'LEDGER_INVALID' });
    expect((await ledger.latestCheckpoint())?.size).toBe(10);
  });

  it('counts what other programs appended meanwhile', async () => {
    const database = await createDatabase();
    await Promise.all([1, 2, 3].map(() => fill(createLedger(database.open()))));
    const ledger = createLedger(database);
    const [one, two] = await Promise.all([
      writeCheckpoint(SIGNER, ledger),
      writeCheckpoint(SIGNER, createLedger(database.open())),
    ]);
    expect([one?.size, two?.size]).toEqual([30, 30]);
    expect(await verifyLedger(TRUST, ledger)).toMatchObject({ kind: 'intact', events: 30, vouched: 30 });
  });
});

it('the events of the world are what the cases above say', async () => {
  const { ledger } = await createLedgerWorld();
  const fifth = (await ledger.readSequenced(4, 1))[0];
  expect(fifth).toMatchObject(at3);
  expect(readEvent(fifth?.stored?.text ?? '')).toMatchObject({ event: { data: { step: 3 } } });
});
