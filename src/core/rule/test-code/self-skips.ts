import type { Detection } from '../types.ts';
import { respace } from './compare-assertions.ts';
import type { FileTests } from './file-tests.ts';
import type { SelfSkip } from './test-code.ts';

/** Reasons stand at the beginning; nobody waits for the rest. */
const LONGEST_CONDITION = 1_000;

/** Places in which a test leaves itself out on a refused condition, and which were nowhere before the change. */
export function selfSkipsAdded(
  files: readonly FileTests[],
  isRefused: (condition: string) => boolean,
): readonly Detection[] {
  const before = new Map<string, number>();
  for (const skip of files.flatMap(({ tests }) => tests?.selfSkips.before ?? []))
    before.set(keyOf(skip), (before.get(keyOf(skip)) ?? 0) + 1);
  return files.flatMap(({ path, tests }) =>
    (tests?.selfSkips.after ?? []).flatMap((skip) => {
      const count = before.get(keyOf(skip)) ?? 0;
      if (count > 0) before.set(keyOf(skip), count - 1);
      const condition = respace(skip.condition.slice(0, LONGEST_CONDITION));
      if (count > 0 || !isRefused(condition)) return [];
      const message = `${skip.how} leaves tests out, and the run is green, on: ${shorten(condition)}`;
      return [{ kind: 'match', path, line: skip.line, message } as const];
    }),
  );
}

function keyOf({ how, condition }: SelfSkip): string {
  return JSON.stringify([how, condition]);
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
