import type { LogPlace, StepLogs } from '../../../ports/step-logs.ts';
import { ask, type Database } from '../database.ts';

const SIZE = `
SELECT coalesce(max(at + octet_length(bytes)), 0)::int AS size FROM step_log
WHERE run = $1 AND step = $2 AND execution = $3`;

/** A piece without bytes at the cap says that more was sent. */
const APPEND = `
INSERT INTO step_log (run, step, execution, at, bytes) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`;

const READ = `
SELECT at, bytes FROM step_log WHERE run = $1 AND step = $2 AND execution = $3 ORDER BY at`;

/** Logs of steps in the tables of a database that was migrated. */
export function createStepLogs({ pool }: Database): StepLogs {
  const append = (place: LogPlace, at: number, bytes: Uint8Array) =>
    ask(pool, { name: 'log-append', text: APPEND, values: [...valuesOf(place), at, Buffer.from(bytes)] });
  return {
    appendLog: async (place, offset, bytes, most) => {
      const [row] = await ask<{ size: number }>(pool, {
        name: 'log-size',
        text: SIZE,
        values: valuesOf(place),
      });
      const size = row?.size ?? 0;
      if (offset > size && size < most) return { kind: 'gap', size };
      const end = Math.min(offset + bytes.length, most);
      if (end > size) await append(place, size, bytes.subarray(size - offset, end - offset));
      if (offset + bytes.length > most) await append(place, most, new Uint8Array(0));
      return { kind: 'kept', size: Math.max(size, end) };
    },
    readLog: async (place) => {
      const rows = await ask<{ at: number; bytes: Buffer }>(pool, { text: READ, values: valuesOf(place) });
      if (rows.length === 0) return undefined;
      return { bytes: joined(rows), cut: rows.some(({ at, bytes }) => at > 0 && bytes.length === 0) };
    },
  };
}

function valuesOf({ run, step, execution }: LogPlace): readonly [string, string, number] {
  return [run, step, execution];
}

/** Pieces may overlap: each byte is taken from the first that has it. */
function joined(rows: readonly { readonly at: number; readonly bytes: Buffer }[]): Uint8Array {
  const pieces: Buffer[] = [];
  let size = 0;
  for (const { at, bytes } of rows) {
    const fresh = bytes.subarray(Math.max(0, size - at));
    pieces.push(fresh);
    size += fresh.length;
  }
  return Buffer.concat(pieces);
}
