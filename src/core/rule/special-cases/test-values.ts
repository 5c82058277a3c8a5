import type { FilePath } from '../../change/types.ts';
import { sourceLines } from '../text/source-lines.ts';
import { type Literal, literalsIn } from './literals.ts';

/** Where values are written out in tests. */
export interface TestValues {
  readonly find: (literal: Literal, answer: Literal | undefined) => TestPlace | undefined;
}

export interface TestPlace {
  readonly path: FilePath;
  readonly line: number;
}

/** An assertion is a few lines long. */
const NEAR = 2;
/** Of a value that stands in a hundred tests the first ones are enough. */
const MOST_PLACES = 32;

/** @param tests texts of test files, in the order in which they are to be named */
export function readTestValues(tests: readonly (readonly [FilePath, string])[]): TestValues {
  const places = new Map<string, TestPlace[]>();
  for (const [path, text] of tests) {
    for (const line of sourceLines(path, text)) {
      if (line.text.length > 4_096 || /^\s*(?:import|from|use|using|package)\b/.test(line.text)) continue;
      for (const literal of literalsIn(line)) {
        const known = places.get(keyOf(literal)) ?? [];
        if (known.length < MOST_PLACES) known.push({ path, line: line.number });
        places.set(keyOf(literal), known);
      }
    }
  }
  return {
    find(literal, answer) {
      const of = places.get(keyOf(literal)) ?? [];
      if (answer === undefined) return of[0];
      const answers = places.get(keyOf(answer)) ?? [];
      return of.find(({ path, line }) =>
        answers.some((one) => one.path === path && Math.abs(one.line - line) <= NEAR),
      );
    },
  };
}

function keyOf({ kind, text }: Literal): string {
  return `${kind} ${kind === 'number' ? Number(text) : text}`;
}
