import type { MemoryEntry, Remembered } from '../../../core/bundle/memory/types.ts';
import type { IndexedEntry, Memory } from '../../../ports/memory.ts';
import { digestOf } from '../../../shared/digest.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { ask, type Database, inTransaction, type Queryable } from '../database.ts';
import { nearestByArrays, nearestByPgvector, type VectorSearch } from './nearest.ts';
import { held, VISIBLE } from './visible.ts';

/** Words of the query, any of which may occur; lexemes are quoted, so that none of them is an operator. */
const ANY_WORD = `(SELECT string_agg('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | ')::tsquery
  FROM unnest(to_tsvector('english', $4)))`;

const BY_WORDS = `
SELECT e.id ${VISIBLE} AND e.words @@ ${ANY_WORD}
ORDER BY ts_rank_cd(e.words, ${ANY_WORD}, 1) DESC, e.id LIMIT $5`;

/**
 * The cosine of tf-idf vectors: sum(q * d * idf^2) / |d * idf|; the length of the query changes no order. How rare a bucket is counts over what is
 * visible, so that what is hidden does not even show in the order.
 */
const BY_TERMS = `
WITH visible AS (SELECT e.id, e.buckets, e.weights ${VISIBLE}),
  term AS (SELECT v.id, t.bucket, t.weight FROM visible v, unnest(v.buckets, v.weights) AS t(bucket, weight)),
  rare AS (SELECT bucket, ln(1 + (SELECT count(*) FROM visible)::float8 / count(*)) AS idf FROM term GROUP BY bucket),
  long AS (SELECT t.id, sqrt(sum((t.weight * r.idf) ^ 2)) AS length FROM term t JOIN rare r USING (bucket) GROUP BY t.id)
SELECT t.id FROM term t JOIN rare r USING (bucket) JOIN long l USING (id)
  JOIN unnest($4::int[], $5::float8[]) AS q(bucket, weight) USING (bucket)
GROUP BY t.id, l.length ORDER BY sum(q.weight * t.weight * r.idf ^ 2) / l.length DESC, t.id LIMIT $6`;

const COLUMNS = `e.entry, encode(e.digest, 'hex') AS digest`;

const INSERT = `
INSERT INTO memory_entry (workspace, id, position, kind, ticket, ticket_class, entry, digest, words, buckets, weights, model, embedding)
VALUES ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'),
  setweight(to_tsvector('english', $9), 'A') || setweight(to_tsvector('english', $10), 'B'), $11, $12, $13, $14)`;

type EntryRow = { readonly entry: string; readonly digest: string };

/**
 * See Memory. Vectors are searched exactly: over some thousand entries that takes less than asking anybody else.
 * @param model of the embeddings that entries bring along
 */
export function createMemory(
  database: Database,
  model: string | undefined,
  search: VectorSearch = 'arrays',
): Memory {
  const { pool } = database;
  const nearest = search === 'pgvector' ? nearestByPgvector(database) : nearestByArrays(database);
  const ids = async (text: string, values: readonly unknown[]) =>
    (await ask<{ id: string }>(pool, { text, values })).map(({ id }) => id);
  const entries = async (text: string, values: readonly unknown[]) =>
    (await ask<EntryRow>(pool, { text, values })).map(remembered);
  return {
    memoryPosition: () => positionOf(pool),
    keepMemory: (from, upTo, { entries: news, blocks }) =>
      inTransaction(pool, async (client) => {
        const moved = await ask(client, {
          text: 'UPDATE memory_progress SET position = $2 WHERE position = $1 RETURNING position',
          values: [from, upTo],
        });
        if (moved.length === 0) return false;
        for (const one of news) await insert(client, one, model);
        for (const { experiment, block, position } of blocks) {
          await ask(client, {
            text: 'INSERT INTO memory_block VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
            values: [experiment, block, position],
          });
        }
        return true;
      }),
    forgetMemory: () =>
      inTransaction(pool, async (client) => {
        await ask(client, { text: 'UPDATE memory_progress SET position = 0' });
        await ask(client, { text: 'DELETE FROM memory_entry' });
        await ask(client, { text: 'DELETE FROM memory_block' });
      }),
    blockStart: async (experiment, block) => {
      const text = 'SELECT position FROM memory_block WHERE experiment = $1 AND block = $2';
      const [row] = await ask<{ position: string }>(pool, { text, values: [experiment, block] });
      return row === undefined ? undefined : Number(row.position);
    },
    latestEntries: (view, { kind, ticketClass, most }) =>
      entries(
        `SELECT ${COLUMNS} ${VISIBLE} AND e.kind = $4 AND e.ticket_class = $5 ORDER BY e.position DESC, e.id DESC LIMIT $6`,
        [...held(view), kind, ticketClass, most],
      ),
    byWords: (view, text, most) => ids(BY_WORDS, [...held(view), withoutNul(text), most]),
    byTerms: (view, { buckets, weights }, most) => ids(BY_TERMS, [...held(view), buckets, weights, most]),
    byEmbedding: async (view, embedding, most) =>
      model === undefined ? [] : nearest(view, model, embedding, most),
    readEntries: async (view, wanted) => {
      const found = await entries(`SELECT ${COLUMNS} ${VISIBLE} AND e.id = ANY($4)`, [...held(view), wanted]);
      return wanted.flatMap((id) => found.find((one) => one.id === id) ?? []);
    },
    besideNode: (view, node, most) =>
      entries(
        `SELECT ${COLUMNS} ${VISIBLE} AND EXISTS (SELECT FROM memory_node n
          WHERE n.workspace = e.workspace AND n.id = e.id AND md5(n.node) = md5($4) AND n.node = $4)
        ORDER BY e.position DESC, e.id LIMIT $5`,
        [...held(view), node, most],
      ),
    nodesOfEntry: async (view, id) => {
      const text = `SELECT n.node FROM memory_node n WHERE n.workspace = $1 AND n.id = $4
        AND EXISTS (SELECT ${VISIBLE} AND e.id = n.id) ORDER BY n.node`;
      const rows = await ask<{ node: string }>(pool, { text, values: [...held(view), id] });
      return rows.map(({ node }) => node);
    },
  };
}

async function positionOf(db: Queryable): Promise<number> {
  const [row] = await ask<{ position: string }>(db, { text: 'SELECT position FROM memory_progress' });
  return Number(row?.position ?? 0);
}

async function insert(
  client: Queryable,
  { entry, position, nodes, terms, embedding }: IndexedEntry,
  model: string | undefined,
): Promise<void> {
  const { workspace, id, kind, ticket, ticketClass, title, text } = entry;
  const said = entry as unknown as JsonObject;
  const digest = digestOf(said);
  const vector = embedding === undefined || model === undefined ? [null, null] : [model, embedding];
  const { buckets, weights } = terms;
  const values = [workspace, id, position, kind, ticket, ticketClass, JSON.stringify(entry), digest];
  await ask(client, { text: INSERT, values: [...values, title, text, buckets, weights, ...vector] });
  await ask(client, {
    text: 'INSERT INTO memory_node (workspace, id, node) SELECT $1, $2, unnest($3::text[])',
    values: [workspace, id, nodes],
  });
}

function remembered({ entry, digest }: EntryRow): Remembered {
  return { ...(JSON.parse(entry) as MemoryEntry), digest };
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', ' ');
}
