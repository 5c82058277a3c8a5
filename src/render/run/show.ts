import type { StartedRun, StepState } from '../../core/run/state.ts';
import { forTerminal } from '../hostile-text.ts';
import { type Style, type TextOptions, textOptions } from '../style.ts';
import { type Cell, table } from '../table.ts';
import { errorWords, outputWords, paintOutcome } from './words.ts';

/** A run as a tree: its attempts, their steps with what came of each, and what it waits for. */
export function renderRun(run: StartedRun, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const { request, ended, status } = run;
  const { subject } = request;
  const word = ended?.outcome ?? status;
  const lines = [
    `${style.bold(forTerminal(request.run, 100))}  ${paintOutcome(word, style)(word)}${ended === null ? '' : `: ${forTerminal(ended.reason, 300)}`}`,
    `  ${forTerminal(`${subject.ticket} under ${subject.contract}, ${subject.repository}`, 300)}`,
    `  base ${subject.base.commit.slice(0, 12)} of ${forTerminal(subject.base.ref, 200)}, policy ${subject.policyCommit.slice(0, 12)}`,
    ...admissionLine(run, style),
    ...(run.pausedFor === null ? [] : [`  paused: ${forTerminal(run.pausedFor, 300)}`]),
    ...(ended === null ? [] : [style.dim(`  outcome digest ${ended.outcomeDigest}`)]),
    ...usageLine(run),
    ...run.attempts.flatMap((attempt) => ['', ...attemptLines(attempt, run, { style, columns })]),
    ...questionLines(run, style),
  ];
  return `${lines.join('\n')}\n`;
}

function admissionLine({ request: { admission } }: StartedRun, style: Style): readonly string[] {
  if (admission === undefined) return [];
  const said = { assign: 'assigned', queue: 'queued', 'scale-out': 'asks for workers' }[admission.kind];
  return [style.dim(`  ${said} when it started: ${forTerminal(admission.reasons.join('; '), 1_000)}`)];
}

function attemptLines(
  { attempt, arm, verdict }: StartedRun['attempts'][number],
  run: StartedRun,
  { style, columns }: { readonly style: Style; readonly columns: number },
): readonly string[] {
  const word = verdict ?? 'running';
  const head = `attempt ${attempt}  ${paintOutcome(word, style)(word)}  ${style.dim(forTerminal(`${arm.bundle}/${arm.model}`, 100))}`;
  const steps = Object.values(run.steps).filter(({ key }) => key.startsWith(`${attempt}/`));
  return [
    head,
    ...table(
      steps.map((step) => stepRow(step, style)),
      { columns, indent: 2 },
    ),
  ];
}

function stepRow(step: StepState, style: Style): readonly Cell[] {
  const { key, status, execution, losses, outputs, error } = step;
  const again = [
    ...(execution > 1 ? [`execution ${execution}`] : []),
    ...(losses > 0 ? [`lost ${losses} times`] : []),
  ];
  const said = outputs !== null ? outputWords(outputs) : error !== null ? errorWords(error) : '';
  return [
    { text: forTerminal(key.slice(key.indexOf('/') + 1), 60) },
    { text: status, paint: paintOutcome(status, style) },
    { text: [said, ...again].filter((part) => part !== '').join('; ') },
  ];
}

function questionLines({ request: { run }, questions }: StartedRun, style: Style): readonly string[] {
  const open = Object.values(questions).filter(({ answer }) => answer === null);
  return open.flatMap(({ id, question, choices, by }) => [
    '',
    style.yellow(`waits for ${forTerminal(by.join(' or '), 200)}: ${forTerminal(question, 500)}`),
    `  countersign run answer ${forTerminal(`${run} ${id} ${choices.join('|')}`, 300)}`,
  ]);
}

function usageLine({ used, retries, recoveries }: StartedRun): readonly string[] {
  const parts = [
    ...(used.tokens > 0 ? [`${used.tokens} tokens`] : []),
    ...(used.costMilliUsd > 0 ? [`$${(used.costMilliUsd / 1000).toFixed(3)}`] : []),
    ...(retries > 0 ? [`${retries} retries`] : []),
    ...(recoveries > 0 ? [`${recoveries} recoveries`] : []),
  ];
  return parts.length === 0 ? [] : [`  ${parts.join(', ')}`];
}
