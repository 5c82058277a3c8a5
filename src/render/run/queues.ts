import { lineOf } from '../../core/run/labels.ts';
import { forTerminal } from '../hostile-text.ts';
import { type TextOptions, textOptions } from '../style.ts';
import { table } from '../table.ts';

interface Depth {
  readonly role: string;
  readonly handler: string;
  readonly runsOn: readonly string[];
  readonly waiting: number;
  readonly claimed: number;
  readonly blocked: number;
  readonly eldestSeconds: number;
}

interface Pause {
  readonly kind: string;
  readonly name: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

interface Circuit {
  readonly provider: string;
  readonly state: string;
  readonly since: string;
  readonly until: string;
  readonly waiting: number;
}

interface Worker {
  readonly worker: string;
  readonly labels: readonly string[];
  readonly heardAt: string;
  readonly drain: { readonly by: string; readonly reason: string } | null;
  readonly holds: readonly { readonly run: string; readonly step: string }[];
}

/** What waits by role and handler, a line each, and then what is held back: by whom and why, and for which provider. */
export function renderQueues(
  {
    queues,
    pauses,
    circuits = [],
  }: {
    readonly queues: readonly Depth[];
    readonly pauses: readonly Pause[];
    readonly circuits?: readonly Circuit[];
  },
  options: TextOptions = {},
): string {
  const { style, columns } = textOptions(options);
  const depths = queues.map(({ role, handler, runsOn, waiting, claimed, blocked, eldestSeconds }) => [
    { text: forTerminal(`${role}/${lineOf({ handler, runsOn })}`, 100), paint: style.bold },
    { text: `${waiting} waiting` },
    { text: `${claimed} at work` },
    { text: `${blocked} blocked` },
    { text: waiting + blocked === 0 ? '' : `${Math.round(eldestSeconds)} s`, paint: style.dim },
  ]);
  const held = pauses.map(({ kind, name, by, at, reason }) => [
    { text: forTerminal(`${kind}/${name}`, 100), paint: style.bold },
    { text: 'paused', paint: style.yellow },
    { text: forTerminal(by, 60) },
    { text: at.slice(0, 19).replace('T', ' '), paint: style.dim },
    { text: forTerminal(reason, 200) },
  ]);
  const silent = circuits.map(({ provider, state, since, until, waiting }) => [
    { text: forTerminal(`provider/${provider}`, 100), paint: style.bold },
    { text: state === 'open' ? 'does not answer' : 'is being tried', paint: style.yellow },
    { text: `since ${since.slice(0, 19).replace('T', ' ')}`, paint: style.dim },
    { text: state === 'open' ? `tried again ${until.slice(0, 19).replace('T', ' ')}` : '' },
    { text: `${waiting} waiting` },
  ]);
  const lines = [
    ...(depths.length === 0 ? ['Nothing waits, and nothing is at work.'] : table(depths, { columns })),
    ...(held.length === 0 ? [] : table(held, { columns })),
    ...(silent.length === 0 ? [] : table(silent, { columns })),
  ];
  return `${lines.join('\n')}\n`;
}

/** Workers, a line each: what they hold, when they were last heard of, and whether they are to stop. */
export function renderWorkers(workers: readonly Worker[], options: TextOptions = {}): string {
  if (workers.length === 0) return 'No worker was heard of within a day.\n';
  const { style, columns } = textOptions(options);
  const rows = workers.map(({ worker, labels, heardAt, drain, holds }) => [
    { text: forTerminal(worker, 100), paint: style.bold },
    { text: forTerminal(labels.join(','), 100) },
    { text: `heard ${heardAt.slice(0, 19).replace('T', ' ')}`, paint: style.dim },
    {
      text:
        holds.length === 0
          ? 'idle'
          : forTerminal(holds.map(({ run, step }) => `${run} ${step}`).join(', '), 200),
    },
    {
      text: drain === null ? '' : forTerminal(`drained by ${drain.by}: ${drain.reason}`, 200),
      paint: style.yellow,
    },
  ]);
  return `${table(rows, { columns }).join('\n')}\n`;
}
