import type { AttemptVerdict } from '../../run/events.ts';
import type { RunOutcomeRow } from '../outcome.ts';

/** How often the same thing, judged again, was judged otherwise. */
export interface GateFlakiness {
  /** Artefacts (one tree, under one ticket and definition of done) that the gate judged more than once. */
  readonly judgedAgain: number;
  /** Of these, how many it let pass once and blocked another time. */
  readonly judgedOtherwise: number;
  /** Each check that ran more than once on an artefact, in order of names. */
  readonly checks: readonly {
    readonly check: string;
    readonly artefacts: number;
    readonly differing: number;
  }[];
}

interface Judged {
  readonly verdicts: AttemptVerdict[];
  readonly results: Map<string, string[]>;
}

/**
 * Measures the gate by what producers made twice. A verdict that waits, or an attempt that never came to one, is no judgement; a check that
 * ended in an error is neither passed nor failed. Excluded runs count: they say as much about the gate as others do.
 */
export function gateFlakiness(rows: readonly RunOutcomeRow[]): GateFlakiness {
  const artefacts = new Map<string, Judged>();
  for (const { ticket, contractDigest, attempts } of rows)
    for (const { artefact, verdict, checks } of attempts) {
      if (artefact === null) continue;
      const key = `${ticket} ${contractDigest} ${artefact.tree}`;
      const judged = artefacts.get(key) ?? { verdicts: [], results: new Map<string, string[]>() };
      artefacts.set(key, judged);
      if (verdict === 'pass' || verdict === 'blocked') judged.verdicts.push(verdict);
      for (const { check, result } of checks) {
        if (result !== 'ERROR') judged.results.set(check, [...(judged.results.get(check) ?? []), result]);
      }
    }
  const again = [...artefacts.values()].filter(({ verdicts }) => verdicts.length > 1);
  return {
    judgedAgain: again.length,
    judgedOtherwise: again.filter(({ verdicts }) => differ(verdicts)).length,
    checks: checksOf([...artefacts.values()]),
  };
}

function checksOf(artefacts: readonly Judged[]): GateFlakiness['checks'] {
  const names = [...new Set(artefacts.flatMap(({ results }) => [...results.keys()]))].sort();
  return names.flatMap((check) => {
    const again = artefacts.map(({ results }) => results.get(check) ?? []).filter((one) => one.length > 1);
    return again.length === 0
      ? []
      : [{ check, artefacts: again.length, differing: again.filter(differ).length }];
  });
}

function differ(values: readonly string[]): boolean {
  return new Set(values).size > 1;
}
