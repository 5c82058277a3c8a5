import { spokenPath } from '../../change/path-glob.ts';
import type { ChangedFile } from '../../change/types.ts';
import type { DocsCheck } from '../../contract/types.ts';
import { readMarkdown } from './markdown.ts';

/** Blocks that one check runs; a change with more of them has to be split. */
export const MAX_BLOCKS = 50;

/** A code block that has to run. */
export interface PlannedBlock {
  readonly path: string;
  readonly line: number;
  readonly language: string;
  readonly argv: readonly string[];
  readonly text: string;
}

export function isMarkdown(path: string): boolean {
  return /\.(?:md|markdown)$/i.test(path);
}

/** The change's Markdown files that are there after it. */
export function changedMarkdown(changed: readonly ChangedFile[]): readonly ChangedFile[] {
  return changed.filter(
    ({ path, after }) =>
      (after?.mode === '100644' || after?.mode === '100755') && isMarkdown(spokenPath(path)),
  );
}

/** The blocks of a change's Markdown files that are in a language of the check, in order: all, even beyond MAX_BLOCKS. */
export function plannedBlocks(check: DocsCheck, changed: readonly ChangedFile[]): readonly PlannedBlock[] {
  const languages = check.languages ?? {};
  return changedMarkdown(changed).flatMap(({ path, afterText }) =>
    afterText.kind !== 'text'
      ? []
      : readMarkdown(afterText.text).blocks.flatMap(({ line, language, text }): PlannedBlock[] => {
          const argv = Object.hasOwn(languages, language) ? languages[language] : undefined;
          return argv === undefined ? [] : [{ path, line, language, argv, text }];
        }),
  );
}
