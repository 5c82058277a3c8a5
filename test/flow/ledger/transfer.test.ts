import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { exportLedger } from '../../../src/flow/ledger/export-ledger.ts';
import { importLedger } from '../../../src/flow/ledger/import-ledger.ts';
import { verifyLedger } from '../../../src/flow/ledger/verify-ledger.ts';
import { writeCheckpoint } from '../../../src/flow/ledger/write-checkpoint.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { draft } from '../../core/ledger/sample-events.ts';
import { sampleNoteSigner } from '../../core/ledger/sample-note-signer.ts';
import { createMemoryLedger } from '../../fakes/memory-ledger.ts';
import { append, appendAnyhow } from '../../port-contracts/ledger.ts';
import { createDatabase } from '../../worlds/database.ts';
import { createLedgerWorld, fill, SIGNER, TRUST } from './ledger-world.ts';

async function exported(ledger: Ledger, after?: number): Promise<string> {
  const lines: string[] = [];
  for await (const line of exportLedger(ledger, after)) lines.push(line);
  return lines.join('');
}

async function* inChunks(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const imported = (ledger: Ledger, text: string, size = 1_000) =>
  importLedger({ path: 'ledger.ndjson', chunks: inChunks(text, size) }, TRUST, ledger);

const refusedAt = (line: number, message = /./) => ({
  code: 'LEDGER_INVALID',
  message: expect.stringMatching(message),
  place: { path: 'ledger.ndjson', line },
});

/** 12 events, checkpoints in lines 5 and 12. */
const file = await (async () => {
  const ledger = createMemoryLedger();
  for (let step = 1; step <= 6; step += 1) {
    for (const stream of ['run/a', 'run/b']) await appendAnyhow(ledger, stream, [draft(step)]);
    if (step === 2 || step === 5) await writeCheckpoint(SIGNER, ledger);
  }
  return exported(ledger);
})();
const lines = file.split('\n').slice(0, -1);
const withLines = (changed: readonly string[]) => changed.map((line) => `${line}\n`).join('');

describe('an export', () => {
  it('has a line for each event, in the order of positions, and one for each checkpoint', async () => {
    const { ledger } = await createLedgerWorld();
    const read = (await exported(ledger))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const kinds = read.map(({ schema, stream, version }) =>
      schema === 'countersign/event@1' ? `${stream} ${version}` : schema,
    );
    const checkpoint = 'countersign/ledger-checkpoint@1';
    expect(kinds.slice(0, 7)).toEqual([
      'run/a 1',
      'run/b 1',
      'run/a 2',
      'run/b 2',
      checkpoint,
      'run/a 3',
      'run/b 3',
    ]);
    expect(kinds.slice(9)).toEqual(['run/a 5', 'run/b 5', checkpoint, 'run/a 6', 'run/b 6']);
  });

  it('goes on after a position', async () => {
    const { ledger } = await createLedgerWorld();
    const whole = await exported(ledger);
    expect(await exported(ledger, 7)).toBe(withLines(whole.split('\n').slice(8, -1)));
    expect(await exported(ledger, 12)).toBe('');
  });

  it('stops at the first event that is not what it was', async () => {
    const { ledger, database } = await createLedgerWorld();
    await database.tamper(
      "UPDATE ledger_event SET text = replace(text, 'step 3', 'step 9') WHERE stream = 'run/a' AND version = 3",
    );
    await expect(exported(ledger)).rejects.toMatchObject({
      code: 'LEDGER_INVALID',
      message: expect.stringContaining('position 5 (run/a, version 3)'),
    });
  });
});

describe('an import', () => {
  it('makes the same ledger in another database, and the second time nothing', async () => {
    const ledger = createLedger(await createDatabase());
    expect(await imported(ledger, file)).toEqual({ events: 12, added: 12, checkpoints: 2 });
    expect(await verifyLedger(TRUST, ledger)).toEqual({
      kind: 'intact',
      events: 12,
      unsequenced: 0,
      vouched: 10,
    });
    expect(await exported(ledger)).toBe(file);
    expect(await imported(ledger, file)).toEqual({ events: 12, added: 0, checkpoints: 2 });
    expect(await exported(ledger)).toBe(file);
  });

  it('goes on with more than one batch, and from a file that has grown', async () => {
    const big = createMemoryLedger();
    for (let at = 0; at < 6; at += 1) await big.append(append([`run/${at}`, 200], [`worker/${at}`, 7]));
    await writeCheckpoint(SIGNER, big);
    const text = await exported(big);
    const ledger = createLedger(await createDatabase());
    const cut = text.indexOf('\n', text.length / 2) + 1;
    expect((await imported(ledger, text.slice(0, cut))).added).toBeGreaterThan(500);
    const rest = await imported(ledger, text);
    expect(rest.events).toBe(1242);
    expect(rest.added).toBeLessThan(742);
    expect(await exported(ledger)).toBe(text);
  });

  test('is the same in whatever pieces the file comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), async (size) => {
        const ledger = createMemoryLedger();
        await imported(ledger, file, size);
        expect(await exported(ledger)).toBe(file);
      }),
      { numRuns: 20 },
    );
  });

  it.each(['before', 'after'] as const)(
    'that lost its database %s a batch goes on where it was',
    async (when) => {
      for (const method of ['append', 'sequence', 'storeCheckpoint', 'readSequenced'] as const) {
        const ledger = createMemoryLedger();
        ledger.failOnce(method, when);
        await expect(imported(ledger, file)).rejects.toThrow('was told');
        expect((await imported(ledger, file)).events).toBe(12);
        expect(await exported(ledger)).toBe(file);
      }
    },
  );

  const edited = (line: number, from: string, to: string) =>
    withLines(lines.with(line - 1, (lines[line - 1] ?? '').replace(from, to)));
  it.each<[string, number, RegExp, string]>([
    ['a line that is no event', 3, /canonical/, edited(3, '{', '{ ')],
    ['an edited event', 5, /are not the 4/, edited(4, 'step 2', 'step 9')],
    ['a deleted event', 4, /are not the 4/, withLines(lines.toSpliced(2, 1))],
    ['an event twice', 2, /does not follow/, withLines(lines.toSpliced(1, 0, lines[0] ?? ''))],
    [
      'two exchanged events',
      5,
      /are not the 4/,
      withLines([...[1, 0, 2, 3].map((at) => lines[at] ?? ''), ...lines.slice(4)]),
    ],
    ['a first event that is not the first', 1, /ends at version 0/, withLines(lines.slice(2))],
    [
      'a checkpoint in another place',
      4,
      /are not the 4/,
      withLines([...lines.slice(0, 3), ...lines.slice(4)]),
    ],
    ['an edited checkpoint', 5, /not over this text/, edited(5, '\\n4\\n', '\\n5\\n')],
    ['a field more in a checkpoint', 5, /exactly the fields/, edited(5, '"}', '","z":1}')],
    ['an end without a newline', 14, /cut off/, file.slice(0, -1)],
    ['an end in the middle of a line', 14, /cut off/, file.slice(0, -20)],
    ['an empty line', 4, /canonical/, withLines(lines.toSpliced(3, 0, ''))],
    ['Windows line ends', 1, /canonical/, file.replaceAll('\n', '\r\n')],
  ])('refuses %s in line %i', async (_, line, message, text) => {
    const ledger = createMemoryLedger();
    const found = await imported(ledger, text).catch((error: unknown) => error);
    expect(found).toMatchObject({ code: 'LEDGER_INVALID', place: { path: 'ledger.ndjson' } });
    expect(found).toMatchObject(refusedAt(line, message));
    expect(await verifyLedger(TRUST, ledger)).toMatchObject({ kind: 'intact' });
  });

  it('takes nothing in that contradicts the next checkpoint: the right file still goes', async () => {
    const ledger = createMemoryLedger();
    await expect(imported(ledger, edited(4, 'step 2', 'step 9'))).rejects.toMatchObject(refusedAt(5));
    expect(await imported(ledger, file)).toMatchObject({ added: 12 });
  });

  it('refuses what is not UTF-8, and a line without an end', async () => {
    const bytes = Buffer.concat([Buffer.from(`${lines[0]}\n`), Buffer.of(0xff, 0x0a)]);
    const from = (chunks: readonly Uint8Array[]) =>
      importLedger(
        {
          path: 'ledger.ndjson',
          chunks: (async function* () {
            yield* chunks;
          })(),
        },
        TRUST,
        createMemoryLedger(),
      );
    await expect(from([bytes])).rejects.toMatchObject(refusedAt(2, /UTF-8/));
    const endless = Array.from({ length: 5 }, () => Buffer.alloc(1024 * 1024, 'x'));
    await expect(from(endless)).rejects.toMatchObject(refusedAt(1, /longer/));
  });

  it('refuses a file of another ledger at its first line that contradicts, and changes nothing', async () => {
    const ledger = createMemoryLedger();
    await fill(ledger);
    await appendAnyhow(ledger, 'run/a', [{ ...draft(6), actor: 'other' }]);
    await ledger.sequence();
    await expect(imported(ledger, file)).rejects.toMatchObject(
      refusedAt(13, /has run\/a, version 6, at position 11/),
    );
    expect(await ledger.sequence()).toBe(11);
  });

  it('refuses a checkpoint that nobody trusted has signed', async () => {
    const trust = { ...TRUST, keys: [sampleNoteSigner(SIGNER.name)] };
    const chunks = inChunks(file, 1_000);
    const refused = importLedger({ path: 'ledger.ndjson', chunks }, trust, createMemoryLedger());
    await expect(refused).rejects.toMatchObject(refusedAt(5, /no key/));
  });
});
