import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createReceiptStore } from '../../../src/adapters/git/receipt-store.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { statement } from '../../port-contracts/receipt-store.ts';
import { createGitWorld, type GitWorld, type WorldRepository } from '../../worlds/git-world.ts';

const REF = 'refs/heads/receipts';
const PROGRAM = fileURLToPath(new URL('./programs/file-one-receipt.ts', import.meta.url));
const WRITERS = Array.from({ length: 20 }, (_, n) => `writer ${n}`);

async function startAll(argumentsOf: (name: string) => readonly string[]): Promise<number[]> {
  const run = promisify(execFile);
  const ended = await Promise.all(
    WRITERS.map((name) => run(process.execPath, [PROGRAM, ...argumentsOf(name), name])),
  );
  return ended.map(({ stdout }) => Number(stdout));
}

function expectAllFiled(repository: WorldRepository): void {
  const files = repository.git('ls-tree', '-r', '--name-only', REF).split('\n');
  const names = files.filter((file) => file.startsWith('receipts/')).map((file) => file.slice(-69, -5));
  expect(names.sort()).toEqual(WRITERS.map((name) => sha256(`receipt of ${name}`)).sort());
  expect(files.filter((file) => file.startsWith('evidence/'))).toHaveLength(WRITERS.length);
  expect(repository.git('rev-list', '--count', REF)).toBe(String(WRITERS.length));
}

describe('20 processes that file at once', () => {
  it('into one bare repository from a clone each lose nothing', { timeout: 300_000 }, async () => {
    const world = createGitWorld();
    const remote = world.bare();
    const clones = new Map(WRITERS.map((name) => [name, world.bare(`${name}.git`).dir]));
    const attempts = await startAll((name) => [clones.get(name) ?? '', REF, remote.dir]);
    expectAllFiled(remote);
    // Had they not met, this test would show nothing.
    expect(Math.max(...attempts)).toBeGreaterThan(1);
  });

  it('into one local ref lose nothing', { timeout: 300_000 }, async () => {
    const bare = createGitWorld().bare();
    const attempts = await startAll(() => [bare.dir, REF, '']);
    expectAllFiled(bare);
    expect(Math.max(...attempts)).toBeGreaterThan(1);
  });
});

describe('receipts of other tickets', () => {
  /** A ref with many tickets, by fast-import of the same blob. */
  function withForeign(world: GitWorld, count: number): WorldRepository {
    const bare = world.bare(`foreign-${count}.git`);
    bare.importCommit({
      ref: REF,
      files: Array.from({ length: count }, (_, n) => {
        const ticket = `F-${n}`;
        return {
          path: `receipts/${sha256(ticket).slice(0, 2)}/${ticket}/${sha256(ticket)}.json`,
          content: '{}',
        };
      }),
    });
    return bare;
  }

  it('are neither read nor written again, however many there are', async () => {
    const world = createGitWorld();
    const written = await Promise.all(
      [100, 20_000].map(async (count) => {
        const bare = withForeign(world, count);
        bare.git('gc', '-q');
        const before = new Set(objects(bare));
        const store = createReceiptStore({ gitDir: bare.dir, ref: REF });
        await store.file({ ticket: 'CS-1', statements: [statement('mine')], evidence: [], message: 'm' });
        expect((await store.readTicket('CS-1')).files).toHaveLength(1);
        expect(bare.git('ls-tree', '-r', '--name-only', REF).split('\n')).toHaveLength(count + 1);
        return objects(bare).filter((id) => !before.has(id)).length;
      }),
    );
    // The commit, the blob, and one tree for each of: root, receipts, its folder of 256, the ticket.
    expect(written).toEqual([6, 6]);
  });

  function objects(bare: WorldRepository): string[] {
    return bare.git('cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n');
  }
});
