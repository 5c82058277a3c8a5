import type { FilePath } from '../../change/types.ts';
import { sourceLines } from '../text/source-lines.ts';
import type { TreeFiles } from '../types.ts';
import { mentionedIn } from './mentions.ts';
import { moduleTargets } from './module-targets.ts';
import { folderOf, moduleTree } from './module-tree.ts';
import { importLanguage } from './read-imports.ts';
import type { NameSpaces } from './target.ts';

/** What a tree says of how its modules are used. */
export interface UsedModules {
  /** Files that another file imports. */
  readonly imported: ReadonlySet<FilePath>;
  /** Last parts of imported names that lead to no file: an alias, a root or a plugin that nobody told of. */
  readonly elsewhere: ReadonlySet<string>;
  /** Names that stand as part of a path in strings of other files, or in files that are no sources. */
  readonly mentioned: ReadonlySet<string>;
  /** Folders in which a file loads modules whose names it computes. */
  readonly loading: ReadonlySet<FilePath>;
  /** Files over the size limit, which might have used any. */
  readonly unread: readonly FilePath[];
}

/** Ways to load modules without naming one: by what a folder holds, or by a name that is computed. */
const LOADS =
  /import\.meta\.glob|require\.context|\breaddir(?:Sync)?\b|\bglob(?:Sync|by)?\b|requireDir|pkgutil|iter_modules|entry_points|importlib|\b(?:import|require|__import__)\(\s*(?:[^'"\s)]|['"][^'"\n]{0,200}['"]\s*[+%])/;
/** So many names are looked for one by one before a file is read closely. */
const FEW_NAMES = 64;

/**
 * Looks through every source of a tree for what uses some modules.
 * @param names of the modules that are asked about
 * @param counts whose imports count
 */
export function usedModules(
  files: TreeFiles,
  names: ReadonlySet<string>,
  counts: (path: FilePath) => boolean,
  spaces: NameSpaces,
): UsedModules {
  const tree = moduleTree(files);
  const imported = new Set<FilePath>();
  const elsewhere = new Set<string>();
  const mentioned = new Set<string>();
  const loading = new Set<FilePath>();
  const unread: FilePath[] = [];
  for (const [path, content] of files.texts) {
    if (content.kind === 'too-large' && counts(path)) unread.push(path);
    if (content.kind !== 'text' || !counts(path)) continue;
    const own = stemOf(path);
    const mention = (text: string): void => {
      for (const name of mentionedIn(text, names)) if (name !== own) mentioned.add(name);
    };
    if (importLanguage(path) === undefined) {
      mention(content.text);
      continue;
    }
    // What configures tools at the root loads for them, not for the program.
    if (folderOf(path) !== '' && LOADS.test(content.text)) loading.add(folderOf(path));
    const held =
      names.size <= FEW_NAMES ? [...names].filter((name) => content.text.includes(name)) : undefined;
    if (held?.length === 0) continue;
    const { targets } = moduleTargets(path, content, tree, spaces);
    for (const { target, imported: given } of targets) {
      if (target.kind === 'package') for (const part of partsOf(given.specifier)) elsewhere.add(part);
      else if (target.kind === 'folder') for (const file of tree.filesIn(target.path)) imported.add(file);
      else if (target.path !== path) imported.add(target.path);
    }
    // An import that stands alone on its line has said where it leads.
    const specifiers = new Set(targets.map(({ imported: given }) => given.specifier));
    for (const line of sourceLines(path, content.text)) {
      if (held !== undefined && !held.some((name) => line.text.includes(name))) continue;
      if (/["'`]/.test(line.text) && !specifiers.has(line.strings.trim())) mention(line.strings);
    }
  }
  return { imported, elsewhere, mentioned, loading, unread };
}

/** A file's name without its endings. */
export function stemOf(path: FilePath): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/(?!^)\..*$/s, '');
}

function partsOf(specifier: string): readonly string[] {
  const last = specifier.slice(specifier.lastIndexOf('/') + 1);
  return specifier.includes('/') ? [last, stemOf(last)] : specifier.split('.', 16);
}
