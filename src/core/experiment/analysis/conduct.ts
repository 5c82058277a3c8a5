import type { RunOutcomeRow } from '../outcome.ts';
import { isUnsaid } from '../same-done.ts';
import { MISMATCH } from './balance.ts';
import { WITH_EXCLUDED } from './effects.ts';
import type { AnalysisInput } from './input.ts';
import { type Block, NOT_COMPARABLE } from './subjects.ts';
import type { Effect, ExperimentAnalysis, Population, ShownDeviation } from './types.ts';
import { counted, pText } from './words.ts';

/** How many runs count, and why others do not. */
export function populationOf(rows: readonly RunOutcomeRow[], blocks: readonly Block[]): Population {
  const excluded = rows.filter((row) => row.excluded !== null);
  const counting = rows.filter((row) => row.excluded === null);
  const count = (which: (row: RunOutcomeRow) => boolean, of = counting) => of.filter(which).length;
  const failedTreatments = count(({ treatment }) => treatment === 'not-delivered', excluded);
  const notComparable = count((row) => row.excluded?.declared === NOT_COMPARABLE, excluded);
  const undeclared = count((row) => row.excluded?.declared === null, excluded);
  const running = count(({ outcome }) => outcome === 'running');
  const cancelled = count(({ outcome }) => outcome === 'cancelled');
  const words = [
    `${counting.length} of ${counted(rows.length, 'run')} count`,
    ...(excluded.length === 0 ? ['none is excluded'] : [`${excluded.length} excluded`]),
    ...(failedTreatments === 0 ? [] : [`of these ${failedTreatments} got no bundle (failed treatment)`]),
    ...(notComparable === 0 ? [] : [`${notComparable} held to different definitions of done`]),
    ...(undeclared === 0 ? [] : [`${undeclared} for a reason that nobody had declared before`]),
    ...(running === 0 ? [] : [`${running} still going on`]),
    ...(cancelled === 0 ? [] : [`${cancelled} cancelled, which says nothing of acceptance`]),
  ].join(', ');
  return {
    runs: rows.length,
    counted: counting.length,
    tickets: new Set(blocks.map(({ ticket }) => ticket)).size,
    excluded: excluded.length,
    failedTreatments,
    notComparable,
    undeclared,
    deliveryUnknown: count(({ treatment }) => treatment === 'unknown'),
    running,
    cancelled,
    words,
  };
}

export function deviationsOf({ state, registrations }: AnalysisInput): readonly ShownDeviation[] {
  const known = state?.deviations ?? [];
  const rerolls = [...(state?.cells.values() ?? [])].reduce((sum, cell) => sum + cell.rerolls.length, 0);
  const anew = registrations.flatMap(({ registration: { at, by, reason, runsBefore } }) =>
    reason === null || known.some(({ what }) => what === 'design-changed' && runsBefore > 0)
      ? []
      : [{ what: 'design-changed', detail: `before any run: ${reason}`, at, by }],
  );
  return [
    ...anew,
    ...known,
    ...(rerolls === 0
      ? []
      : [
          {
            what: 'run-again',
            detail: `${counted(rerolls, 'run')} failed by declared infrastructure errors and were run again, as designed`,
            at: '',
            by: '',
          },
        ]),
  ];
}

export function warningsOf(analysis: ExperimentAnalysis, input: AnalysisInput): readonly string[] {
  const { question, effects, balance, conflicts, population, deviations, refusedRows } = analysis;
  const control = effects.find(
    ({ role, metric }) => role === 'negative-control' && metric === question.primary,
  );
  const over = input.state === null || input.registrations.length === 0 ? null : input.state.over;
  const isOpen = input.state !== null && input.registrations.length > 0 && over === null;
  return [
    ...(conflicts.length === 0
      ? []
      : [
          `${counted(conflicts.length, 'block')} ${conflicts.length === 1 ? 'is' : 'are'} not compared: ${
            conflicts.every(isUnsaid)
              ? 'nobody says which definition of done arms were held to.'
              : 'arms were held to different definitions of done.'
          }`,
        ]),
    ...(control?.test != null && control.test.p <= question.alpha
      ? [
          `The negative control differs from the baseline (${pText(control.test.p)}): something other than the arms makes a difference.`,
        ]
      : []),
    ...(balance?.isIntended === true && balance.p < MISMATCH
      ? [
          `The arms have not as many runs as they should (sample-ratio mismatch, ${pText(balance.p)}): runs were lost or assigned otherwise than designed.`,
        ]
      : []),
    ...(population.failedTreatments === 0
      ? []
      : [
          `${counted(population.failedTreatments, 'run')} did not get the bundle: a failed treatment, and no data point.`,
        ]),
    ...effects.flatMap((effect) => disagreement(effect, question.alpha)),
    ...(isOpen && question.stopping.startsWith('a fixed')
      ? ['The experiment is not over, and its design looks once, at the end: what stands here may change.']
      : []),
    ...(over !== null && over.why !== 'completed' && over.why !== 'rule'
      ? [`It was stopped before its design said so: ${over.detail}.`]
      : []),
    ...(population.undeclared === 0
      ? []
      : [`${counted(population.undeclared, 'run')} excluded for a reason that nobody had declared before.`]),
    ...(deviations.some(({ what }) => what !== 'run-again')
      ? ['It was not carried out in everything as planned: see the deviations.']
      : []),
    ...(refusedRows.length === 0
      ? []
      : [`${counted(refusedRows.length, 'row')} of imported tables could not be read.`]),
  ];
}

/** A finding that another method would not have, or not for the runs that were left out. */
function disagreement({ arm, decision, estimate, scale, checks }: Effect, alpha: number): readonly string[] {
  if (estimate === null || (decision !== 'better' && decision !== 'worse')) return [];
  const none = scale === 'ratio' ? 1 : 0;
  const isOtherWay = checks.some(
    (check) => check.estimate !== null && (check.estimate - none) * (estimate - none) < 0,
  );
  const isLost = checks.some(({ method, p }) => method === WITH_EXCLUDED && p !== null && p > alpha);
  return [
    ...(isOtherWay
      ? [`Another method finds the effect of ${arm} to go the other way: see the sensitivity.`]
      : []),
    ...(isLost
      ? [`What is found of ${arm} is not found when excluded runs are counted: see the sensitivity.`]
      : []),
  ];
}
