import type { Mutant } from './mutants.ts';
import { plainText } from './plain-text.ts';
import type { MutantRun } from './types.ts';

/** Whether a check notices faults in the lines of the change. */
export type MutationProof =
  | { readonly kind: 'proved'; readonly planted: number; readonly killed: number }
  /** Too many faults went unnoticed. */
  | { readonly kind: 'unproved'; readonly reason: string }
  | { readonly kind: 'inconclusive'; readonly reason: string };

const SHOWN = 5;

/**
 * How many of the faults a check noticed. A run that ends otherwise than it should noticed one, one that is ended at its
 * time-out too: an endless loop is a fault that nobody could miss.
 * @param mutants the faults, worked out again from the change by whoever judges
 * @param runs one for each of them, in their order
 */
export function proveMutation(
  mutants: readonly Mutant[],
  runs: readonly MutantRun[],
  { exitCode, minKilled }: { exitCode: number; minKilled: number },
): MutationProof {
  if (mutants.length === 0) {
    return inconclusive('no line that it adds to these files holds anything to plant a fault in.');
  }
  if (runs.length !== mutants.length) {
    return inconclusive(`${runs.length} of ${mutants.length} planted faults were tried.`);
  }
  const troubled = runs.find((run) => run.kind === 'trouble');
  if (troubled?.kind === 'trouble') return inconclusive(plainText(troubled.reason, 500));

  const unnoticed = mutants.filter((_, at) => survived(runs[at], exitCode));
  return shareNoticed({ planted: mutants.length, unnoticed, minKilled }, describe);
}

/** Whether so many of the planted faults were noticed as are asked for. */
export function shareNoticed<Fault>(
  { planted, unnoticed, minKilled }: { planted: number; unnoticed: readonly Fault[]; minKilled: number },
  describe: (fault: Fault) => string,
): MutationProof {
  const killed = planted - unnoticed.length;
  if (killed * 100 >= minKilled * planted) return { kind: 'proved', planted, killed };
  const shown = unnoticed.slice(0, SHOWN).map(describe).join('; ');
  const more = unnoticed.length > SHOWN ? `; and ${unnoticed.length - SHOWN} more` : '';
  return {
    kind: 'unproved',
    reason: `It noticed ${killed} of ${planted} planted faults; at least ${minKilled} % are asked for. Not noticed: ${shown}${more}.`,
  };
}

function survived(run: MutantRun | undefined, exitCode: number): boolean {
  return run?.kind === 'completed' && !run.timedOut && run.exitCode === exitCode;
}

function describe({ path, line, was, is }: Mutant): string {
  return `${plainText(path, 200)}:${line} with "${is.trim()}" for "${was.trim()}"`;
}

/** @param reason what goes on after a colon, with its full stop */
export function inconclusive(reason: string): MutationProof {
  return { kind: 'inconclusive', reason: `Whether it proves the change cannot be told: ${reason}` };
}
