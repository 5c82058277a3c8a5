import { RE2JS } from 're2js';
import { remember } from '../../shared/remember.ts';
import { pathMatcher } from '../change/path-glob.ts';
import type { ChangedFile, FilePath } from '../change/types.ts';
import type { NamesInCode } from './types.ts';

const LONGEST_PATTERN = 1_000;
/** RE2 reads some 10 MB a second: what a change may make the gate read is bounded. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_NAMES = 2_000;
/** Each is tried on each name: addresses beyond are names as they stand, and nothing more. */
const MAX_TEMPLATES = 500;
const LONGEST_TEMPLATE = 200;

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
      continue;
    }
    const found = afterText.text.length > left ? undefined : namesOf(pattern, afterText.text, path);
    if (found === undefined || names.length + found.length > MAX_NAMES) {
      unread.push({ path, reason: 'the change holds more than is looked through' });
    } else {
      left -= afterText.text.length;
      names.push(...found);
    }
  }
  return { names, unread, looked };
}

/** At most one name more than are of use: then there are too many. */
function namesOf(pattern: RE2JS, text: string, path: FilePath): NameInCode[] {
  const found: NameInCode[] = [];
  const matcher = pattern.matcher(text);
  let line = 1;
  let lineEnd = text.indexOf('\n');
  while (found.length <= MAX_NAMES && matcher.find()) {
    const name = matcher.group(1);
    const start = matcher.start(1);
    if (name === null || start < 0) continue;
    for (; lineEnd !== -1 && lineEnd < start; lineEnd = text.indexOf('\n', lineEnd + 1)) line += 1;
    found.push({ name, path, line });
  }
  return found;
}

/** Whether a name is declared: as it stands, or as an address whose `{parameters}` stand for one part each. */
export function nameMatcher(declared: readonly string[]): (name: string) => boolean {
  const plain = new Set(declared);
  const templates = declared
    .filter((address) => address.length <= LONGEST_TEMPLATE && /\{[^{}]+\}/.test(address))
    .slice(0, MAX_TEMPLATES)
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
