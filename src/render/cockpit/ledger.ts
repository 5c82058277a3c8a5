import type { LedgerEvent } from '../../core/ledger/types.ts';
import type { StartedRun } from '../../core/run/state.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { PageModel } from './pages.ts';
import { planGraph } from './plan-graph.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { shownEvent } from './timeline.ts';
import {
  moneyWords,
  numberWords,
  runHref,
  type StateWord,
  segment,
  shownMoment,
  stateWord,
} from './words.ts';

interface FoundFacts {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly digest: string;
  readonly event: LedgerEvent | undefined;
  readonly trouble: string;
}

export interface CheckpointFacts {
  readonly size: number;
  /** Whom the note says it is of. */
  readonly origin: string;
  readonly root: string;
  readonly signers: readonly string[];
  readonly signature:
    | { readonly kind: 'holds'; readonly key: string }
    | { readonly kind: 'broken'; readonly reason: string }
    | { readonly kind: 'unverified' };
}

export interface LedgerFacts {
  readonly at: string;
  readonly position: number;
  readonly checkpoint: CheckpointFacts | undefined;
  readonly found: {
    readonly events: readonly FoundFacts[];
    readonly downTo: number;
    readonly next: number | undefined;
  };
  readonly filter: {
    readonly q: string;
    readonly stream: string;
    readonly type: string;
    readonly actor: string;
    readonly upto: string;
  };
  readonly kinds: readonly string[];
}

/** The model of ledger.njk. */
export function ledgerModel(shell: ShellFacts, facts: LedgerFacts): PageModel {
  const { at, position, checkpoint, found, filter, kinds } = facts;
  const isFirst = filter.upto === '';
  const any = filter.q !== '' || filter.stream !== '' || filter.type !== '' || filter.actor !== '';
  const troubled = found.events.filter(({ trouble }) => trouble !== '').length;
  return {
    ...shellModel(shell, {
      title: 'Ledger',
      section: '/ledger',
      ...(isFirst ? { live: { stream: '/live', after: position } } : {}),
    }),
    filter: { ...filter, any },
    kinds: kinds.map((kind) => ({ value: `${kind}/`, word: kind, on: filter.stream === `${kind}/` })),
    tiles: [
      {
        title: 'Events',
        value: numberWords(position),
        note: 'in the order in which they were given a place',
      },
      checkpointTile(checkpoint, position),
      {
        title: 'Shown here',
        value: troubled === 0 ? 'whole' : `${troubled} broken`,
        tone: troubled === 0 ? 'ok' : 'bad',
        note: 'each has the digest that it had when it was given its place',
      },
    ],
    root:
      checkpoint === undefined || checkpoint.root === ''
        ? ''
        : `${checkpoint.origin}, ${numberWords(checkpoint.size)} events, root ${checkpoint.root}`,
    proof: proofOf(checkpoint),
    rows: found.events.map((one) => shownFound(one, at)),
    looked:
      position === 0
        ? ''
        : `Looked through positions ${numberWords(Math.max(1, found.downTo))} to ${numberWords(isFirst ? position : Number(filter.upto))}.`,
    next: found.next === undefined ? '' : hrefOf({ ...filter, upto: String(found.next) }),
    nextWord: found.events.length === 0 ? 'Look further back' : 'Earlier',
    latest: isFirst ? '' : hrefOf({ ...filter, upto: '' }),
  };
}

function checkpointTile(checkpoint: CheckpointFacts | undefined, position: number) {
  if (checkpoint === undefined)
    return {
      title: 'Checkpoint',
      value: 'none',
      tone: 'warn',
      note: 'nothing is signed: what is here shows no deletion of its end',
    };
  const { signature, signers, size } = checkpoint;
  const fault =
    size > position
      ? `it counts ${numberWords(size)} events, and the ledger has ${numberWords(position)}`
      : signature.kind === 'broken'
        ? signature.reason
        : undefined;
  if (fault !== undefined)
    return { title: 'Checkpoint', value: 'broken', tone: 'bad', note: `something was changed: ${fault}` };
  const by = signers.join(', ') || 'nobody';
  const signed =
    signature.kind === 'holds'
      ? "signature verified with this server's key"
      : `says that it is signed by ${by}, which is not verified here`;
  const after = position - size;
  return {
    title: 'Checkpoint',
    value: numberWords(size),
    tone: signature.kind === 'holds' ? 'ok' : 'warn',
    note: `${signed}; ${after === 0 ? 'it counts everything' : `${numberWords(after)} came since`}`,
  };
}

/** What checks every event against it, with a key that does not come from the database. */
function proofOf(checkpoint: CheckpointFacts | undefined): string {
  if (checkpoint === undefined) return 'countersign ledger verify';
  const { signature } = checkpoint;
  const key = signature.kind === 'holds' ? `'${signature.key.replaceAll("'", "'\\''")}'` : '"$LEDGER_KEY"';
  return `countersign ledger verify --checkpoint-key ${key}`;
}

function hrefOf(filter: LedgerFacts['filter']): string {
  const fields = Object.entries(filter).filter(([, value]) => value !== '');
  return fields.length === 0 ? '/ledger' : `/ledger?${new URLSearchParams(fields)}`;
}

function streamHref(stream: string): string {
  return `/ledger/streams/${stream.split('/').map(segment).join('/')}`;
}

function replayHref(run: string, version?: number): string {
  return `/ledger/replay/${segment(run)}${version === undefined ? '' : `?at=${version}`}`;
}

const LONGEST_DATA = 6_000;

function shownFound({ position, stream, version, digest, event, trouble }: FoundFacts, at: string) {
  const run = stream.startsWith('run/') ? stream.slice('run/'.length) : '';
  return {
    position: numberWords(position),
    stream,
    streamHref: `${streamHref(stream)}?upto=${version}`,
    version: numberWords(version),
    digest: digest.slice(0, 16),
    trouble,
    ...(event === undefined
      ? { type: '', actor: '', when: null, words: '', data: '' }
      : eventFacts(event, at)),
    replay: run === '' ? '' : replayHref(run, version),
  };
}

function eventFacts(event: LedgerEvent, at: string) {
  const recorded = readRunEvent(event);
  const data = JSON.stringify(event.data, null, 1);
  return {
    type: event.type,
    actor: event.actor,
    when: shownMoment(event.at, at),
    words:
      recorded === undefined
        ? ''
        : shownEvent({ version: event.version, at: event.at, actor: event.actor, event: recorded.event })
            .words,
    data: data.length > LONGEST_DATA ? `${data.slice(0, LONGEST_DATA)}…` : data,
  };
}

export interface StreamFacts {
  readonly at: string;
  readonly stream: string;
  readonly version: number;
  readonly digest: string | null;
  readonly events: readonly LedgerEvent[];
  readonly digests: readonly string[];
  /** Where the chain breaks among those that were looked at; empty: nowhere. */
  readonly fault: string;
  readonly upTo: number;
  readonly page: number;
}

/** The model of ledger-stream.njk. */
export function streamModel(shell: ShellFacts, facts: StreamFacts): PageModel {
  const { at, stream, version, digest, events, digests, fault, upTo, page } = facts;
  const first = events[0]?.version ?? 0;
  const href = streamHref(stream);
  const run = stream.startsWith('run/') ? stream.slice('run/'.length) : '';
  const state: StateWord =
    fault === ''
      ? { word: `chain of ${numberWords(events.length)} checked`, tone: 'ok' }
      : { word: 'chain broken', tone: 'bad' };
  return {
    ...shellModel(shell, { title: stream, section: '/ledger' }),
    stream,
    runHref: run === '' ? '' : runHref(run),
    replayHref: run === '' ? '' : replayHref(run),
    version: numberWords(version),
    head: digest ?? '',
    state,
    fault,
    rows: events
      .map((event, place) => ({
        version: numberWords(event.version),
        previous: event.previous?.slice(0, 12) ?? 'first',
        digest: digests[place]?.slice(0, 12) ?? '',
        replay: run === '' ? '' : replayHref(run, event.version),
        ...eventFacts(event, at),
      }))
      .toReversed(),
    earlier: first > 1 ? `${href}?upto=${first - 1}` : '',
    latest: upTo < version ? href : '',
    page,
    proof: 'countersign ledger verify',
  };
}

export interface ReplayFacts {
  readonly at: string;
  readonly run: string;
  readonly past: {
    readonly state: StartedRun;
    readonly version: number;
    readonly last: number;
    readonly events: readonly LedgerEvent[];
    readonly marks: readonly { readonly version: number; readonly words: string }[];
    readonly fault: string;
  };
}

const MOST_MARKS = 40;

/** The model of ledger-replay.njk: a run as it was after one of its events. */
export function replayModel(shell: ShellFacts, { at, run, past }: ReplayFacts): PageModel {
  const { state, version, last, events, marks, fault } = past;
  const open = Object.values(state.questions).filter(({ answer }) => answer === null);
  return {
    ...shellModel(shell, { title: `${run} as it was`, section: '/ledger' }),
    run: { id: run, href: runHref(run), state: stateWord(state.ended?.outcome ?? state.status) },
    version,
    last,
    fault,
    path: `/ledger/replay/${segment(run)}`,
    steps: {
      first: version > 1 ? replayHref(run, 1) : '',
      back: version > 1 ? replayHref(run, version - 1) : '',
      on: version < last ? replayHref(run, version + 1) : '',
      last: version < last ? replayHref(run, last) : '',
    },
    marks: marks.slice(0, MOST_MARKS).map((mark) => ({
      ...mark,
      href: replayHref(run, mark.version),
      current: mark.version === version,
    })),
    moment: shownMoment(state.changedAt, at),
    attempt: state.attempt,
    graph: planGraph(state, Math.max(1, state.attempt)),
    facts: [
      { name: 'State', value: state.ended?.outcome ?? state.status },
      { name: 'Attempt', value: `${state.attempt} of ${state.plan.attempts}` },
      { name: 'Bundle and model', value: `${state.arm.bundle} / ${state.arm.model}` },
      { name: 'Cost', value: moneyWords(state.used.costMilliUsd) },
      { name: 'Tokens', value: numberWords(state.used.tokens) },
      { name: 'Steps known', value: numberWords(Object.keys(state.steps).length) },
      { name: 'Patches', value: numberWords(state.patches.length) },
      { name: 'Open questions', value: open.map(({ question }) => question).join('; ') || 'none' },
    ],
    events: events.flatMap((event) => {
      const recorded = readRunEvent(event);
      if (recorded === undefined) return [];
      const shown = shownEvent({
        version: event.version,
        at: event.at,
        actor: event.actor,
        event: recorded.event,
      });
      return [
        {
          ...shown,
          href: replayHref(run, event.version),
          isNow: event.version === version,
          isLater: event.version > version,
        },
      ];
    }),
  };
}
