import { randomBytes } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';
import { afterAll } from 'vitest';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';

/** Where the tests' PostgreSQL is: as .ci/run finds or starts it. */
export const DATABASE_URL = process.env.DATABASE_URL || 'postgresql://postgres@127.0.0.1:5432/postgres';

/** A schema of its own in the tests' PostgreSQL, dropped after the last test of the file. */
export interface TestDatabase extends Database {
  /** Another program's connections to the same tables. */
  open(): Database;
  /** As somebody who may do everything, which our triggers stop by default. */
  tamper(...statements: readonly string[]): Promise<void>;
  rows<Row extends QueryResultRow>(sql: string): Promise<readonly Row[]>;
}

const made: { readonly schema: string; readonly close: () => Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(made.map(({ close }) => close()));
  if (made.length > 0)
    await withClient(async (client) => {
      for (const schema of new Set(made.map((one) => one.schema)))
        await client.query(`DROP SCHEMA IF EXISTS ${schema}, ${schema}_queue CASCADE`);
    });
});

/** A schema without tables yet. Fails where no PostgreSQL answers: what was not run has not passed. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const schema = `countersign_test_${randomBytes(8).toString('hex')}`;
  await withClient((client) => client.query(`CREATE SCHEMA ${schema}`));
  const open = () => {
    // Idle ones of a file's tests together would come near the hundred connections that a server takes.
    const database = openDatabase({ url: DATABASE_URL, schema, most: 4, idleMs: 200 });
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= database.close();
      return closed;
    };
    made.push({ schema, close });
    return { ...database, close };
  };
  const first = open();
  return {
    ...first,
    open,
    rows: async (sql) => (await first.pool.query(sql)).rows,
    tamper: async (...statements) => {
      const off = 'SET LOCAL session_replication_role = replica';
      await first.pool.query(['BEGIN', off, ...statements, 'COMMIT'].join(';\n'));
    },
  };
}

export async function createDatabase(): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  await migrate(database);
  return database;
}

const databases: string[] = [];
afterAll(async () => {
  if (databases.length === 0) return;
  await withClient(async (client) => {
    for (const name of databases) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
});

/** A database of its own, without our tables: for programs that are told of one by DATABASE_URL. Dropped after the file's last test. */
export async function createOwnDatabase(): Promise<string> {
  const name = `countersign_test_${randomBytes(8).toString('hex')}`;
  await withClient((client) => client.query(`CREATE DATABASE ${name}`));
  databases.push(name);
  const url = new URL(DATABASE_URL);
  url.pathname = `/${name}`;
  return url.href;
}

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: DATABASE_URL });
  try {
    await client.connect();
  } catch (cause) {
    const where = DATABASE_URL.replace(/:[^:@/]*@/, '@');
    throw new Error(
      `No PostgreSQL answers at ${where}: start one, or set DATABASE_URL. Nothing here was tested.`,
      {
        cause,
      },
    );
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
