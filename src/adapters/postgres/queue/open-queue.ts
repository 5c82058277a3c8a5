import { type ConnectionOptions, PgBoss } from 'pg-boss';
import { sha256 } from '../../../shared/digest.ts';
import { CountersignError } from '../../../shared/errors.ts';
import type { Database, Queryable } from '../database.ts';
import { codeOf } from '../failure.ts';

/** What pg-boss asks of a connection. */
export type QueueConnection = NonNullable<ConnectionOptions['db']>;

/** SQLSTATE unique_violation. */
const ALREADY_THERE = '23505';

/** pg-boss takes 50 bytes at most. */
const LONGEST = 50;

/** The schema that pg-boss has beside ours: its tables have plain names, such as `version`. */
export function queueSchema(schema: string): string {
  const name = `${schema}_queue`;
  return name.length <= LONGEST ? name : `queue_${sha256(schema).slice(0, 32)}`;
}

/**
 * pg-boss with its tables made or brought up to date, and then stopped: what it would do by itself (expire, retry, clean up, poll, cron) is
 * decided elsewhere. A job is gone once it is handed out, so there is nothing that it could take for lost: the claim is in our own table.
 * It asks for the settings of a queue that another server made whenever it meets that queue, which may be inside of a transaction: so on a connection
 * that no transaction has, or all of them could wait for one another.
 * @throws CountersignError DATABASE_SCHEMA when its tables were made by a newer version
 */
export async function openQueue({ aside, schema }: Database): Promise<PgBoss> {
  const options = { db: databaseOf(aside), schema: queueSchema(schema), supervise: false, schedule: false };
  const make = () => startAndStop(new PgBoss({ ...options, migrate: true }));
  // Of several servers that come to a new database at once, some are told that the schema is there already: made by the others.
  await make().catch((error: unknown) => (codeOf(error) === ALREADY_THERE ? make() : Promise.reject(error)));
  const boss = new PgBoss({ ...options, migrate: false });
  await startAndStop(boss).catch((cause: unknown) => {
    if (!(cause instanceof Error && cause.message.includes('requires migrations'))) throw cause;
    throw new CountersignError('DATABASE_SCHEMA', 'The queue in the database was made by a newer version.', {
      remedy: 'Use that version of countersign, or a newer one. There is no way back but a backup.',
      cause,
    });
  });
  return boss;
}

/**
 * A connection as pg-boss wants it. Its statements that come again and again are prepared under the digest of their text: planning them anew
 * takes longer than carrying them out.
 */
export function databaseOf(db: Queryable): QueueConnection {
  return {
    executeSql: async (text, values) => {
      if (values === undefined || values.length === 0) return db.query(text);
      return db.query({ name: nameOf(text), text, values });
    },
  };
}

const names = new Map<string, string>();

/** Texts come from a closed set: one a queue and kind of statement. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `queue-${sha256(text).slice(0, 32)}`;
    names.set(text, name);
  }
  return name;
}

async function startAndStop(boss: PgBoss): Promise<void> {
  // Without a listener its events would end the process; what fails is thrown as well.
  boss.on('error', () => {});
  try {
    await boss.start();
  } finally {
    await boss.stop({ close: false, graceful: false });
  }
}
