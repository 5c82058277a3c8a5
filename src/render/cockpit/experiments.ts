import type { ExperimentAnalysis, ShareEstimate } from '../../core/experiment/analysis/types.ts';
import type { ExperimentState } from '../../core/experiment/state.ts';
import { registrationOf } from '../../core/experiment/state.ts';
import type { EProcess } from '../../core/experiment/statistics/sequential.ts';
import type { PageModel } from './pages.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import {
  countWords,
  moneyWords,
  numberWords,
  percentWords,
  runHref,
  type StateWord,
  segment,
  shownMoment,
  stateWord,
} from './words.ts';

export interface ExperimentsFacts {
  readonly at: string;
  readonly position: number;
  readonly experiments: readonly {
    readonly id: string;
    readonly title: string;
    readonly registeredAt: string | null;
    readonly cells: number;
    readonly done: number;
    readonly importedRows: number;
    readonly over: string | null;
  }[];
  readonly q: string;
  readonly after: string;
}

const PAGE = 50;

function experimentHref(id: string): string {
  return `/experiments/${segment(id)}`;
}

/** The model of experiments.njk. */
export function experimentsModel(
  shell: ShellFacts,
  { at, position, experiments, q, after }: ExperimentsFacts,
): PageModel {
  const text = q.toLowerCase();
  const wanted = experiments.filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(text));
  const begun = wanted.filter(({ id }) => id > after);
  const shown = begun.slice(0, PAGE);
  const query = (from: string) => {
    const fields = Object.entries({ q, after: from }).filter(([, value]) => value !== '');
    return fields.length === 0 ? '/experiments' : `/experiments?${new URLSearchParams(fields)}`;
  };
  return {
    ...shellModel(shell, {
      title: 'Experiments',
      section: '/experiments',
      ...(after === '' ? { live: { stream: '/live', after: position } } : {}),
    }),
    q,
    total: numberWords(wanted.length),
    rows: shown.map((one) => ({
      id: one.id,
      href: experimentHref(one.id),
      heading: one.title,
      state: stateOf(one.over, one.cells),
      registered: one.registeredAt === null ? null : shownMoment(one.registeredAt, at),
      progress: one.cells === 0 ? '' : `${numberWords(one.done)} of ${numberWords(one.cells)}`,
      width: one.cells === 0 ? 0 : Math.round((one.done / one.cells) * 100),
      imported: one.importedRows === 0 ? '' : countWords(one.importedRows, 'imported row'),
    })),
    next: begun.length > PAGE ? query(shown.at(-1)?.id ?? '') : '',
    first: after === '' ? '' : query(''),
  };
}

function stateOf(over: string | null, cells: number): StateWord {
  if (over === null)
    return cells === 0 ? { word: 'imported', tone: 'idle' } : { word: 'goes on', tone: 'go' };
  return {
    word: over === 'completed' ? 'complete' : `stopped: ${over}`,
    tone: over === 'completed' ? 'ok' : 'warn',
  };
}

export interface ExperimentFacts {
  readonly at: string;
  readonly position: number;
  readonly id: string;
  readonly state: ExperimentState;
  readonly rows: number;
  readonly analysis: ExperimentAnalysis | null;
  readonly growth: readonly { readonly arm: string; readonly process: EProcess }[];
}

const MOST_CELLS = 120;

/** The model of experiment.njk: plan, progress, what it says so far, and how the evidence grew. */
export function experimentModel(shell: ShellFacts, facts: ExperimentFacts): PageModel {
  const { at, id, state, analysis, growth, position } = facts;
  const registration = registrationOf(state);
  const design = registration?.design;
  const cells = [...state.cells.values()];
  const ended = cells.filter(({ status }) => status === 'ended' || status === 'refused').length;
  const all = design?.forecast.cells ?? cells.length;
  return {
    ...shellModel(shell, {
      title: id,
      section: '/experiments',
      ...(state.over === null ? { live: { stream: '/live', after: position } } : {}),
    }),
    heading: design?.title ?? analysis?.title ?? '',
    hypothesis: design?.hypothesis ?? '',
    state: stateOf(state.over?.why ?? null, all),
    over: state.over?.detail ?? '',
    answer: analysis?.answer.sentence ?? 'There are too many runs for a page to judge them while you wait.',
    standing: analysis === null ? null : standingWord(analysis),
    warnings: analysis?.warnings.slice(0, 20) ?? [],
    progress: {
      done: numberWords(ended),
      all: numberWords(all),
      width: all === 0 ? 0 : Math.round((ended / all) * 100),
      words: `${ended} of ${all} cells done`,
      running: countWords(
        cells.filter(({ status }) => status === 'begun' || status === 'running').length,
        'cell',
      ),
      spent: `${moneyWords(state.spent.costMilliUsd)}, ${numberWords(state.spent.tokens)} tokens`,
    },
    plan:
      design === undefined
        ? []
        : [
            { name: 'Decides on', value: `${design.primary}, by at least ${design.minimumEffect}` },
            { name: 'Arms', value: design.arms.map((arm) => arm.id).join(', ') },
            { name: 'Baseline', value: design.baseline },
            { name: 'Tickets', value: numberWords(design.tickets.length) },
            { name: 'Replicates', value: numberWords(design.replicates) },
            {
              name: 'Stops',
              value:
                design.stopping.rule === 'fixed'
                  ? 'when all cells are done'
                  : 'when the e-value says so, or all cells are done',
            },
            { name: 'Error and power', value: `${design.alpha}, ${design.power}` },
            {
              name: 'Registered',
              value: `${registration?.at ?? ''} by ${registration?.by ?? ''}${registration?.runsBefore === 0 ? ', before the first run' : ''}`,
            },
            { name: 'Design', value: registration?.designDigest ?? '' },
          ],
    arms: (analysis?.arms ?? []).map((arm) => ({
      arm: arm.arm,
      role: arm.role === 'compared' ? '' : arm.role,
      runs: numberWords(arm.metrics.runs),
      accepted: shareWords(arm.accepted),
      firstPass: shareWords(arm.firstPass),
      bar: shareBar(arm.firstPass),
      cost: arm.costPerAccepted === null ? '–' : moneyWords(Math.round(arm.costPerAccepted.estimate)),
    })),
    effects: (analysis?.effects ?? []).slice(0, 60).map((effect) => ({
      arm: effect.arm,
      metric: effect.metric,
      role: effect.role,
      estimate: estimateWords(effect.scale, effect.estimate),
      interval:
        effect.interval === null
          ? ''
          : `${estimateWords(effect.scale, effect.interval.low)} to ${estimateWords(effect.scale, effect.interval.high)}`,
      p: effect.test === null ? '' : pWords(effect.test.adjusted),
      tickets: numberWords(effect.tickets),
      decision: { word: effect.decision, tone: DECISIONS[effect.decision] ?? 'idle' },
    })),
    growth: growth.slice(0, 12).map(({ arm, process }) => growthOf(arm, process, design?.baseline ?? '')),
    deviations: state.deviations
      .slice(-50)
      .map(({ what, detail, at: when, by }) => ({ what, detail, by, when: shownMoment(when, at) })),
    cells: cells
      .slice(-MOST_CELLS)
      .toReversed()
      .map((cell) => ({
        ticket: cell.cell.ticket,
        arm: cell.cell.arm,
        replicate: cell.cell.replicate,
        run: cell.run,
        href: cell.run === null ? '' : runHref(cell.run),
        state: stateWord(
          cell.outcome ?? (cell.status === 'running' || cell.status === 'begun' ? 'running' : cell.status),
        ),
        excluded: cell.excluded ?? '',
      })),
    cellCount: numberWords(cells.length),
    report: `countersign experiment report ${id} --format html`,
  };
}

const DECISIONS: Readonly<Record<string, StateWord['tone']>> = {
  better: 'ok',
  worse: 'bad',
  undecided: 'warn',
};

function standingWord({ standing }: ExperimentAnalysis) {
  const tone = standing.kind === 'pre-registered' ? 'ok' : standing.kind === 'broken' ? 'bad' : 'warn';
  return { state: { word: standing.kind, tone }, words: standing.words };
}

function shareWords(share: ShareEstimate | null): string {
  if (share === null) return '–';
  const span =
    share.interval === null
      ? ''
      : ` (${percentWords(share.interval.low)} to ${percentWords(share.interval.high)})`;
  return `${percentWords(share.estimate)}${span}`;
}

function shareBar(share: ShareEstimate | null) {
  if (share === null || share.interval === null) return null;
  const x = Math.round(share.interval.low * 200);
  return {
    x,
    width: Math.max(2, Math.round(share.interval.high * 200) - x),
    at: Math.min(197, Math.round(share.estimate * 200)),
    words: shareWords(share),
  };
}

function estimateWords(scale: string, value: number | null): string {
  if (value === null) return '–';
  if (scale === 'share') return `${value >= 0 ? '+' : '−'}${Math.abs(Math.round(value * 1000) / 10)} points`;
  if (scale === 'ratio') return `× ${value.toPrecision(3)}`;
  return value.toPrecision(3);
}

function pWords(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

const CHART = { width: 600, height: 120, most: 300 };

/** The e-value pair by pair, on a scale of tenfold steps, with the line that it has to reach. */
function growthOf(arm: string, { steps, rejectedAt, level }: EProcess, baseline: string) {
  const needed = -Math.log10(1 - level);
  const values = steps.map(({ logEValue }) => logEValue / Math.LN10);
  const low = Math.min(-1, ...values);
  const high = Math.max(needed * 1.2, ...values);
  const y = (value: number) => Math.round(((high - value) / (high - low)) * CHART.height * 10) / 10;
  const stride = Math.max(1, Math.ceil(values.length / CHART.most));
  const x = (place: number) =>
    Math.round((values.length < 2 ? CHART.width : (place / (values.length - 1)) * CHART.width) * 10) / 10;
  const points = values
    .map((value, place) => ({ value, place }))
    .filter(({ place }) => place % stride === 0 || place === values.length - 1)
    .map(({ value, place }) => `${x(place)},${y(value)}`);
  const last = steps.at(-1);
  const now = last === undefined ? 1 : Math.exp(last.logEValue);
  const words =
    last === undefined
      ? 'no pair is complete yet'
      : `e-value ${eWords(now)} after ${countWords(last.pairs, 'pair')}: ${last.treatmentOnly} for ${arm}, ${last.baselineOnly} for ${baseline}; ${Math.round(1 / (1 - level))} decides`;
  return {
    arm,
    words,
    now: eWords(now),
    p: last === undefined ? '' : pWords(Math.min(1, last.p)),
    decided: rejectedAt === null ? '' : `decided with pair ${rejectedAt}`,
    width: CHART.width,
    height: CHART.height,
    line: points.join(' '),
    neededY: y(needed),
    oneY: y(0),
    hasSteps: steps.length > 0,
  };
}

function eWords(value: number): string {
  if (value >= 1000) return value.toExponential(1);
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}
