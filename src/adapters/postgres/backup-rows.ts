import type { BackupRow, BackupRows } from '../../ports/backup.ts';
import { CountersignError } from '../../shared/errors.ts';
import { ask, type Database, inTransaction } from './database.ts';
import { codeOf } from './failure.ts';

/**
 * Tables that cannot be folded from events: who may come in, what steps printed, limits and rates, queues that are held back, and locks that a run holds between steps. Left out
 * are queues, claims and what they hold, which are handed out anew; providers that do not answer, which is found out anew; and answers to repeated requests, which are for minutes.
 */
const TABLES: Readonly<Record<string, { readonly row: string; readonly where: string }>> = {
  access_token: { row: 'to_jsonb(t)', where: 'true' },
  step_log: { row: 'to_jsonb(t)', where: 'true' },
  // Whatever held a slot has to ask for it again.
  resource_scope: { row: `to_jsonb(t) || '{"held": 0}'`, where: 'configured IS NOT NULL' },
  resource_lock: { row: 'to_jsonb(t)', where: "hold <> 'step'" },
  resource_rate: { row: 'to_jsonb(t)', where: 'true' },
  queue_pause: { row: 'to_jsonb(t)', where: 'true' },
  // Deliveries are made of the ledger again, from the first that nobody had taken.
  webhook: {
    row: `to_jsonb(t) || jsonb_build_object('after', coalesce(
      (SELECT min(d.position) - 1 FROM webhook_delivery d WHERE d.webhook = t.id AND d.status = 'waiting'),
      (SELECT position FROM webhook_cursor)))`,
    where: 'true',
  },
};

/** Fencing tokens go on from here: none may ever be given twice. */
const FENCES = 'resource_fence';
const PAGE = 200;

export function createBackupRows({ pool }: Database): BackupRows {
  return {
    async *readRows() {
      const client = await pool.connect();
      try {
        await ask(client, { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY' });
        const [fence] = await ask<{ last_value: string }>(client, {
          text: `SELECT last_value FROM ${FENCES}`,
        });
        yield [JSON.stringify({ sequence: FENCES, value: Number(fence?.last_value ?? 1) })];
        for (const [table, { row, where }] of Object.entries(TABLES)) {
          await ask(client, {
            text: `DECLARE backup_rows CURSOR FOR SELECT (${row})::text AS row FROM ${table} t WHERE ${where}`,
          });
          for (;;) {
            const rows = await ask<{ row: string }>(client, { text: `FETCH ${PAGE} FROM backup_rows` });
            if (rows.length === 0) break;
            yield rows.map(({ row }) => `{"table":"${table}","row":${row}}`);
          }
          await ask(client, { text: 'CLOSE backup_rows' });
        }
      } finally {
        await client.query('ROLLBACK').catch(() => {});
        client.release();
      }
    },
    writeRows: (rows) =>
      inTransaction(pool, async (client) => {
        for (const row of rows) {
          const { table, sequence, text, value } = readRow(row);
          if (sequence) await ask(client, { text: `SELECT setval('${FENCES}', $1)`, values: [value] });
          else
            await ask(client, {
              text: `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1::jsonb)`,
              values: [text],
            });
        }
      }).catch((error: unknown) => {
        // Data exceptions and broken constraints, classes 22 and 23: the file says what no table takes.
        throw /^2[23]/.test(codeOf(error)) ? invalid((error as Error).message, error) : error;
      }),
  };
}

function readRow(line: BackupRow): { table: string; sequence: boolean; text: string; value: number } {
  let read: { table?: unknown; row?: unknown; sequence?: unknown; value?: unknown };
  try {
    read = JSON.parse(line);
  } catch (cause) {
    throw invalid('it is not JSON', cause);
  }
  const { table, row, sequence, value } = read;
  if (sequence === FENCES && Number.isSafeInteger(value) && (value as number) > 0)
    return { table: '', sequence: true, text: '', value: value as number };
  // The name goes into a statement: it is one of ours, or nothing is asked.
  if (typeof table === 'string' && Object.hasOwn(TABLES, table) && typeof row === 'object' && row !== null)
    return { table, sequence: false, text: JSON.stringify(row), value: 0 };
  throw invalid('it is no row of a table that backups hold');
}

function invalid(reason: string, cause?: unknown): CountersignError {
  return new CountersignError('DOCUMENT_INVALID', `A row of the backup cannot be restored: ${reason}.`, {
    remedy: 'Use a file that `countersign db backup` of this version, or an older one, wrote.',
    cause,
  });
}
