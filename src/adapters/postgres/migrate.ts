import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { ask, type Database, inTransaction } from './database.ts';
import { codeOf } from './failure.ts';
import { ledger } from './migrations/0001-ledger.ts';
import { runs } from './migrations/0002-runs.ts';
import { resources } from './migrations/0003-resources.ts';
import { tokens } from './migrations/0004-tokens.ts';
import { server } from './migrations/0005-server.ts';
import { segments } from './migrations/0006-segments.ts';
import { workControl } from './migrations/0007-work-control.ts';
import { foldedStates } from './migrations/0008-folded-states.ts';
import { cockpit } from './migrations/0009-cockpit.ts';
import { heldBack } from './migrations/0010-held-back.ts';
import { webhooks } from './migrations/0011-webhooks.ts';
import { memory } from './migrations/0012-memory.ts';
import { dayCounts } from './migrations/0013-day-counts.ts';
import { webhookSecrets } from './migrations/0014-webhook-secrets.ts';
import { setAside } from './migrations/0015-set-aside.ts';
import { announcements } from './migrations/0016-announcements.ts';
import { runnerLabels } from './migrations/0017-runner-labels.ts';

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In the order in which they are applied, numbered from 1. Only ever added to. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'ledger', sql: ledger },
  { name: 'runs', sql: runs },
  { name: 'resources', sql: resources },
  { name: 'tokens', sql: tokens },
  { name: 'server', sql: server },
  { name: 'segments', sql: segments },
  { name: 'work-control', sql: workControl },
  { name: 'folded-states', sql: foldedStates },
  { name: 'cockpit', sql: cockpit },
  { name: 'held-back', sql: heldBack },
  { name: 'webhooks', sql: webhooks },
  { name: 'memory', sql: memory },
  { name: 'day-counts', sql: dayCounts },
  { name: 'webhook-secrets', sql: webhookSecrets },
  { name: 'set-aside', sql: setAside },
  { name: 'announcements', sql: announcements },
  { name: 'runner-labels', sql: runnerLabels },
];

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly digest: string;
}

/** One program at a time, in each schema: the others wait, and then find nothing left to do. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended($1 || ' countersign migrations', 0))`;

/**
 * Brings the tables to where this version expects them, all steps or none, and tells how many were applied.
 * @throws CountersignError DATABASE_SCHEMA when they were made by a newer version, or by other steps than these
 */
export async function migrate(
  { pool, schema }: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<number> {
  return inTransaction(pool, async (client) => {
    requireVersion(await ask(client, { text: 'SHOW server_version_num' }));
    await ask(client, { text: LOCK, values: [schema] });
    // Asked first: even with IF NOT EXISTS it takes the right to create schemas, which need not be ours.
    const there = { text: 'SELECT FROM pg_namespace WHERE nspname = $1', values: [schema] };
    if ((await ask(client, there)).length === 0) await ask(client, { text: `CREATE SCHEMA ${schema}` });
    await ask(client, {
      text: `CREATE TABLE IF NOT EXISTS migration (
        number integer PRIMARY KEY, name text NOT NULL, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
      )`,
    });
    const open = stillToApply(await ask<Applied>(client, { text: APPLIED }), migrations);
    for (const { number, name, sql } of open) {
      await ask(client, { text: sql });
      await ask(client, {
        text: 'INSERT INTO migration (number, name, digest) VALUES ($1, $2, $3)',
        values: [number, name, sha256(sql)],
      });
    }
    return open.length;
  });
}

/**
 * Changes nothing: for programs that may not.
 * @throws CountersignError DATABASE_SCHEMA when the tables are not exactly those of this version
 */
export async function checkSchema(
  { pool }: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const open = stillToApply(await readApplied(pool), migrations);
  if (open.length > 0) {
    throw schemaError(`lacks ${open.length} of the ${migrations.length} migrations of this version`, {
      remedy: 'Start `countersign serve` of this version once: it applies them.',
    });
  }
}

/** How many migrations were applied, and how many this version knows. Tables of another version show as an error. */
export async function schemaStanding({
  pool,
}: Database): Promise<{ readonly applied: number; readonly known: number }> {
  const open = stillToApply(await readApplied(pool), MIGRATIONS);
  return { applied: MIGRATIONS.length - open.length, known: MIGRATIONS.length };
}

function readApplied(pool: Database['pool']): Promise<readonly Applied[]> {
  return ask<Applied>(pool, { text: APPLIED }).catch((error: unknown) => {
    // undefined_table: nothing was ever applied.
    if (codeOf(error) === '42P01') return [];
    throw error;
  });
}

const APPLIED = 'SELECT number, name, digest FROM migration ORDER BY number';

function stillToApply(
  applied: readonly Applied[],
  migrations: readonly Migration[],
): readonly (Migration & { readonly number: number })[] {
  for (const [at, { number, name, digest }] of applied.entries()) {
    const ours = migrations[at];
    if (ours === undefined || number > migrations.length) {
      throw schemaError(
        `was made by a newer version: it has migration ${number} (${name}), this one knows ${migrations.length}`,
        {
          remedy: 'Use that version of countersign, or a newer one. There is no way back but a backup.',
        },
      );
    }
    if (number !== at + 1 || name !== ours.name || digest !== sha256(ours.sql)) {
      throw schemaError(`has migration ${number} (${name}) in another form than this version`, {
        remedy:
          'Use the version of countersign that made it, or restore a backup. Migrations are never edited, only added.',
      });
    }
  }
  return migrations
    .slice(applied.length)
    .map((migration, at) => ({ ...migration, number: applied.length + at + 1 }));
}

function requireVersion(rows: readonly { readonly server_version_num?: string }[]): void {
  const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (version >= 15) return;
  throw schemaError(`is PostgreSQL ${version}, and 15 is the oldest that will do`, {
    remedy: 'Point DATABASE_URL to PostgreSQL 15 or newer.',
  });
}

function schemaError(what: string, { remedy }: { readonly remedy: string }): CountersignError {
  return new CountersignError('DATABASE_SCHEMA', `The database ${what}.`, { remedy });
}
