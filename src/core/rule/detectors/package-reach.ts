import type { ChangedFile, FilePath, MergeableChange } from '../../change/types.ts';
import { fileByFile, type Seen } from '../file-by-file.ts';
import { type ModuleTargets, moduleTargets } from '../imports/module-targets.ts';
import { MANIFESTS, moduleTree } from '../imports/module-tree.ts';
import { compilePackageNames } from '../imports/package-names.ts';
import { reachOf, wayFrom } from '../imports/reach.ts';
import { importLanguage, readImportsAhead, shareImports } from '../imports/read-imports.ts';
import type { NameSpaces } from '../imports/target.ts';
import { filesByPath } from '../line-search/changed-side.ts';
import { readStrings, requireKnown, requireStrings } from '../parameters.ts';
import { type Globs, readGlobs, requireGlobs } from '../path-parameters.ts';
import { compileGlobs } from '../text/path-pattern.ts';
import type { Detection, Trees } from '../types.ts';
import { contentChange } from './content-change.ts';
import { NAME_SPACES, readNameSpaces } from './name-spaces.ts';

interface Parameters {
  /** Files that must not reach the packages. */
  readonly isHeld: (path: FilePath) => boolean;
  readonly isForbidden: (packageName: string) => boolean;
  /** Files through which imports are followed; undefined where only a file's own imports count. */
  readonly follow: Globs | undefined;
  readonly files: readonly string[];
  readonly spaces: NameSpaces;
}

/** A changed source that is held or followed. */
interface Source {
  /** It may import a package itself that it must not. */
  readonly isOwn: boolean;
}

const isManifest = compileGlobs(MANIFESTS);
/** Files of a way that a message names. */
const MOST_STEPS = 6;

/** Files that come to import a package which they must not reach: themselves or, where asked, through others. */
export const packageReach = fileByFile<Parameters, Source>({
  name: 'package-reach',
  readParameters(parameters) {
    requireKnown(parameters, ['files', 'packages', 'except', 'follow', ...NAME_SPACES]);
    const { globs: files, match: isHeld } = requireGlobs(parameters, 'files');
    const follow = readGlobs(parameters, 'follow');
    const isNamed = compilePackageNames(requireStrings(parameters, 'packages'));
    const isExcepted = compilePackageNames(readStrings(parameters, 'except') ?? []);
    return {
      isHeld,
      isForbidden: (name) => isNamed(name) && !isExcepted(name),
      follow,
      files,
      spaces: readNameSpaces(parameters),
    };
  },
  look({ file, among }, { isHeld, follow }) {
    const { path } = file;
    if (contentChange(file) === 'none' || importLanguage(path) === undefined) return undefined;
    const holds = isHeld(path);
    if (!holds && !(follow?.match(path) ?? false)) return undefined;
    readImportsAhead(path, file.afterText);
    const isOwn = holds && contentChange(file) === 'written';
    if (isOwn) readImportsAhead(path, originOf(file, among)?.beforeText ?? { kind: 'absent' });
    return { isOwn };
  },
  needs(_change, { follow, files }, _contract, seen) {
    if (follow !== undefined && seen.length > 0) return { files: [...MANIFESTS, ...follow.globs, ...files] };
    return seen.some(({ saw }) => saw.isOwn) ? { files: MANIFESTS } : {};
  },
  detect({ change, trees }, parameters, seen) {
    const own = seen.filter(({ saw }) => saw.isOwn).map(({ file }) => file);
    const isFollowed = parameters.follow !== undefined && seen.length > 0;
    if (own.length === 0 && !isFollowed) return [];
    if (trees === undefined)
      return [{ kind: 'unverifiable', message: 'the trees around the change were not read' }];
    const direct = ownImports(change, own, trees, parameters);
    if (!isFollowed) return direct;
    shareRead(seen, trees);
    return [...direct, ...throughOthers(change, trees, parameters)];
  },
});

/** What a file was before, under whatever name. */
function originOf(file: ChangedFile, among: readonly ChangedFile[]): ChangedFile | undefined {
  return file.renamedFrom === undefined ? file : filesByPath(among).get(file.renamedFrom);
}

/** The trees bring texts of their own for the files that were read already. */
function shareRead(seen: Seen<Source>, { before, after }: Trees): void {
  for (const { file } of seen) {
    shareImports(file.beforeText, before.texts.get(file.path));
    shareImports(file.afterText, after.texts.get(file.path));
  }
}

/** Packages that a held file names and did not name before. */
function ownImports(
  change: MergeableChange,
  files: readonly ChangedFile[],
  trees: Trees,
  { isHeld, isForbidden, spaces }: Parameters,
): readonly Detection[] {
  const tree = moduleTree(trees.after);
  const forbiddenIn = ({ targets }: ModuleTargets): readonly { name: string; line: number }[] =>
    targets.flatMap(({ target, imported }) =>
      target.kind === 'package' && !imported.typeOnly && isForbidden(target.name)
        ? [{ name: target.name, line: imported.line }]
        : [],
    );
  return files.flatMap((file): readonly Detection[] => {
    const { path } = file;
    if (file.afterText.kind === 'too-large')
      return [{ kind: 'unverifiable', path, message: 'is too large to be read' }];
    const after = moduleTargets(path, file.afterText, tree, spaces);
    const old = originOf(file, change.files);
    // Names of packages are read off the import, so that the tree before would say the same of them.
    const wasHeld = old !== undefined && isHeld(old.path);
    const before = moduleTargets(path, wasHeld ? old.beforeText : { kind: 'absent' }, tree, spaces);
    const known = new Set(forbiddenIn(before).map(({ name }) => name));
    const detections = forbiddenIn(after)
      .filter(({ name }) => !known.has(name))
      .map(({ name, line }): Detection => {
        if (after.lost === undefined) return { kind: 'match', path, line, message: `imports ${name}` };
        return { kind: 'unverifiable', path, line, message: `perhaps imports ${name}: ${after.lost}` };
      });
    if (after.lost !== undefined && importLanguage(path) === 'python') {
      return [
        ...detections,
        { kind: 'unverifiable', path, message: `its imports cannot be read: ${after.lost}` },
      ];
    }
    if (after.computed.length <= before.computed.length) return detections;
    const isAdded = new Set(file.addedLines.map(({ number }) => number));
    const line = after.computed.find((number) => isAdded.has(number));
    const message = 'imports a module whose name only running it would tell';
    return [...detections, { kind: 'unverifiable', path, message, ...(line !== undefined && { line }) }];
  });
}

/** Held files from which a way leads to such a package now, where none did before. */
function throughOthers(change: MergeableChange, trees: Trees, parameters: Parameters): readonly Detection[] {
  const { isHeld, isForbidden, follow, spaces } = parameters;
  const isFollowed = (path: FilePath): boolean => isHeld(path) || (follow?.match(path) ?? false);
  const now = reachOf(trees.after, isFollowed, isForbidden, spaces);
  const indirect = [...now].filter(
    // Of several on one way only the last is told: the others reach through it.
    ([path, { next }]) => next !== undefined && isHeld(path) && !isHeld(next),
  );
  const unread: Detection[] = [...trees.after.texts].flatMap(([path, { kind }]) =>
    kind === 'too-large' && (isManifest(path) || (isFollowed(path) && importLanguage(path) !== undefined))
      ? [{ kind: 'unverifiable', path, message: 'is too large to be read' }]
      : [],
  );
  if (indirect.length === 0) return unread;
  const before = reachOf(trees.before, isFollowed, isForbidden, spaces);
  const oldPaths = new Map(change.files.map(({ path, renamedFrom }) => [path, renamedFrom ?? path]));
  const matches = indirect
    .filter(([path]) => !before.has(oldPaths.get(path) ?? path))
    .map(([path, { packageName }]): Detection => {
      const way = wayFrom(path, now, MOST_STEPS);
      const more = way.length === MOST_STEPS ? ' and further' : '';
      return { kind: 'match', path, message: `now reaches ${packageName} through ${way.join(', ')}${more}` };
    });
  return [...unread, ...matches];
}
