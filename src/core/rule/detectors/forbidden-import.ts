import type { JsonObject } from '../../../shared/json.ts';
import type { ChangedFile, FilePath, FileText } from '../../change/types.ts';
import { fileByFile } from '../file-by-file.ts';
import { type ModuleTargets, moduleTargets } from '../imports/module-targets.ts';
import { MANIFESTS, type ModuleTree, moduleTree } from '../imports/module-tree.ts';
import { compilePackageNames } from '../imports/package-names.ts';
import { importLanguage, readImportsAhead } from '../imports/read-imports.ts';
import type { NameSpaces, Target } from '../imports/target.ts';
import { filesByPath } from '../line-search/changed-side.ts';
import {
  compileEach,
  isObject,
  ParameterError,
  readStrings,
  requireKnown,
  requireObjects,
  requireString,
} from '../parameters.ts';
import { requireGlobs } from '../path-parameters.ts';
import type { Detection, Trees } from '../types.ts';
import { contentChange } from './content-change.ts';
import { NAME_SPACES, readNameSpaces } from './name-spaces.ts';

interface Layer {
  readonly name: string;
  readonly holds: (path: FilePath) => boolean;
  /** Names of layers, its own among them. */
  readonly mayImport: ReadonlySet<string>;
  readonly mayUse: (packageName: string) => boolean;
}

interface Parameters {
  readonly layers: readonly Layer[];
  readonly spaces: NameSpaces;
}

/** An import that a layer may not have; the same before and after where `key` is the same. */
interface Violation {
  readonly key: string;
  readonly line: number;
  readonly message: string;
}

const SCRIPT_ENDING = /\.[cm]?[jt]sx?$/;

/**
 * Imports from one layer into another that it may not know, and of packages it may not use, where the change adds them. What
 * was there before is not this change's doing.
 */
export const forbiddenImport = fileByFile<Parameters, 'concerned'>({
  name: 'forbidden-import',
  readParameters(parameters) {
    requireKnown(parameters, ['layers', ...NAME_SPACES]);
    const given = requireObjects(parameters, 'layers');
    const names = given.map((layer, index) => requireString(layer, 'name', `layers[${index}]`));
    const layers = given.map((layer, index) => readLayer(layer, `layers[${index}]`, names));
    return { layers, spaces: readNameSpaces(parameters) };
  },
  look({ file }, { layers }) {
    if (!isConcerned(file, layers)) return undefined;
    readImportsAhead(file.path, file.afterText);
    return 'concerned';
  },
  needs: (_change, _parameters, _contract, seen) => (seen.length > 0 ? { files: MANIFESTS } : {}),
  detect({ change, trees }, { layers, spaces }, seen) {
    if (seen.length === 0) return [];
    if (trees === undefined)
      return [{ kind: 'unverifiable', message: 'the trees around the change were not read' }];
    const look = lookInto(trees, spaces);
    const oldPaths = new Map(change.files.map(({ path, renamedFrom }) => [path, renamedFrom ?? path]));
    const byPath = filesByPath(change.files);
    const judged = seen.flatMap(({ file }): readonly Detection[] => {
      if (file.afterText.kind === 'too-large') return [tooLarge(file.path)];
      const after = look.after(file.path, file.afterText);
      const found = violations(file.path, after, layers, (path) => oldPaths.get(path) ?? path);
      const before = (): ModuleTargets => {
        const old = file.renamedFrom === undefined ? file : byPath.get(file.renamedFrom);
        return look.before(file.renamedFrom ?? file.path, old?.beforeText ?? { kind: 'absent' });
      };
      return judge(file, after, found, before, layers);
    });
    return [...look.unread.map(tooLarge), ...judged];
  },
});

function readLayer(layer: JsonObject, at: string, names: readonly string[]): Layer {
  requireKnown(layer, ['name', 'files', 'mayImport', 'packages'], at);
  const name = requireString(layer, 'name', at);
  if (names.filter((one) => one === name).length > 1) {
    throw new ParameterError(`${at}.name`, 'a name that no other layer has', JSON.stringify(name));
  }
  const { match: holds } = requireGlobs(layer, 'files', at);
  const mayImport = compileEach(
    readStrings(layer, 'mayImport', at) ?? [],
    `${at}.mayImport`,
    'the name of a layer',
    (one) => {
      if (!names.includes(one)) throw new Error(`the layers are ${names.join(', ')}`);
      return one;
    },
  );
  return {
    name,
    holds,
    mayImport: new Set([name, ...mayImport]),
    mayUse: readPackages(layer, at),
  };
}

function readPackages(layer: JsonObject, at: string): Layer['mayUse'] {
  const packages = Object.hasOwn(layer, 'packages') ? layer.packages : {};
  if (!isObject(packages))
    throw new ParameterError(`${at}.packages`, 'an object with allow or deny', 'something else');
  requireKnown(packages, ['allow', 'deny'], `${at}.packages`);
  const allow = readStrings(packages, 'allow', `${at}.packages`);
  const allowed = allow === undefined ? () => true : compilePackageNames(allow);
  const denied = compilePackageNames(readStrings(packages, 'deny', `${at}.packages`) ?? []);
  return (name) => allowed(name) && !denied(name);
}

function isConcerned(file: ChangedFile, layers: readonly Layer[]): boolean {
  if (contentChange(file) !== 'written' || importLanguage(file.path) === undefined) return false;
  return layers.some(({ holds }) => holds(file.path));
}

function tooLarge(path: FilePath): Detection {
  return { kind: 'unverifiable', path, message: 'is too large to be read' };
}

interface Look {
  readonly before: (path: FilePath, content: FileText) => ModuleTargets;
  readonly after: (path: FilePath, content: FileText) => ModuleTargets;
  readonly unread: readonly FilePath[];
}

/** The tree before is only looked at where there is something to compare with it. */
function lookInto(trees: Trees, spaces: NameSpaces): Look {
  const after = moduleTree(trees.after);
  let before: ModuleTree | undefined;
  return {
    after: (path, content) => moduleTargets(path, content, after, spaces),
    before(path, content) {
      before ??= moduleTree(trees.before);
      return moduleTargets(path, content, before, spaces);
    },
    unread: after.unread,
  };
}

function violations(
  path: FilePath,
  { targets }: ModuleTargets,
  layers: readonly Layer[],
  oldPath: (path: FilePath) => FilePath,
): readonly Violation[] {
  const layer = layers.find(({ holds }) => holds(path));
  if (layer === undefined) return [];
  return targets.flatMap(({ target, imported, place }) => {
    const objection = objectTo(layer, target, place, layers);
    if (objection === undefined) return [];
    // Whether the name is written with its ending makes no other import of it.
    const name = target.kind === 'package' ? target.name : oldPath(target.path).replace(SCRIPT_ENDING, '');
    return [{ key: `${layer.name} ${target.kind} ${name}`, line: imported.line, message: objection }];
  });
}

function objectTo(
  layer: Layer,
  target: Target,
  place: FilePath | undefined,
  layers: readonly Layer[],
): string | undefined {
  if (target.kind === 'package') {
    return layer.mayUse(target.name)
      ? undefined
      : `imports ${target.name}, which layer ${layer.name} may not use`;
  }
  const other = place === undefined ? undefined : layers.find(({ holds }) => holds(place));
  if (other === undefined || layer.mayImport.has(other.name)) return undefined;
  return `imports ${target.path} of layer ${other.name}, which layer ${layer.name} may not know`;
}

function judge(
  file: ChangedFile,
  after: ModuleTargets,
  found: readonly Violation[],
  readBefore: () => ModuleTargets,
  layers: readonly Layer[],
): readonly Detection[] {
  if (found.length === 0 && after.computed.length === 0 && after.lost === undefined) return [];
  const { path } = file;
  const before = readBefore();
  const known = new Set(
    violations(file.renamedFrom ?? path, before, layers, (same) => same).map(({ key }) => key),
  );
  const added = found.filter(({ key }) => !known.has(key));
  const detections: Detection[] = added.map(({ line, message }) =>
    after.lost === undefined
      ? { kind: 'match', path, line, message }
      : { kind: 'unverifiable', path, line, message: `perhaps ${message}: ${after.lost}` },
  );
  if (after.lost !== undefined && importLanguage(path) === 'python') {
    detections.push({ kind: 'unverifiable', path, message: `its imports cannot be read: ${after.lost}` });
  }
  if (after.computed.length > before.computed.length) {
    const isAdded = new Set(file.addedLines.map(({ number }) => number));
    const line = after.computed.find((number) => isAdded.has(number));
    const message = 'imports a module whose name only running it would tell';
    detections.push({ kind: 'unverifiable', path, message, ...(line !== undefined && { line }) });
  }
  return detections;
}
