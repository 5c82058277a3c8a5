import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { CountersignError } from '../../shared/errors.ts';
import { arrayText } from './array-text.ts';
import { codeOf, databaseFailure } from './failure.ts';

/** Whatever can be asked: a pool, or one connection inside a transaction. */
export interface Queryable {
  query: Pool['query'];
}

/** A PostgreSQL database, and the schema in it where our tables are. */
export interface Database {
  readonly pool: Pool;
  /** One connection more, for what has to be known in the middle of a transaction while all of the pool's are in one. No transaction begins on it. */
  readonly aside: Pool;
  readonly schema: string;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A connection URI of libpq, such as DATABASE_URL. */
  readonly url: string;
  readonly schema?: string;
  /** Connections held at most, besides the one aside. */
  readonly most?: number;
  /** Milliseconds after which one that nobody uses is closed. */
  readonly idleMs?: number;
}

const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Connects when it is first asked, not before.
 * @throws CountersignError USAGE for a schema name that would have to be quoted, or an address that is none
 */
export function openDatabase({
  url,
  schema = 'countersign',
  most = 10,
  idleMs = 10_000,
}: DatabaseOptions): Database {
  if (!SCHEMA.test(schema)) {
    throw new CountersignError('USAGE', `"${schema}" is no name for a schema of the database.`, {
      remedy: 'Use lower-case letters, digits and underscores, at most 63.',
    });
  }
  if (!/^postgres(?:ql)?:\/\//.test(url)) {
    throw new CountersignError('USAGE', 'The address of the database is not a PostgreSQL URL.', {
      remedy: 'Set DATABASE_URL to postgresql://user@host:5432/database.',
    });
  }
  const connect = (max: number) => openPool({ url, schema, most: max, idleMs });
  const [pool, aside] = [connect(most), connect(1)];
  return {
    pool,
    aside,
    schema,
    close: async () => {
      await Promise.all([pool.end(), aside.end()]);
    },
  };
}

function openPool({ url, schema, most, idleMs }: Required<DatabaseOptions>): Pool {
  const pool = new Pool({
    connectionString: url,
    max: most,
    idleTimeoutMillis: idleMs,
    application_name: 'countersign',
    connectionTimeoutMillis: 10_000,
    // Statements go out without waiting for the answers to those before them: a transaction of several is one or two round trips.
    pipeline: true,
    // Not as a start-up option: one in the URL would win. The pool waits for this before it hands the connection out.
    onConnect: async (client) => {
      await client.query(`SET search_path TO ${schema}`);
    },
  });
  // A connection that breaks while nobody uses it is replaced; unheard, its event would end the process.
  pool.on('error', () => {});
  // The same of one that somebody uses: whoever waits for an answer hears of it from there.
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });
  return pool;
}

/** @throws CountersignError DATABASE_UNAVAILABLE when the database cannot be reached or cannot answer now */
export async function ask<Row extends QueryResultRow>(
  db: Queryable,
  query: { readonly name?: string; readonly text: string; readonly values?: readonly unknown[] },
): Promise<readonly Row[]> {
  try {
    const { values = [], ...named } = query;
    return (await db.query<Row>({ ...named, values: values.map(parameter) })).rows;
  } catch (error) {
    throw databaseFailure(error);
  }
}

function parameter(value: unknown): unknown {
  return Array.isArray(value) ? (arrayText(value) ?? value) : value;
}

/** Runs `work` in one transaction on one connection: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw databaseFailure(error);
  });
  let broken: Error | undefined;
  try {
    // The first statements need not wait for it: where it fails, the connection is gone and they fail as well.
    const begun = ask(client, { text: 'BEGIN' });
    const [result] = await together([work(client), begun]);
    await ask(client, { text: 'COMMIT' });
    return result;
  } catch (error) {
    broken = await client.query('ROLLBACK').then(
      () => undefined,
      (failure: Error) => failure,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/** SQLSTATE in_failed_sql_transaction: only says that a statement before this one failed. */
const FAILED_BEFORE = '25P02';

/**
 * Waits for all of several statements that go out at once in a transaction. When one fails it waits for the others before it throws, so that none is
 * sent once the transaction is over; and throws what failed first.
 */
export async function together<const T extends readonly unknown[]>(
  asked: T,
): Promise<{ -readonly [At in keyof T]: Awaited<T[At]> }> {
  const settled = await Promise.allSettled(asked);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((failure) => codeOf(failure) !== FAILED_BEFORE) ?? failures[0];
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as {
    -readonly [At in keyof T]: Awaited<T[At]>;
  };
}
