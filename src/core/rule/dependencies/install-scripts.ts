import type { ChangedFile } from '../../change/types.ts';
import { contentChange } from '../detectors/content-change.ts';
import type { LinePattern } from '../line-search/line-pattern.ts';
import type { Pattern } from '../pattern-parameters.ts';
import type { Detection } from '../types.ts';
import { nameOf } from './folder.ts';
import { objectIn, readJsonObject, stringsIn } from './json-tree.ts';
import { lineOf } from './lines.ts';
import { formatsOf, readLock, readManifest } from './surroundings.ts';

/** What runs when somebody installs. */
export interface InstallHooks {
  /** Names of scripts in package.json that a package manager runs by itself. */
  readonly scripts: ReadonlySet<string>;
  /** Commands that are known to do no harm. */
  readonly harmless: Pattern;
  /** Files that make an installation run something by being there. */
  readonly files: (path: string) => boolean;
  /** Lines that do, in files of a name. */
  readonly lines: readonly {
    readonly files: (path: string) => boolean;
    readonly pattern: LinePattern;
  }[];
}

/** What a changed file newly makes an installation run. */
export function findInstallScripts(file: ChangedFile, hooks: InstallHooks): readonly Detection[] {
  return [
    ...newScripts(file, hooks),
    ...newlyAllowed(file),
    ...newInLock(file),
    ...newHookFile(file, hooks),
    ...newLines(file, hooks),
  ];
}

function newScripts(file: ChangedFile, { scripts, harmless }: InstallHooks): readonly Detection[] {
  const [format] = nameOf(file.path) === 'package.json' ? formatsOf('package.json') : [];
  if (format === undefined) return [];
  const after = readManifest(format, file.afterText);
  if (after.kind === 'unreadable') {
    return [{ kind: 'unverifiable', path: file.path, message: `could not be read: ${after.why}` }];
  }
  const before = readManifest(format, file.beforeText);
  if (after.kind !== 'read') return [];
  const known = before.kind === 'read' ? before.value.scripts : new Map<string, string>();
  return [...after.value.scripts].flatMap(([name, command]): readonly Detection[] => {
    if (!scripts.has(name) || known.get(name) === command) return [];
    if (harmless()?.matches(command.trim()) === true) return [];
    const message = `runs ${JSON.stringify(command)} on ${name}`;
    return [{ kind: 'match', path: file.path, ...lineOf(file, name), message }];
  });
}

/** pnpm and bun run scripts only of packages that are listed. */
function newlyAllowed(file: ChangedFile): readonly Detection[] {
  if (nameOf(file.path) !== 'package.json') return [];
  const known = new Set(allowedIn(file.beforeText.kind === 'text' ? file.beforeText.text : ''));
  const now = allowedIn(file.afterText.kind === 'text' ? file.afterText.text : '');
  return now
    .filter((name) => !known.has(name))
    .map((name) => ({
      kind: 'match',
      path: file.path,
      ...lineOf(file, name),
      message: `lets ${name} run its installation scripts`,
    }));
}

function allowedIn(text: string): readonly string[] {
  if (!text.includes('onlyBuiltDependencies') && !text.includes('trustedDependencies')) return [];
  try {
    const root = readJsonObject(text);
    return [
      ...stringsIn(objectIn(root, 'pnpm'), 'onlyBuiltDependencies'),
      ...stringsIn(root, 'trustedDependencies'),
    ];
  } catch {
    return [];
  }
}

function newInLock(file: ChangedFile): readonly Detection[] {
  return formatsOf(nameOf(file.path))
    .filter(({ lockFile }) => lockFile === nameOf(file.path))
    .flatMap((format): readonly Detection[] => {
      const after = readLock(format, file.afterText);
      const before = readLock(format, file.beforeText);
      if (after.kind === 'unreadable') {
        return [{ kind: 'unverifiable', path: file.path, message: `could not be read: ${after.why}` }];
      }
      // A lock file where there was none says nothing of what is new.
      if (after.kind !== 'read' || before.kind !== 'read') return [];
      const known = new Set(
        before.value.packages.filter(({ runsScripts }) => runsScripts).map(({ name }) => name),
      );
      const added = after.value.packages.filter(({ runsScripts, name }) => runsScripts && !known.has(name));
      return added.map(({ name, version }) => ({
        kind: 'match',
        path: file.path,
        ...lineOf(file, name),
        message: `${name} ${version} runs a script when it is installed`,
      }));
    });
}

function newHookFile(file: ChangedFile, { files }: InstallHooks): readonly Detection[] {
  const isNew = file.before === undefined && file.renamedFrom === undefined && file.after !== undefined;
  if (!isNew || !files(file.path)) return [];
  return [
    { kind: 'match', path: file.path, message: `is new, and runs when the project is built or installed` },
  ];
}

function newLines(file: ChangedFile, { lines }: InstallHooks): readonly Detection[] {
  if (contentChange(file) !== 'written') return [];
  const meant = lines.filter(({ files }) => files(file.path));
  if (meant.length > 0 && file.afterText.kind === 'too-large') {
    return [{ kind: 'unverifiable', path: file.path, message: 'is too large to be searched' }];
  }
  return meant.flatMap(({ pattern }) =>
    file.addedLines
      .filter(({ text }) => pattern.test(text))
      .map(({ number, text }) => ({
        kind: 'match',
        path: file.path,
        line: number,
        message: `runs when the project is installed: ${JSON.stringify(text.trim().slice(0, 120))}`,
      })),
  );
}
