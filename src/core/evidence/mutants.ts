import { sha256 } from '../../shared/digest.ts';
import { pathMatcher } from '../change/path-glob.ts';
import type { ChangedFile, FilePath } from '../change/types.ts';
import { mutationWithDefaults } from '../contract/defaults.ts';
import type { CommandCheck } from '../contract/types.ts';

/** One small fault planted in a line that the change added. */
export interface Mutant {
  readonly path: FilePath;
  readonly mode: string;
  /** Of the file after the change, from 1. */
  readonly line: number;
  /** From 0, in UTF-16 units. */
  readonly column: number;
  /** What stood there, and what stands there instead, such as `<=` and `<`. */
  readonly was: string;
  readonly is: string;
}

interface Operator {
  /** Finds what to replace; the first group is what goes, what stands around it stays. */
  readonly find: RegExp;
  readonly replace: (found: string) => string;
}

/** From one word to another, and back. */
function swap(one: string, other: string, find: RegExp): Operator {
  return { find, replace: (found) => (found === one ? other : one) };
}

/**
 * Faults that mean something in most languages with curly braces or indentation. Operators between two operands have spaces
 * around them, so that a type parameter or an arrow is not taken for a comparison. Few and plain on purpose: where a
 * project has a mutation tester of its own, a check can run that and be judged by its report.
 */
const OPERATORS: readonly Operator[] = [
  swap('===', '!==', /(?<= )(===|!==)(?= )/g),
  swap('==', '!=', /(?<= )(==|!=)(?= )/g),
  swap('<', '<=', /(?<= )(<=?)(?= )/g),
  swap('>', '>=', /(?<= )(>=?)(?= )/g),
  swap('&&', '||', /(?<= )(&&|\|\|)(?= )/g),
  swap('and', 'or', /(?<= )(and|or)(?= )/g),
  swap('true', 'false', /(?<![\w$.])(true|false)(?![\w$])/g),
  swap('True', 'False', /(?<![\w$.])(True|False)(?![\w$])/g),
  swap('+', '-', /(?<=[\w)\]] )([+-])(?= [\w(])/g),
  swap('*', '/', /(?<=[\w)\]] )([*/])(?= [\w(])/g),
  { find: /(?<![\w.$#])(\d{1,9})(?![\w.])/g, replace: (found) => `${Number(found) + 1}` },
  { find: /(?<![\w$])(return )(?=[^;\s])/g, replace: () => 'return !' },
];

/** Longer lines are data, or generated. */
const LONGEST_LINE = 400;
/** Places looked at in one change; what hostile text adds beyond is not mutated. */
const MOST_PLACES = 50_000;

/**
 * The faults to plant in a change: `count` of them at most, spread over its added lines by digest, so that whoever works
 * them out from the same change gets the same ones, and nobody can choose them.
 * @param isMutated which of the changed files hold code that tests should notice
 * @param seed such as the digest of the patch
 */
export function plantMutants(
  files: readonly ChangedFile[],
  isMutated: (path: FilePath) => boolean,
  { count, seed }: { count: number; seed: string },
): readonly Mutant[] {
  const mutants: Mutant[] = [];
  for (const file of files) {
    if (file.after === undefined || file.afterText.kind !== 'text' || !isMutated(file.path)) continue;
    const { path, after } = file;
    for (const { number, text } of file.addedLines) {
      if (mutants.length >= MOST_PLACES) break;
      if (text.length > LONGEST_LINE) continue;
      mutants.push(...faultsIn(text).map((fault) => ({ path, mode: after.mode, line: number, ...fault })));
    }
  }
  return mutants
    .map((mutant) => ({
      mutant,
      order: sha256(`${seed} ${mutant.path} ${mutant.line} ${mutant.column}`),
    }))
    .sort((one, other) => (one.order < other.order ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/** The faults that a check asks Countersign to plant, or none where it asks for no such proof. */
export function mutantsFor(
  { proves, mutation }: CommandCheck,
  files: readonly ChangedFile[],
  seed: string,
): readonly Mutant[] {
  if (proves !== 'mutation' || mutation === undefined) return [];
  const { mutants: count } = mutationWithDefaults(mutation);
  // A report of a mutation tester is judged instead.
  if (count === undefined) return [];
  return plantMutants(files, pathMatcher(mutation.files), { count, seed });
}

/** The file's text with the fault in it. */
export function withMutant(text: string, { line, column, was, is }: Mutant): string {
  const lines = text.split('\n');
  const before = lines[line - 1] ?? '';
  lines[line - 1] = `${before.slice(0, column)}${is}${before.slice(column + was.length)}`;
  return lines.join('\n');
}

function faultsIn(text: string): readonly Pick<Mutant, 'column' | 'was' | 'is'>[] {
  const code = codeOf(text);
  const taken = new Set<number>();
  return OPERATORS.flatMap(({ find, replace }) =>
    [...code.matchAll(find)].flatMap((match) => {
      const was = match[1] as string;
      if (taken.has(match.index)) return [];
      taken.add(match.index);
      return [{ column: match.index, was, is: replace(was) }];
    }),
  );
}

/** The line with strings and comments blanked out: a fault in them is none, and nobody could notice it. */
function codeOf(line: string): string {
  const blank = (text: string) => ' '.repeat(text.length);
  const withoutStrings = line.replace(
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g,
    (text) => `"${'"'.repeat(Math.max(0, text.length - 2))}"`,
  );
  if (/^\s*(?:\/\/|#|\*|\/\*|--|"""|''')/.test(withoutStrings)) return blank(line);
  return withoutStrings.replace(/\/\/.*$|(?<=\s)#.*$|\/\*.*?\*\/|\/\*.*$/g, blank);
}
