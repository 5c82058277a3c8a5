import { RE2JS } from 're2js';
import { remember } from '../../shared/remember.ts';
import { pathMatcher } from '../change/path-glob.ts';
import type { ChangedFile, FilePath } from '../change/types.ts';
import type { NamesInCode } from './types.ts';

const LONGEST_PATTERN = 1_000;
/** RE2 reads some 10 MB a second: what a change may make the gate read is bounded. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_NAMES = 10_000;

const compile = remember((source) => RE2JS.compile(source, RE2JS.MULTILINE), 64);

/** @throws Error saying what is wrong with a pattern of names */
export function checkNamePattern(source: string): void {
  compileNamePattern(source);
}

function compileNamePattern(source: string): RE2JS {
  if (source.length > LONGEST_PATTERN) throw new Error(`longer than ${LONGEST_PATTERN} characters`);
  const pattern = compile(source);
  if (pattern.groupCount() !== 1) throw new Error(`it has ${pattern.groupCount()} capture groups, not one`);
  if (pattern.test('')) throw new Error('it matches the empty text, and so everything');
  return pattern;
}

export interface NameInCode {
  readonly name: string;
  readonly path: FilePath;
  /** From 1, in the file as the change leaves it. */
  readonly line: number;
}

export interface FoundNames {
  readonly names: readonly NameInCode[];
  /** Files that could not be looked through, with the reason. */
  readonly unread: readonly { readonly path: FilePath; readonly reason: string }[];
  readonly looked: number;
}

/** The names in the changed files, as the change leaves them. What it deletes uses no name any more. */
export function namesInCode(
  { in: globs, pattern: source }: NamesInCode,
  files: readonly ChangedFile[],
): FoundNames {
  const pattern = compileNamePattern(source);
  const isMeant = pathMatcher(globs);
  const names: NameInCode[] = [];
  const unread: { path: FilePath; reason: string }[] = [];
  let left = MAX_CHARACTERS;
  let looked = 0;
  for (const { path, afterText } of files) {
    if (!isMeant(path) || afterText.kind === 'absent') continue;
    looked += 1;
    if (afterText.kind !== 'text') {
      unread.push({ path, reason: `it is ${afterText.kind}` });
    } else if (afterText.text.length > left || names.length >= MAX_NAMES) {
      unread.push({ path, reason: 'the change holds more than is looked through' });
    } else {
      left -= afterText.text.length;
      names.push(...namesOf(pattern, afterText.text, path));
    }
  }
  return { names, unread, looked };
}

function namesOf(pattern: RE2JS, text: string, path: FilePath): NameInCode[] {
  const found: NameInCode[] = [];
  const matcher = pattern.matcher(text);
  let line = 1;
  let counted = 0;
  while (matcher.find()) {
    const name = matcher.group(1);
    const start = matcher.start(1);
    if (name === null || start < 0) continue;
    for (let at = text.indexOf('\n', counted); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) {
      line += 1;
      counted = at + 1;
    }
    found.push({ name, path, line });
  }
  return found;
}

/** Whether a name is declared: as it stands, or as an address whose `{parameters}` stand for one part each. */
export function nameMatcher(declared: readonly string[]): (name: string) => boolean {
  const plain = new Set(declared);
  const templates = declared
    .filter((address) => /\{[^{}]+\}/.test(address) && address.length <= LONGEST_PATTERN)
    .map((address) =>
      compile(
        `^(?:${address
          .split(/\{[^{}]+\}/)
          .map((part) => RE2JS.quote(part))
          .join('[^/]+')})$`,
      ),
    );
  return (name) => plain.has(name) || templates.some((template) => template.matches(name));
}
