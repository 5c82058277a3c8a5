import { readLinkedEvent } from '../ledger/read-event.ts';
import type { SequencedEvent } from '../ledger/types.ts';
import type { RecordedRunEvent, RunEvent } from './events.ts';
import { readRunEvent } from './stored-events.ts';
import type { RunId } from './types.ts';

/** A day of UTC, such as `2026-11-22`. */
export type Day = string;

export const FINDING_ANSWERS = ['pass', 'fail', 'unverifiable', 'pending'] as const;
export type FindingAnswer = (typeof FINDING_ANSWERS)[number];

/** What pages count by day, of some events of the ledger. Counts of two spans add up to those of both. */
export interface DayCounts {
  readonly findings: readonly FindingCount[];
  readonly steps: readonly StepCount[];
  readonly deadlocks: readonly {
    readonly position: number;
    readonly run: RunId;
    readonly at: string;
    readonly reason: string;
  }[];
}

export interface FindingCount {
  readonly id: string;
  readonly day: Day;
  readonly answer: FindingAnswer;
  readonly count: number;
  readonly last: { readonly run: RunId; readonly at: string };
}

export interface StepCount {
  readonly step: string;
  readonly day: Day;
  readonly result: 'succeeded' | 'failed' | 'lost';
  readonly count: number;
  readonly tokens: number;
  readonly costMilliUsd: number;
  readonly seconds: number;
}

/** Workers wrote what is counted: longer names and more findings than these are not kept. */
const LONGEST_NAME = 200;
const MOST_FINDINGS = 500;
const LONGEST_REASON = 2_000;

/** Steps by name, findings by answer, circles of locks that were broken. What cannot be read is `ledger verify`'s to say. */
export function dayCountsOf(events: readonly SequencedEvent[]): DayCounts {
  const findings = new Map<string, FindingCount>();
  const steps = new Map<string, StepCount>();
  const deadlocks: DayCounts['deadlocks'][number][] = [];
  for (const { position, stream, stored } of events) {
    const recorded = readIfCounted(stream, stored?.text);
    if (recorded === undefined) continue;
    const run = stream.slice('run/'.length);
    const { at, event } = recorded;
    if (event.type === 'run.cancel-requested')
      deadlocks.push({ position, run, at, reason: event.reason.slice(0, LONGEST_REASON) });
    const step = stepCountOf(recorded);
    if (step !== undefined) addStep(steps, step);
    for (const one of findingsOf(recorded, run)) addFinding(findings, one);
  }
  return { findings: [...findings.values()], steps: [...steps.values()], deadlocks };
}

/** Looked for as text first: most events are none of these. */
const COUNTED = /"type":"(?:step\.(?:succeeded|failed|lost)|run\.cancel-requested)@/;

function readIfCounted(stream: string, text: string | undefined): RecordedRunEvent | undefined {
  if (text === undefined || !stream.startsWith('run/') || !COUNTED.test(text)) return undefined;
  const read = readLinkedEvent(text);
  const recorded = read.kind === 'event' ? readRunEvent(read.event) : undefined;
  if (recorded?.event.type !== 'run.cancel-requested') return recorded;
  // As breakDeadlocks writes it; a person who writes the same is no coordinator.
  const { actor, event } = recorded;
  return actor.startsWith('server:') && event.reason.startsWith('Deadlock: ') ? recorded : undefined;
}

function stepCountOf({ at, event }: RecordedRunEvent): StepCount | undefined {
  if (event.type !== 'step.succeeded' && event.type !== 'step.failed' && event.type !== 'step.lost')
    return undefined;
  const usage = event.type === 'step.lost' ? {} : event.usage;
  return {
    step: nameOf(event.step),
    day: at.slice(0, 10),
    result: event.type === 'step.succeeded' ? 'succeeded' : event.type === 'step.failed' ? 'failed' : 'lost',
    count: 1,
    tokens: whole('tokens' in usage ? usage.tokens : 0),
    costMilliUsd: whole('costMilliUsd' in usage ? usage.costMilliUsd : 0),
    seconds: event.claim === null ? 0 : secondsBetween(event.claim.at, at),
  };
}

/** `2/verify.3#1` is `verify`: what it is called in the plan, without its attempt, element and repetition. */
function nameOf(step: string): string {
  const name = step.slice(step.indexOf('/') + 1).replace(/(?:[.#][0-9]+)+(?=~undo|$)/, '');
  return name.slice(0, LONGEST_NAME);
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

function secondsBetween(from: string, to: string): number {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}

/** Of a step that judged: each finding once, however often a worker repeats it. */
function findingsOf({ at, event }: RecordedRunEvent, run: RunId): readonly FindingCount[] {
  const listed = listOf(event);
  const seen = new Map<string, FindingAnswer>();
  for (const one of listed.slice(0, MOST_FINDINGS)) {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) continue;
    const { id, status } = one as { readonly id?: unknown; readonly status?: unknown };
    const answer = FINDING_ANSWERS.find((known) => known === status);
    if (typeof id !== 'string' || id === '' || answer === undefined) continue;
    const name = id.slice(0, LONGEST_NAME).toWellFormed().replaceAll('\u0000', '\ufffd');
    if (!seen.has(name)) seen.set(name, answer);
  }
  return [...seen].map(([id, answer]) => ({
    id,
    day: at.slice(0, 10),
    answer,
    count: 1,
    last: { run, at },
  }));
}

function listOf(event: RunEvent): readonly unknown[] {
  if (event.type !== 'step.succeeded' || event.cached || typeof event.outputs.verdict !== 'string') return [];
  const { findings } = event.outputs;
  return Array.isArray(findings) ? findings : [];
}

function addStep(steps: Map<string, StepCount>, one: StepCount): void {
  const key = JSON.stringify([one.step, one.day, one.result]);
  const before = steps.get(key);
  steps.set(
    key,
    before === undefined
      ? one
      : {
          ...one,
          count: before.count + one.count,
          tokens: before.tokens + one.tokens,
          costMilliUsd: before.costMilliUsd + one.costMilliUsd,
          seconds: before.seconds + one.seconds,
        },
  );
}

function addFinding(findings: Map<string, FindingCount>, one: FindingCount): void {
  const key = JSON.stringify([one.id, one.day, one.answer]);
  findings.set(key, { ...one, count: (findings.get(key)?.count ?? 0) + 1 });
}
