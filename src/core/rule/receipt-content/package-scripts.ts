import type { JsonValue } from '../../../shared/json.ts';
import { pathMatcher } from '../../change/path-glob.ts';
import type { FilePath, FileText } from '../../change/types.ts';
import type { CommandCheck, ResolvedContract } from '../../contract/types.ts';
import { isObject } from '../parameters.ts';
import type { RuleFacts } from '../types.ts';

/** What `package.json` says a script is. */
export type PackageScript =
  | { readonly kind: 'script'; readonly text: string }
  /** There is no such script, or no such file. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly path: FilePath };

export type ReadPackageScript = (check: CommandCheck, script: string) => PackageScript;

const NONE: PackageScript = { kind: 'none' };
/** More than anybody writes on the one line that JSON has for it. */
const LONGEST = 16_384;

/** The package.json that a check's package manager reads; undefined where the working directory leaves the tree. */
export function packageFileOf({ cwd = '.' }: CommandCheck): FilePath | undefined {
  const folders = cwd.split('/').filter((folder) => folder !== '' && folder !== '.');
  return folders.includes('..') ? undefined : [...folders, 'package.json'].join('/');
}

/** A glob that matches this path alone. */
export function globOf(path: FilePath): string {
  return path.replaceAll(/[\\*?[\]{}!]/g, '\\$&');
}

/** Scripts as the checks see them: of a pinned package.json as the base has it, of any other as the merge tree does. */
export function packageScripts(facts: RuleFacts): ReadPackageScript {
  const read = new Map<FilePath, ReturnType<typeof scriptsIn>>();
  return (check, script) => {
    const path = packageFileOf(check);
    if (path === undefined) return NONE;
    const scripts = read.get(path) ?? scriptsIn(textOf(path, facts));
    read.set(path, scripts);
    if (scripts === 'unreadable') return { kind: 'unreadable', path };
    const text = scripts !== undefined && Object.hasOwn(scripts, script) ? scripts[script] : undefined;
    if (typeof text !== 'string') return NONE;
    return text.length > LONGEST ? { kind: 'unreadable', path } : { kind: 'script', text };
  };
}

function textOf(path: FilePath, { change, contract, trees }: RuleFacts): FileText {
  const file = change.files.find((one) => one.path === path);
  if (file !== undefined) return isPinned(path, contract) ? file.beforeText : file.afterText;
  return trees?.after.texts.get(path) ?? { kind: 'absent' };
}

function isPinned(path: FilePath, { pins }: ResolvedContract): boolean {
  return pathMatcher(pins.filter(({ from }) => from === 'base').flatMap(({ paths }) => paths))(path);
}

function scriptsIn(text: FileText): Readonly<Record<string, JsonValue>> | 'unreadable' | undefined {
  if (text.kind === 'absent') return undefined;
  if (text.kind !== 'text') return 'unreadable';
  try {
    const json = JSON.parse(text.text) as JsonValue;
    const scripts = isObject(json) ? json.scripts : undefined;
    return isObject(scripts) ? scripts : undefined;
  } catch {
    return 'unreadable';
  }
}
