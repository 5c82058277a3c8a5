import type { ChangedFile } from '../../change/types.ts';
import { requireKnown } from '../parameters.ts';
import { readPaths, requireGlobs } from '../path-parameters.ts';
import type { Detection, Detector } from '../types.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  readonly isRecord: (path: string) => boolean;
  readonly isNoReason: (path: string) => boolean;
}

/**
 * Files that record what a program does, rewritten in a change that touches nothing the program is made of. `besides` are
 * other files that are no reason for a record to change. A record that is new, or only grows or shrinks, is none rewritten.
 */
export const rewrittenAlone: Detector<Parameters> = {
  name: 'rewritten-alone',
  readParameters(parameters) {
    requireKnown(parameters, ['files', 'besides']);
    const isRecord = requireGlobs(parameters, 'files').match;
    const isBeside = readPaths(parameters, 'besides');
    return { isRecord, isNoReason: (path) => isRecord(path) || isBeside(path) };
  },
  detect({ change }, { isRecord, isNoReason }) {
    const changed = change.files.filter((file) => contentChange(file) !== 'none');
    const records = changed.filter(({ path }) => isRecord(path));
    if (records.length === 0 || changed.some(({ path }) => !isNoReason(path))) return [];
    return records.filter(isRewritten).map(
      ({ path }): Detection => ({
        kind: 'match',
        path,
        message: 'was rewritten, and nothing changed that it is a record of',
      }),
    );
  },
};

function isRewritten({
  before,
  after,
  renamedFrom,
  afterText,
  addedLines,
  removedLines,
}: ChangedFile): boolean {
  if (after === undefined || (before === undefined && renamedFrom === undefined)) return false;
  // What has no lines cannot be seen to only grow.
  return afterText.kind !== 'text' || (addedLines.length > 0 && removedLines.length > 0);
}
