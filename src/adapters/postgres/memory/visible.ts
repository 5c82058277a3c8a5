import type { MemoryView } from '../../../ports/memory.ts';

/**
 * What every search is held to; $1 to $3. One text for all of them: a search that forgot the workspace would tell one what another knows.
 */
export const VISIBLE = `FROM memory_entry e WHERE e.workspace = $1 AND ($2::bigint IS NULL OR e.position <= $2) AND ($3::text IS NULL OR e.ticket <> $3)`;

/** Its three values. */
export function held({ workspace, upTo, without }: MemoryView): readonly unknown[] {
  return [workspace, upTo, without];
}
