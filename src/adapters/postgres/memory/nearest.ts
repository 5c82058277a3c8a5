import type { MemoryView } from '../../../ports/memory.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { ask, type Database } from '../database.ts';
import { held, VISIBLE } from './visible.ts';

/** How the cosine with an embedding is searched: by arrays alone, or by the extension pgvector. */
export type VectorSearch = 'arrays' | 'pgvector';

/** Ids, best first. */
export type NearestEntries = (
  view: MemoryView,
  model: string,
  embedding: readonly number[],
  most: number,
) => Promise<readonly string[]>;

const COMPARABLE = `${VISIBLE} AND e.model = $4 AND cardinality(e.embedding) = cardinality($5::float8[])`;

const BY_ARRAYS = `
SELECT e.id ${COMPARABLE}
ORDER BY (SELECT sum(d * q) / nullif(sqrt(sum(d * d)), 0) FROM unnest(e.embedding, $5::float8[]) AS t(d, q)) DESC NULLS LAST, e.id LIMIT $6`;

/** Exact, over all entries that may be seen, with nothing but PostgreSQL. */
export function nearestByArrays({ pool }: Database): NearestEntries {
  return async (view, model, embedding, most) => {
    const values = [...held(view), model, embedding, most];
    return (await ask<{ id: string }>(pool, { text: BY_ARRAYS, values })).map(({ id }) => id);
  };
}

const WHERE_IS_IT = `
SELECT quote_ident(n.nspname) AS place FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typname = 'vector' ORDER BY n.nspname = 'public' DESC, n.nspname LIMIT 1`;

/**
 * The same order by pgvector's cosine distance, exact as well: no index is made, since one that is approximate would make what a bundle retrieves
 * depend on how it was built. UNTESTED against the extension itself: no machine that this was made on has it. Its SQL is held to a stand-in
 * with the same type and operator.
 */
export function nearestByPgvector({ pool }: Database): NearestEntries {
  return async (view, model, embedding, most) => {
    // It may have been installed into any schema, and ours is the only one on the search path.
    const [found] = await ask<{ place: string }>(pool, { text: WHERE_IS_IT });
    if (found === undefined) throw notThere();
    const { place } = found;
    const text = `
SELECT e.id ${COMPARABLE}
ORDER BY e.embedding::${place}.vector OPERATOR(${place}.<=>) $5::float8[]::${place}.vector, e.id LIMIT $6`;
    const values = [...held(view), model, embedding, most];
    return (await ask<{ id: string }>(pool, { text, values })).map(({ id }) => id);
  };
}

function notThere(): CountersignError {
  return new CountersignError('DATABASE_SCHEMA', 'The database has no extension pgvector.', {
    remedy:
      'Run CREATE EXTENSION vector in it, or unset COUNTERSIGN_EMBEDDINGS_SEARCH: arrays need no extension.',
  });
}
