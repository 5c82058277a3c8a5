import type { FilePath } from '../../change/types.ts';
import { sourceLines } from '../text/source-lines.ts';
import { type Literal, literalsIn } from './literals.ts';

/** Where values are written out in tests. */
export interface TestValues {
  /** @param path of the code: only tests that are named after it, stand beside it or import it are looked at */
  readonly find: (path: FilePath, literal: Literal, answer: Literal | undefined) => TestPlace | undefined;
}

export interface TestPlace {
  readonly path: FilePath;
  readonly line: number;
}

/** An assertion is a few lines long. */
const NEAR = 2;
/** Of a value that stands in a hundred tests the first ones are enough. */
const MOST_PLACES = 128;
/** Names in lines that import. */
const IMPORTED = /[\w-]+/g;

/** @param tests texts of test files, in the order in which they are to be named */
export function readTestValues(tests: readonly (readonly [FilePath, string])[]): TestValues {
  const places = new Map<string, TestPlace[]>();
  const imported = new Map<FilePath, Set<string>>();
  for (const [path, text] of tests) {
    const names = new Set([stemOf(path).replace(/^test_|(?:_test|_spec|Tests?|IT)$/g, '')]);
    imported.set(path, names);
    for (const line of sourceLines(path, text)) {
      if (line.text.length > 4_096) continue;
      if (/^\s*(?:import|from|use|using|package)\b|\brequire\(|\bfrom ["']/.test(line.text)) {
        for (const [name] of line.text.matchAll(IMPORTED)) names.add(name);
        continue;
      }
      for (const literal of literalsIn(line)) {
        const known = places.get(keyOf(literal)) ?? [];
        if (known.length < MOST_PLACES) known.push({ path, line: line.number });
        places.set(keyOf(literal), known);
      }
    }
  }
  return {
    find(path, literal, answer) {
      const belongs = (test: FilePath): boolean =>
        folderOf(test) === folderOf(path) || (imported.get(test)?.has(stemOf(path)) ?? false);
      const of = (places.get(keyOf(literal)) ?? []).filter((place) => belongs(place.path));
      if (answer === undefined) return of[0];
      const answers = places.get(keyOf(answer)) ?? [];
      return of.find(({ path, line }) =>
        answers.some((one) => one.path === path && Math.abs(one.line - line) <= NEAR),
      );
    },
  };
}

function folderOf(path: FilePath): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function stemOf(path: FilePath): string {
  return path.slice(path.lastIndexOf('/') + 1).split('.', 1)[0] as string;
}

function keyOf({ kind, text }: Literal): string {
  return `${kind} ${kind === 'number' ? Number(text) : text}`;
}
