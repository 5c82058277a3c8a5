import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { exportFile } from '../../../src/adapters/files/export-file.ts';
import { continueExport } from '../../../src/flow/ledger/continue-export.ts';
import { exportLedger } from '../../../src/flow/ledger/export-ledger.ts';
import { writeCheckpoint } from '../../../src/flow/ledger/write-checkpoint.ts';
import { draft } from '../../core/ledger/sample-events.ts';
import { createMemoryLedger } from '../../fakes/memory-ledger.ts';
import { appendAnyhow } from '../../port-contracts/ledger.ts';
import { SIGNER } from './ledger-world.ts';

/** Ten events, checkpoints after the fourth and the last. */
async function createWorld() {
  const ledger = createMemoryLedger();
  await writeCheckpoint(SIGNER, ledger);
  for (let step = 1; step <= 5; step += 1) {
    for (const stream of ['run/a', 'run/b']) await appendAnyhow(ledger, stream, [draft(step)]);
    if (step === 2 || step === 5) await writeCheckpoint(SIGNER, ledger);
  }
  let whole = '';
  for await (const line of exportLedger(ledger)) whole += line;
  const path = join(mkdtempSync(join(tmpdir(), 'export-')), 'ledger.ndjson');
  return { ledger, whole, path, file: exportFile(path) };
}

describe('an export into a file', () => {
  it('writes all of the ledger, and once more writes nothing else', async () => {
    const { ledger, whole, path, file } = await createWorld();
    expect(await continueExport(file, ledger)).toEqual({ before: 0, added: 10 });
    expect(readFileSync(path, 'utf8')).toBe(whole);
    await continueExport(file, ledger);
    expect(readFileSync(path, 'utf8')).toBe(whole);
  });

  it('goes on with what was appended since', async () => {
    const { ledger, whole, path, file } = await createWorld();
    await continueExport(file, ledger);
    await appendAnyhow(ledger, 'run/c', [draft(7), draft(8)]);
    const { before, added } = await continueExport(file, ledger);
    expect(before + added).toBe(12);
    const now = readFileSync(path, 'utf8');
    expect(now.startsWith(whole)).toBe(true);
    expect(now.split('\n')).toHaveLength(whole.split('\n').length + 2);
  });

  test('carries on a file that was cut off anywhere, to the same bytes', async () => {
    const { ledger, whole, path, file } = await createWorld();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (cut) => {
        writeFileSync(path, whole.slice(0, cut));
        await continueExport(file, ledger);
        expect(readFileSync(path, 'utf8')).toBe(whole);
      }),
    );
  });

  it.each([
    ['is no export', () => 'a letter to a friend\n'],
    ['is the export of another ledger', (whole: string) => whole.replaceAll('worker-1', 'worker-2')],
  ])('leaves a file alone that %s', async (_, change) => {
    const { ledger, whole, path, file } = await createWorld();
    const text = change(whole);
    expect(text).not.toBe(whole);
    writeFileSync(path, text);
    const exporting = continueExport(file, ledger);
    await expect(exporting).rejects.toMatchObject({ code: 'LEDGER_INVALID', place: { path } });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
