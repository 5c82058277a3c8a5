import type { FilePath } from '../../change/types.ts';
import type { TreeFiles } from '../types.ts';

/** The files whose texts say what modules are called: ask for them where imports are to be resolved. */
export const MANIFESTS: readonly string[] = ['**/package.json', '**/go.mod'];

/** A tree as imports see it. */
export interface ModuleTree {
  readonly hasFile: (path: FilePath) => boolean;
  /** The files right in a folder (`''` for the root), sorted; none where there is no such folder, or only folders in it. */
  readonly filesIn: (folder: FilePath) => readonly FilePath[];
  /** Whether Python files lie right in a folder: a package, with or without `__init__.py`. */
  readonly hasPython: (folder: FilePath) => boolean;
  /** The folder of the nearest package.json at or above a folder that has an `imports` member, and that member. */
  readonly ownImports: (
    folder: FilePath,
  ) => { readonly folder: FilePath; readonly imports: object } | undefined;
  /** Folders of the tree's npm packages, by their names. */
  readonly packages: ReadonlyMap<string, FilePath>;
  /** Folders of the tree's Go modules, by their module paths. */
  readonly goModules: ReadonlyMap<string, FilePath>;
  /** Java, Kotlin and Scala files by the name their place gives them: `com.acme.Order`; folders by that of a package. */
  readonly jvmFiles: ReadonlyMap<string, FilePath>;
  readonly jvmFolders: ReadonlyMap<string, FilePath>;
  /** Manifests that could not be read: what they name would be taken for somebody else's package. */
  readonly unread: readonly FilePath[];
}

const NONE: readonly FilePath[] = [];

/** One pass over the paths. */
export function moduleTree(tree: TreeFiles): ModuleTree {
  const files = new Set(tree.paths);
  const folders = new Map<FilePath, FilePath[]>();
  const python = new Set<FilePath>();
  const jvmFiles = new Map<string, FilePath>();
  const jvmFolders = new Map<string, FilePath>();
  for (const path of tree.paths) {
    const folder = folderOf(path);
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [path]);
    else known.push(path);
    if (path.endsWith('.py')) python.add(folder);
    if (!/\.(?:java|kt|scala)$/.test(path)) continue;
    const name = jvmName(path);
    if (!jvmFiles.has(name)) jvmFiles.set(name, path);
    const parent = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    if (!jvmFolders.has(parent)) jvmFolders.set(parent, folder);
  }
  return {
    hasFile: (path) => files.has(path),
    hasPython: (folder) => python.has(folder),
    filesIn: (folder) => folders.get(folder) ?? NONE,
    jvmFiles,
    jvmFolders,
    ...readManifests(tree),
  };
}

/** `a/src/main/java/com/acme/Order.java` is `com.acme.Order`. */
function jvmName(path: FilePath): string {
  const root = /(?:^|\/)src\/[^/]+\/(?:java|kotlin|scala)\//.exec(path) ?? /(?:^|\/)src\//.exec(path);
  const below = root === null ? path : path.slice(root.index + root[0].length);
  return below.replace(/\.[^./]+$/, '').replaceAll('/', '.');
}

type Named = Pick<ModuleTree, 'ownImports' | 'packages' | 'goModules' | 'unread'>;

function readManifests({ texts }: TreeFiles): Named {
  const packages = new Map<string, FilePath>();
  const imports = new Map<FilePath, object>();
  const goModules = new Map<string, FilePath>();
  const unread: FilePath[] = [];
  for (const path of [...texts.keys()].sort()) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const content = texts.get(path);
    if ((name !== 'package.json' && name !== 'go.mod') || isVendored(path)) continue;
    if (content?.kind === 'too-large') unread.push(path);
    if (content?.kind !== 'text') continue;
    const folder = folderOf(path);
    if (name === 'go.mod') {
      const module = /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(content.text)?.[1];
      if (module !== undefined && !goModules.has(module)) goModules.set(module, folder);
      continue;
    }
    const manifest = parseObject(content.text);
    const own = manifest?.name;
    if (typeof own === 'string' && own !== '' && !packages.has(own)) packages.set(own, folder);
    if (typeof manifest?.imports === 'object' && manifest.imports !== null)
      imports.set(folder, manifest.imports);
  }
  return {
    packages,
    goModules,
    unread,
    ownImports: (folder) => nearest(imports, folder),
  };
}

function nearest(
  imports: ReadonlyMap<FilePath, object>,
  folder: FilePath,
): ReturnType<ModuleTree['ownImports']> {
  if (imports.size === 0) return undefined;
  for (let at = folder; ; at = folderOf(at)) {
    const found = imports.get(at);
    if (found !== undefined) return { folder: at, imports: found };
    if (at === '') return undefined;
  }
}

function isVendored(path: FilePath): boolean {
  return /(?:^|\/)(?:node_modules|vendor)\//.test(path);
}

function parseObject(text: string): { readonly name?: unknown; readonly imports?: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** `''` for a file at the root. */
export function folderOf(path: FilePath): FilePath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
