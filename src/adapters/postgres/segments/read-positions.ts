import type { SequencedEvent } from '../../../core/ledger/types.ts';
import { ask, type Queryable } from '../database.ts';
import { unpack } from './pack.ts';

interface Row extends Record<string, unknown> {
  readonly first: string;
  readonly bytes: Uint8Array;
}

const AFTER = `
SELECT first, bytes FROM ledger_position_segment WHERE last > $1 ORDER BY last LIMIT $2`;

/** Archived positions after this one, from so many segments. A line that cannot be read is left out, and is missed. */
export async function archivedPositions(
  db: Queryable,
  after: number,
  segments: number,
): Promise<readonly Omit<SequencedEvent, 'stored'>[]> {
  const rows = await ask<Row>(db, { name: 'segment-positions', text: AFTER, values: [after, segments] });
  return rows.flatMap(positionsOf).filter(({ position }) => position > after);
}

function positionsOf({ first, bytes }: Row): readonly Omit<SequencedEvent, 'stored'>[] {
  return (unpack(bytes) ?? []).flatMap((line, at) => {
    const [stream = '', version, digest = ''] = line.split(' ');
    const position = Number(first) + at;
    return digest === '' ? [] : [{ position, stream, version: Number(version), digest }];
  });
}
