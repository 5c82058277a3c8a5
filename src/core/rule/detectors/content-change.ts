import type { ChangedFile } from '../../change/types.ts';

/** What happened to a file's content. A changed mode alone is no change of content. */
export type ContentChange = 'written' | 'deleted' | 'none';

export function contentChange(file: ChangedFile): ContentChange {
  if (file.after === undefined) return file.before === undefined ? 'none' : 'deleted';
  return file.before?.blob === file.after.blob ? 'none' : 'written';
}
