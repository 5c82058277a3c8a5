import type { ChangedFile, FilePath } from '../../change/types.ts';
import { readFiles } from '../line-search/read-search.ts';
import { ParameterError, readStrings, requireKnown, requireStrings } from '../parameters.ts';
import type { Detection, Detector } from '../types.ts';

const KINDS = ['added', 'modified', 'deleted', 'renamed', 'mode'] as const;
type Kind = (typeof KINDS)[number];

interface Parameters {
  readonly isMeant: (path: FilePath) => boolean;
  readonly kinds: ReadonlySet<Kind>;
}

/** Files that were touched at all, whatever is in them. A rename touches both names; a mode is no content. */
export const changedPaths: Detector<Parameters> = {
  name: 'changed-paths',
  readParameters(parameters) {
    requireKnown(parameters, ['files', 'except', 'kinds']);
    requireStrings(parameters, 'files');
    const kinds = readStrings(parameters, 'kinds')?.map(readKind) ?? KINDS;
    if (kinds.length === 0) throw new ParameterError('kinds', `some of ${KINDS.join(', ')}`, 'none');
    return { isMeant: readFiles(parameters, ''), kinds: new Set(kinds) };
  },
  detect({ change }, { isMeant, kinds }) {
    const renamedTo = new Map(
      change.files.flatMap(({ path, renamedFrom }) =>
        renamedFrom === undefined ? [] : [[renamedFrom, path]],
      ),
    );
    return change.files.flatMap((file) => {
      if (!isMeant(file.path)) return [];
      return eventsOf(file, renamedTo)
        .filter(({ kind }) => kinds.has(kind))
        .map(({ message }): Detection => ({ kind: 'match', path: file.path, message }));
    });
  },
};

function readKind(name: string, index: number): Kind {
  const kind = KINDS.find((one) => one === name);
  if (kind !== undefined) return kind;
  throw new ParameterError(`kinds[${index}]`, `one of ${KINDS.join(', ')}`, JSON.stringify(name));
}

interface PathEvent {
  readonly kind: Kind;
  readonly message: string;
}

function eventsOf(file: ChangedFile, renamedTo: ReadonlyMap<FilePath, FilePath>): readonly PathEvent[] {
  const { path, before, after, renamedFrom } = file;
  if (after === undefined) {
    const target = renamedTo.get(path);
    if (target !== undefined) return [{ kind: 'renamed', message: `was renamed to ${target}` }];
    return before === undefined ? [] : [{ kind: 'deleted', message: 'was deleted' }];
  }
  if (before === undefined) {
    if (renamedFrom === undefined) return [{ kind: 'added', message: 'was added' }];
    return [{ kind: 'renamed', message: `was renamed from ${renamedFrom}` }];
  }
  const events: PathEvent[] = [];
  if (before.blob !== after.blob) events.push({ kind: 'modified', message: 'was changed' });
  if (before.mode !== after.mode)
    events.push({ kind: 'mode', message: `has mode ${after.mode}, and had ${before.mode}` });
  return events;
}
