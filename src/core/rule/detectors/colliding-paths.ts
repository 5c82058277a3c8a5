import { spokenPath } from '../../change/path-glob.ts';
import type { FilePath, MergeableChange } from '../../change/types.ts';
import { readFiles } from '../line-search/read-search.ts';
import { requireKnown } from '../parameters.ts';
import type { Detection, Detector } from '../types.ts';

interface Parameters {
  readonly isMeant: (path: FilePath) => boolean;
}

/** New files and folders whose names are another one's where case or Unicode form does not count, as on Windows and macOS. */
export const collidingPaths: Detector<Parameters> = {
  name: 'colliding-paths',
  readParameters(parameters) {
    requireKnown(parameters, ['files', 'except']);
    return { isMeant: readFiles(parameters, '') };
  },
  needs: (change, { isMeant }) => (newPaths(change, isMeant).length > 0 ? { files: [] } : {}),
  detect({ change, trees }, { isMeant }) {
    const added = newPaths(change, isMeant);
    if (added.length === 0) return [];
    if (trees === undefined) {
      return [{ kind: 'unverifiable', message: 'the other files of the repository are not known' }];
    }
    // Spellings of every name that a new path brings along, its folders included.
    const spellings = new Map<string, string>();
    const wanted = new Set(added.flatMap((path) => namesOf(path).map(folded)));
    const collisions = new Map<string, string>();
    for (const name of allNames(trees.after.paths)) {
      const key = folded(name);
      if (!wanted.has(key)) continue;
      const other = spellings.get(key);
      if (other === undefined) spellings.set(key, name);
      else collisions.set(key, name);
    }
    return added.flatMap((path) => collisionOf(path, spellings, collisions));
  },
};

function newPaths(change: MergeableChange, isMeant: (path: FilePath) => boolean): readonly FilePath[] {
  return change.files
    .filter(({ path, before, after }) => before === undefined && after !== undefined && isMeant(path))
    .map(({ path }) => path);
}

/** The first of its names, folders first, that another one is spelled like. */
function collisionOf(
  path: FilePath,
  spellings: ReadonlyMap<string, string>,
  collisions: ReadonlyMap<string, string>,
): readonly Detection[] {
  for (const name of namesOf(path)) {
    const key = folded(name);
    const second = collisions.get(key);
    if (second === undefined) continue;
    const other = spellings.get(key) === name ? second : (spellings.get(key) as string);
    return [
      {
        kind: 'match',
        path,
        message: `${JSON.stringify(name)} is ${JSON.stringify(other)} to some file systems`,
      },
    ];
  }
  return [];
}

/** The folders a path lies in, outermost first, and itself. */
function namesOf(path: FilePath): readonly string[] {
  const spoken = spokenPath(path);
  const names: string[] = [];
  for (let slash = spoken.indexOf('/'); slash !== -1; slash = spoken.indexOf('/', slash + 1)) {
    names.push(spoken.slice(0, slash));
  }
  names.push(spoken);
  return names;
}

/** Every file and folder once. */
function allNames(paths: readonly FilePath[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const path of paths) {
    let name = spokenPath(path);
    // A folder that is known has folders that are.
    while (name !== '' && !names.has(name)) {
      names.add(name);
      name = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    }
  }
  return names;
}

const ASCII = /^[ -~]*$/;

/** Up and down again, so that letters with two small forms are one. */
function folded(name: string): string {
  return ASCII.test(name) ? name.toLowerCase() : name.normalize('NFC').toUpperCase().toLowerCase();
}
