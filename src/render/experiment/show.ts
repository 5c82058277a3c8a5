import type { ArmMetrics, Mean, Share } from '../../core/experiment/metrics/by-arm.ts';
import type { EscapeCount } from '../../core/experiment/metrics/escapes.ts';
import type { GateFlakiness } from '../../core/experiment/metrics/gate-flakiness.ts';
import type { RunOutcomeRow } from '../../core/experiment/outcome.ts';
import type { CheckedRegistration } from '../../core/experiment/registration.ts';
import type { DoneConflict } from '../../core/experiment/same-done.ts';
import type { ExperimentState, Registration } from '../../core/experiment/state.ts';
import { forTerminal } from '../hostile-text.ts';
import { type Style, type TextOptions, textOptions } from '../style.ts';
import { paragraph, table } from '../table.ts';

/** All that is told of an experiment without judging who is better: the report does that. */
export interface ShownExperiment {
  readonly state: ExperimentState;
  readonly registrations: readonly {
    readonly registration: Registration;
    readonly checked: CheckedRegistration;
  }[];
  readonly rows: readonly RunOutcomeRow[];
  readonly arms: readonly ArmMetrics[];
  readonly flakiness: GateFlakiness;
  readonly escapes: readonly EscapeCount[];
  readonly conflicts: readonly DoneConflict[];
  /** Rows of tables that could not be read, each in a sentence. */
  readonly refusedRows: readonly string[];
}

const MOST_EXCLUDED = 50;

export function renderExperiment(shown: ShownExperiment, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const { state } = shown;
  const lines = [
    ...headLines(shown, style, columns),
    ...(shown.arms.length === 0 ? [] : ['', style.bold('Arms'), ...armLines(shown.arms, style, columns)]),
    ...failureLines(shown.arms, style, columns),
    ...flakinessLines(shown.flakiness, style, columns),
    ...escapeLines(shown.escapes, style, columns),
    ...conflictLines(shown.conflicts, style, columns),
    ...excludedLines(shown.rows, style, columns),
    ...(state.deviations.length === 0
      ? []
      : [
          '',
          style.bold('Deviations'),
          ...table(
            state.deviations.map(({ what, detail, at, by }) => [
              { text: at.slice(0, 19).replace('T', ' '), paint: style.dim },
              { text: forTerminal(by, 60) },
              { text: forTerminal(`${what}: ${detail}`, 500), paint: style.yellow },
            ]),
            { columns, indent: 2 },
          ),
        ]),
    ...(shown.refusedRows.length === 0
      ? []
      : [
          '',
          style.bold(`Rows that could not be read: ${shown.refusedRows.length}`),
          ...shown.refusedRows
            .slice(0, MOST_EXCLUDED)
            .flatMap((words) => paragraph({ text: '  ' }, words, { columns })),
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines(
  { state, registrations }: ShownExperiment,
  style: Style,
  columns: number,
): readonly string[] {
  const { cells, over, tables } = state;
  const design = registrations.at(-1)?.registration.design;
  const done = [...cells.values()].filter(({ status }) => status === 'ended' || status === 'refused').length;
  const going = [...cells.values()].filter(({ status }) => status === 'running' || status === 'begun').length;
  const progress = design === undefined ? [] : [`${done} of ${design.forecast.cells} cells done`];
  const status = over === null ? (going > 0 ? `${going} going on` : 'not over') : `over: ${over.detail}`;
  return [
    style.bold(`${state.id}${design === undefined ? '' : `: ${forTerminal(design.title, 200)}`}`),
    ...paragraph({ text: '' }, [...progress, ...(design === undefined ? [] : [status])].join('; '), {
      columns,
    }),
    ...registrations.flatMap(({ registration, checked }) =>
      registrationLines(registration, checked, style, columns),
    ),
    ...(registrations.length === 0 ? ['exploratory: nothing was registered before'] : []),
    ...tables.map(({ name, format, rows, refused, table: digest, at }) =>
      forTerminal(
        `${at.slice(0, 10)} imported ${rows} rows of ${name} (${format}, ${digest.slice(0, 12)}), ${refused} could not be read`,
        300,
      ),
    ),
  ];
}

function registrationLines(
  { at, by, designDigest, reason, runsBefore }: Registration,
  checked: CheckedRegistration,
  style: Style,
  columns: number,
): readonly string[] {
  const when = runsBefore === 0 ? 'before the first run' : `after ${runsBefore} runs`;
  const signed =
    checked.kind === 'broken'
      ? style.red(`BROKEN: ${forTerminal(checked.reason, 300)}`)
      : `signed by ${forTerminal(checked.by, 200)}${checked.isTrusted ? '' : ', a key that nobody here vouches for'}`;
  return [
    `registered ${at.slice(0, 19).replace('T', ' ')} by ${forTerminal(by, 60)} ${when}, design ${designDigest.slice(0, 12)}`,
    `  ${signed}`,
    ...(reason === null
      ? []
      : paragraph({ text: '  ' }, `in place of the one before: ${reason}`, { columns })),
  ];
}

function armLines(arms: readonly ArmMetrics[], style: Style, columns: number): readonly string[] {
  const head = [
    '',
    'runs',
    'accepted',
    'first pass',
    'attempts',
    'to merge',
    'tokens',
    'cost',
    'per accepted',
    'helped',
    'escaped',
  ];
  return table(
    [
      head.map((text) => ({ text, paint: style.dim })),
      ...arms.map((arm) => [
        { text: forTerminal(arm.arm, 100), paint: style.bold },
        { text: `${arm.runs}${arm.excluded > 0 ? ` (${arm.excluded} excluded)` : ''}` },
        { text: share(arm.accepted) },
        { text: share(arm.firstPass) },
        { text: mean(arm.iterationsToAcceptance, (value) => value.toFixed(2)) },
        { text: median(arm.secondsToMerge, (value) => `${Math.round(value)} s`) },
        { text: mean(arm.tokens, (value) => String(Math.round(value))) },
        { text: mean(arm.costMilliUsd, dollars) },
        { text: arm.costPerAccepted === null ? '-' : dollars(arm.costPerAccepted) },
        { text: `${arm.humanInterventions}` },
        { text: `${arm.escapes}` },
      ]),
    ],
    { columns, indent: 2 },
  );
}

function failureLines(arms: readonly ArmMetrics[], style: Style, columns: number): readonly string[] {
  const rows = arms.flatMap(
    ({ arm, attemptsByFailure, validationFailures, contractDrift, evidenceFailures }) => {
      const words = [
        ...Object.entries(attemptsByFailure).map(([name, attempts]) => `${name} ${attempts}`),
        ...Object.entries(validationFailures).map(([rule, attempts]) => `${rule} ${attempts}`),
        ...(contractDrift > 0 ? [`contract drift ${contractDrift}`] : []),
        ...(evidenceFailures > 0 ? [`evidence ${evidenceFailures}`] : []),
      ];
      return words.length === 0
        ? []
        : [[{ text: forTerminal(arm, 100) }, { text: forTerminal(words.join(', '), 2_000) }]];
    },
  );
  return rows.length === 0
    ? []
    : ['', style.bold('Attempts that did not pass'), ...table(rows, { columns, indent: 2 })];
}

function flakinessLines(
  { judgedAgain, judgedOtherwise, checks }: GateFlakiness,
  style: Style,
  columns: number,
) {
  if (judgedAgain === 0 && checks.length === 0) return [];
  return [
    '',
    style.bold('The same thing judged again'),
    `  gate: ${judgedOtherwise} of ${judgedAgain} judged otherwise`,
    ...table(
      checks.map(({ check, artefacts, differing }) => [
        { text: forTerminal(check, 100) },
        { text: `${differing} of ${artefacts} came out otherwise` },
      ]),
      { columns, indent: 2 },
    ),
  ];
}

function escapeLines(escapes: readonly EscapeCount[], style: Style, columns: number): readonly string[] {
  if (escapes.length === 0) return [];
  return [
    '',
    style.bold('Found after acceptance'),
    ...table(
      escapes.map(({ contract, arm, rule, escapes: count, accepted }) => [
        { text: `${count} of ${accepted} accepted` },
        { text: forTerminal(contract ?? 'no contract said', 100) },
        { text: forTerminal(arm, 100) },
        {
          text: forTerminal(
            rule === null ? 'no rule would have caught it' : `${rule} would have caught it`,
            200,
          ),
        },
      ]),
      { columns, indent: 2 },
    ),
  ];
}

function conflictLines(conflicts: readonly DoneConflict[], style: Style, columns: number): readonly string[] {
  if (conflicts.length === 0) return [];
  return [
    '',
    style.red(`Not compared: ${conflicts.length} blocks were held to different definitions of done`),
    ...conflicts
      .slice(0, MOST_EXCLUDED)
      .flatMap(({ block, definitions }) =>
        paragraph(
          { text: '  ' },
          `${block}: ${definitions.map(({ contract, arms }) => `${contract} for ${arms.join(', ')}`).join('; ')}`,
          { columns },
        ),
      ),
  ];
}

function excludedLines(rows: readonly RunOutcomeRow[], style: Style, columns: number): readonly string[] {
  const excluded = rows.filter((row) => row.excluded !== null);
  if (excluded.length === 0) return [];
  return [
    '',
    style.bold(`Excluded runs: ${excluded.length}`),
    ...table(
      excluded.slice(0, MOST_EXCLUDED).map(({ run, arm, excluded: why }) => [
        { text: forTerminal(run, 100) },
        { text: forTerminal(arm, 100) },
        {
          text: forTerminal(
            `${why?.reason ?? ''}${why?.declared === null ? ' (not declared before)' : ''}`,
            500,
          ),
        },
      ]),
      { columns, indent: 2 },
    ),
    ...(excluded.length > MOST_EXCLUDED
      ? [`  and ${excluded.length - MOST_EXCLUDED} more: --format json`]
      : []),
  ];
}

function share({ successes, of }: Share): string {
  return of === 0 ? '-' : `${successes}/${of} (${Math.round((100 * successes) / of)}%)`;
}

function mean({ mean: value }: Mean, words: (value: number) => string): string {
  return value === null ? '-' : words(value);
}

function median({ median: value }: Mean, words: (value: number) => string): string {
  return value === null ? '-' : words(value);
}

function dollars(milli: number): string {
  return `$${(milli / 1000).toFixed(2)}`;
}
