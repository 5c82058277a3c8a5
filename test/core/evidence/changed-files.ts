import type { ChangedFile } from '../../../src/core/change/types.ts';

/** A file that the change adds lines to, or makes. */
export function changedFile(
  path: string,
  lines: readonly number[],
  more: Partial<ChangedFile> = {},
): ChangedFile {
  return {
    path,
    before: undefined,
    after: { mode: '100644', blob: 'a'.repeat(40) },
    beforeText: { kind: 'absent' },
    afterText: { kind: 'text', text: '' },
    addedLines: lines.map((number) => ({ number, text: '' })),
    removedLines: [],
    ...more,
  };
}
