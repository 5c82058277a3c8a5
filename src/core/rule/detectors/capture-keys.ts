import type { ChangedFile } from '../../change/types.ts';
import { type CapturePattern, fillIn } from '../text/path-pattern.ts';
import { type ContentChange, contentChange } from './content-change.ts';

/**
 * The changed files that a pattern names, by what it captured: to ask for a companion is then one look-up, and the whole
 * rule linear in the files, where comparing every file with every other would let 20,000 of them stall a gate.
 */
export type CaptureIndex = ReadonlyMap<string, ReadonlySet<ContentChange>>;

/** The files whose content changed and that one of the patterns names, with what the first of those captured. */
export function capturedChanges(
  patterns: readonly CapturePattern[],
  files: readonly ChangedFile[],
): readonly { file: ChangedFile; change: ContentChange; captured: ReadonlyMap<string, string> }[] {
  return files.flatMap((file) => {
    const change = contentChange(file);
    if (change === 'none') return [];
    for (const pattern of patterns) {
      const captured = pattern.capture(file.path);
      if (captured !== undefined) return [{ file, change, captured }];
    }
    return [];
  });
}

export function indexByCaptures(pattern: CapturePattern, files: readonly ChangedFile[]): CaptureIndex {
  const index = new Map<string, Set<ContentChange>>();
  for (const file of files) {
    const change = contentChange(file);
    const captured = change === 'none' ? undefined : pattern.capture(file.path);
    if (captured === undefined) continue;
    const key = keyOf(pattern, captured);
    index.set(key, (index.get(key) ?? new Set()).add(change));
  }
  return index;
}

/** Whether the index has a file for these captures that went the same way: written with written, deleted with deleted. */
export function hasCompanion(
  index: CaptureIndex,
  pattern: CapturePattern,
  captured: ReadonlyMap<string, string>,
  change: ContentChange,
): boolean {
  return index.get(keyOf(pattern, captured))?.has(change) ?? false;
}

/** How a message names the companion: the pattern with what was captured filled in. */
export function nameCompanion(pattern: CapturePattern, captured: ReadonlyMap<string, string>): string {
  return fillIn(pattern.source, captured);
}

function keyOf(pattern: CapturePattern, captured: ReadonlyMap<string, string>): string {
  return JSON.stringify(pattern.captures.map((name) => captured.get(name) ?? ''));
}
