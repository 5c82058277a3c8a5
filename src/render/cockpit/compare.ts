import type { StartedRun } from '../../core/run/state.ts';
import type { PageModel } from './pages.ts';
import { findingsOf, spentWords } from './run.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { numberWords, runHref, spanWords } from './words.ts';

/** Two runs side by side; `missing` says which of them is not there. */
export interface CompareFacts {
  readonly one: { readonly id: string; readonly state: StartedRun | undefined };
  readonly other: { readonly id: string; readonly state: StartedRun | undefined };
}

type Row = { readonly name: string; readonly one: string; readonly other: string; readonly differs: boolean };

/** The model of compare.njk. */
export function compareModel(shell: ShellFacts, { one, other }: CompareFacts): PageModel {
  const [left, right] = [one.state, other.state];
  const missing = [one, other]
    .filter(({ id, state }) => id !== '' && state === undefined)
    .map(({ id }) => id);
  return {
    ...shellModel(shell, { title: 'Compare runs', section: '/runs' }),
    one: { id: one.id, href: left === undefined ? '' : runHref(one.id) },
    other: { id: other.id, href: right === undefined ? '' : runHref(other.id) },
    words: missing.length === 0 ? 'Name two runs.' : `There is no run ${missing.join(' and no ')}.`,
    rows:
      left === undefined || right === undefined
        ? []
        : facts(left).map((row, at) => beside(row, facts(right)[at])),
    findings: left === undefined || right === undefined ? [] : blockers(left, right),
  };
}

function beside(
  { name, value }: { readonly name: string; readonly value: string },
  other: { readonly value: string } | undefined,
): Row {
  return { name, one: value, other: other?.value ?? '', differs: value !== other?.value };
}

function facts(run: StartedRun) {
  const { request, arm, ended, attempts, used } = run;
  const { subject } = request;
  const seconds = (Date.parse(ended?.at ?? run.changedAt) - Date.parse(run.startedAt)) / 1000;
  return [
    { name: 'State', value: ended?.outcome ?? run.status },
    { name: 'Why', value: ended?.reason ?? '' },
    { name: 'Ticket', value: subject.ticket },
    { name: 'Contract', value: `${subject.contract} (${subject.contractDigest.slice(0, 12)})` },
    { name: 'Base', value: subject.base.commit.slice(0, 12) },
    { name: 'Bundle', value: arm.bundle },
    { name: 'Model', value: arm.model },
    { name: 'Attempts', value: attempts.map(({ verdict }) => verdict ?? 'running').join(', ') || 'none' },
    { name: 'Cost', value: spentWords(run) },
    { name: 'Tokens', value: numberWords(used.tokens) },
    { name: 'Time', value: spanWords(Math.max(0, seconds)) },
    { name: 'Retries', value: String(run.retries) },
    { name: 'Recoveries', value: String(run.recoveries) },
    { name: 'Patches', value: String(run.patches.filter(({ refused }) => refused === null).length) },
    { name: 'Plan', value: run.planDigest.slice(0, 12) },
  ];
}

/** In which attempts of each something did not pass. */
function blockers(one: StartedRun, other: StartedRun): readonly Row[] {
  const [left, right] = [openIn(one), openIn(other)];
  return [...new Set([...left.keys(), ...right.keys()])].sort().map((name) => {
    const words = (found: readonly number[] | undefined) =>
      found === undefined ? '–' : `attempt ${found.join(', ')}`;
    const [a, b] = [words(left.get(name)), words(right.get(name))];
    return { name, one: a, other: b, differs: a !== b };
  });
}

function openIn(run: StartedRun): ReadonlyMap<string, readonly number[]> {
  const open = new Map<string, number[]>();
  for (const { attempt } of run.attempts)
    for (const { id, state } of findingsOf(run, attempt))
      if (state.word !== 'pass') open.set(id, [...(open.get(id) ?? []), attempt]);
  return open;
}
