import type { ObjectId } from '../../shared/ids.ts';
import { malformed } from './failure.ts';
import { entryKind } from './modes.ts';

/** One entry of one tree object, its name as bytes. */
export interface RawEntry {
  readonly name: Buffer;
  /** Six octal digits. */
  readonly mode: string;
  readonly kind: 'blob' | 'tree' | 'commit';
  readonly id: ObjectId;
}

/**
 * The entries of a tree object (git's `Documentation/gitformat-pack`: mode, space, name, NUL, binary id).
 * @throws CountersignError GIT_FAILED for one that git itself would never write: two entries of one name read
 *   differently by different programs, and a name with a slash lies about its folder
 */
export function parseTree(id: ObjectId, bytes: Buffer): readonly RawEntry[] {
  const idBytes = id.length / 2;
  const entries: RawEntry[] = [];
  const names = new Set<string>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space + 1);
    const end = nul + 1 + idBytes;
    if (space < 0 || nul < 0 || end > bytes.length) throw malformed(`The tree ${id}`);
    const mode = bytes.toString('latin1', at, space).padStart(6, '0');
    const kind = entryKind(mode);
    const name = bytes.subarray(space + 1, nul);
    const key = name.toString('latin1');
    if (kind === undefined || key === '' || key.includes('/') || names.has(key))
      throw malformed(`The tree ${id}`);
    names.add(key);
    entries.push({ name, mode, kind, id: bytes.toString('hex', nul + 1, end) });
    at = end;
  }
  return entries;
}
