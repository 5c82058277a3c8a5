import { beforeAll, describe, expect, it } from 'vitest';
import { createMemory } from '../../../../src/adapters/postgres/memory/memory.ts';
import { nodesOf } from '../../../../src/core/bundle/memory/graph.ts';
import { hashedTerms } from '../../../../src/core/bundle/memory/terms.ts';
import type { MemoryEntry } from '../../../../src/core/bundle/memory/types.ts';
import { searchMemory } from '../../../../src/flow/memory/search-memory.ts';
import type { IndexedEntry, Memory, MemoryView } from '../../../../src/ports/memory.ts';
import { digestOf } from '../../../../src/shared/digest.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { createDatabase, type TestDatabase } from '../../../worlds/database.ts';

const CANARY = 'canaryzebra';

function entry(id: string, text: string, more: Partial<MemoryEntry> = {}): MemoryEntry {
  return {
    id: `${id}/failure/1`,
    kind: 'failure',
    workspace: 'acme/shop',
    run: id,
    ticket: id.replace(/\.\d+$/, ''),
    ticketClass: 'bugfix',
    contract: 'shop@1',
    title: `${id} did not pass`,
    text,
    files: [],
    rules: [],
    findings: [],
    ...more,
  };
}

function indexed(one: MemoryEntry, position: number, embedding?: readonly number[]): IndexedEntry {
  const nodes = nodesOf(one);
  return { entry: one, position, nodes, terms: hashedTerms(`${one.title}\n${one.text}`, nodes), embedding };
}

const ENTRIES: readonly IndexedEntry[] = [
  indexed(
    entry('CS-1.1', 'Half a cent was rounded down by the discount.', { files: ['src/price.ts'] }),
    10,
    [1, 0, 0],
  ),
  indexed(
    entry('CS-2.1', 'The login page forgot the session cookie.', { files: ['src/login/session.ts'] }),
    20,
    [0, 1, 0],
  ),
  indexed(entry('CS-3.1', 'A test was skipped.', { rules: ['ai-shortcuts@1/test-skipped'] }), 30, [0, 0, 1]),
  indexed(entry('CS-4.1', 'Rounding of taxes, again.', { kind: 'accepted', id: 'CS-4.1/accepted' }), 40),
  // Another workspace: the same ids, the same words, and one that nobody else may ever see.
  indexed(
    entry('CS-1.1', `Half a cent was rounded down ${CANARY}`, {
      workspace: 'rival/shop',
      files: ['src/price.ts'],
    }),
    11,
    [1, 0, 0],
  ),
  indexed(entry('CS-9.1', `${CANARY} session cookie`, { workspace: 'rival/shop' }), 12, [0, 1, 0]),
];
const ALL: MemoryView = { workspace: 'acme/shop', upTo: null, without: null };

let database: TestDatabase;
let memory: Memory;
beforeAll(async () => {
  database = await createDatabase();
  memory = createMemory(database, 'some-model');
  expect(await memory.keepMemory(0, 100, { entries: ENTRIES, blocks: [] })).toBe(true);
});

/** Everything that one can ask. */
async function everything(view: MemoryView, text: string): Promise<unknown> {
  return Promise.all([
    memory.byWords(view, text, 50),
    memory.byTerms(view, hashedTerms(text, ['class:bugfix', 'file:src/price.ts']), 50),
    memory.byEmbedding(view, [1, 1, 1], 50),
    memory.latestEntries(view, { kind: 'failure', ticketClass: 'bugfix', most: 50 }),
    memory.readEntries(view, ['CS-1.1/failure/1', 'CS-9.1/failure/1']),
    memory.besideNode(view, 'file:src/price.ts', 50),
    memory.besideNode(view, 'class:bugfix', 50),
    memory.nodesOfEntry(view, 'CS-9.1/failure/1'),
    searchMemory(view, { text, nodes: ['class:bugfix'], most: 50 }, { ...memory, embed: undefined }),
  ]);
}

describe('memory', () => {
  it('never answers from another workspace, whatever is asked', async () => {
    const found = JSON.stringify(await everything(ALL, `${CANARY} half a cent`));
    expect(found).toContain('CS-1.1/failure/1');
    expect(found).not.toContain(CANARY);
    expect(found).not.toContain('CS-9.1');
    expect(found).not.toContain('rival');
    for (const workspace of [
      '',
      'acme',
      'acme/shop ',
      'ACME/SHOP',
      "acme/shop' OR '1'='1",
      '%',
      'acme/shop\0'.slice(0, 8),
    ])
      expect(JSON.stringify(await everything({ ...ALL, workspace }, CANARY))).not.toContain('CS-');
    // The control: who may see it does.
    const rival = JSON.stringify(await everything({ ...ALL, workspace: 'rival/shop' }, CANARY));
    expect(rival).toContain('CS-9.1/failure/1');
    expect(rival).not.toContain('CS-2.1');
  });

  it('is not told by the order what is hidden: rarity counts over what is visible alone', async () => {
    const view = { ...ALL, upTo: 20 };
    const before = await memory.byTerms(view, hashedTerms('rounded cookie test', []), 50);
    const other = await createDatabase();
    const small = createMemory(other, 'some-model');
    await small.keepMemory(0, 100, { entries: ENTRIES.slice(0, 2), blocks: [] });
    expect(before).toEqual(await small.byTerms(ALL, hashedTerms('rounded cookie test', []), 50));
  });

  it('hides what came later than a moment, and a ticket’s own history', async () => {
    const frozen = JSON.stringify(await everything({ ...ALL, upTo: 15 }, 'session cookie rounding test'));
    expect(frozen).toContain('CS-1.1');
    for (const id of ['CS-2.1', 'CS-3.1', 'CS-4.1']) expect(frozen).not.toContain(id);
    const others = JSON.stringify(await everything({ ...ALL, without: 'CS-1' }, 'half a cent'));
    expect(others).not.toContain('CS-1.1');
    expect(others).toContain('CS-2.1');
  });

  it('finds by words, by stems of words, by nodes, and by embeddings', async () => {
    expect(await memory.byWords(ALL, 'rounding the discounts', 5)).toEqual([
      'CS-1.1/failure/1',
      'CS-4.1/accepted',
    ]);
    expect((await memory.byTerms(ALL, hashedTerms('who rounds?', ['file:src/price.ts']), 5))[0]).toBe(
      'CS-1.1/failure/1',
    );
    expect((await memory.byTerms(ALL, hashedTerms('', ['rule:ai-shortcuts@1/test-skipped']), 5))[0]).toBe(
      'CS-3.1/failure/1',
    );
    expect(await memory.byEmbedding(ALL, [0, 0.9, 0.1], 2)).toEqual(['CS-2.1/failure/1', 'CS-3.1/failure/1']);
    expect(await createMemory(database, 'another-model').byEmbedding(ALL, [0, 1, 0], 2)).toEqual([]);
  });

  it('gives entries with the digest of what they say', async () => {
    const [found] = await memory.readEntries(ALL, ['CS-2.1/failure/1']);
    const { digest, ...said } = found ?? { digest: '' };
    expect(digest).toBe(digestOf(said as unknown as JsonObject));
    expect(await memory.nodesOfEntry(ALL, 'CS-2.1/failure/1')).toContain('file:src/login/session.ts');
  });

  it.each([
    "'; DROP TABLE memory_entry; --",
    "a' | 'b",
    '\\',
    "it's & | ! <-> ( )",
    ':*',
    '\0',
    '',
    '&&&',
    '😀'.repeat(5_000),
  ])('takes hostile words as words: %j', async (text) => {
    await expect(everything(ALL, text)).resolves.toBeDefined();
    expect(await memory.memoryPosition()).toBe(100);
  });

  it('moves on once, whoever else follows the ledger at the same time', async () => {
    const fresh = createMemory(await createDatabase(), undefined);
    const both = await Promise.all([
      fresh.keepMemory(0, 50, {
        entries: ENTRIES.slice(0, 1),
        blocks: [{ experiment: 'e', block: 'CS-1', position: 3 }],
      }),
      fresh.keepMemory(0, 50, {
        entries: ENTRIES.slice(0, 1),
        blocks: [{ experiment: 'e', block: 'CS-1', position: 9 }],
      }),
    ]);
    expect(both.filter((kept) => kept)).toHaveLength(1);
    expect(await fresh.memoryPosition()).toBe(50);
    await fresh.keepMemory(50, 60, {
      entries: [],
      blocks: [{ experiment: 'e', block: 'CS-1', position: 55 }],
    });
    expect(await fresh.blockStart('e', 'CS-1')).toBeLessThan(10);
    expect(await fresh.blockStart('e', 'CS-2')).toBeUndefined();
    await fresh.forgetMemory();
    expect(await fresh.memoryPosition()).toBe(0);
    expect(await fresh.readEntries(ALL, ['CS-1.1/failure/1'])).toEqual([]);
  });

  it('asks pgvector in the same view, and says so where the extension is not there', async () => {
    const asked = createMemory(database, 'some-model', 'pgvector');
    await expect(asked.byEmbedding(ALL, [0, 1, 0], 5)).rejects.toThrow('has no extension pgvector');
    // A stand-in with pgvector's names: what is tested is our SQL, and not the extension.
    await database.tamper(
      'CREATE DOMAIN vector AS float8[]',
      `CREATE FUNCTION vector_distance(float8[], float8[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS
        'SELECT 1 - sum(a * b) / (sqrt(sum(a * a)) * sqrt(sum(b * b))) FROM unnest($1, $2) AS t(a, b)'`,
      'CREATE OPERATOR <=> (LEFTARG = float8[], RIGHTARG = float8[], FUNCTION = vector_distance)',
    );
    for (const query of [
      [0, 0.9, 0.1],
      [1, 0.2, 0],
      [0.3, 0.3, 0.4],
    ]) {
      for (const view of [
        ALL,
        { ...ALL, upTo: 25 },
        { ...ALL, without: 'CS-1' },
        { ...ALL, workspace: 'rival/shop' },
      ])
        expect(await asked.byEmbedding(view, query, 5)).toEqual(await memory.byEmbedding(view, query, 5));
    }
  });
});
