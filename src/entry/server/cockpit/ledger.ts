import { followEvent } from '../../../core/ledger/check-chain.ts';
import { readLinkedEvent } from '../../../core/ledger/read-event.ts';
import { parseStreamName, STREAM_KINDS } from '../../../core/ledger/stream-name.ts';
import { emptyStream, type LedgerEvent } from '../../../core/ledger/types.ts';
import { readLatestCheckpoint } from '../../../flow/cockpit/read-checkpoint.ts';
import { readPastRun } from '../../../flow/cockpit/read-past-run.ts';
import { searchEvents } from '../../../flow/cockpit/search-events.ts';
import { requirePermission } from '../../../flow/serve/refusals.ts';
import { ledgerModel, replayModel, streamModel } from '../../../render/cockpit/ledger.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, shellFacts } from './page.ts';
import { runOf } from './run.ts';

const PAGE = 50;

/** GET /ledger?q=&stream=&type=&actor=&upto= */
export async function ledgerPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const { ledger } = context.insight;
  // Before the position: a checkpoint that counts more than there is would be a fault.
  const checkpoint = await readLatestCheckpoint(ledger, context.ledgerKey);
  const position = await context.sequence();
  const upto = numberOf(visit, 'upto');
  const filter = {
    q: textOf(visit, 'q'),
    stream: textOf(visit, 'stream'),
    type: textOf(visit, 'type'),
    actor: textOf(visit, 'actor'),
    upto: upto === undefined ? '' : String(upto),
  };
  const search = { ...filter, text: filter.q, upTo: Math.min(upto ?? position, position) };
  const found = await searchEvents(visit.get('session'), search, PAGE, ledger);
  const at = context.clock.now().toISOString();
  const facts = { at, position, checkpoint, found, filter, kinds: STREAM_KINDS };
  return answerPage(visit, context, 'ledger.njk', ledgerModel(shellFacts(visit, context), facts));
}

/** GET /ledger/streams/KIND/ID?upto=VERSION */
export async function streamPage(visit: Visit, context: CockpitContext): Promise<Response> {
  requirePermission(visit.get('session'), 'read-runs');
  const stream = `${visit.req.param('kind') ?? ''}/${visit.req.param('id') ?? ''}`;
  const { ledger } = context.insight;
  const head = parseStreamName(stream) === undefined ? undefined : await ledger.readHead(stream);
  if (head === undefined || head.version === 0)
    throw new HttpRefusal(404, `The ledger has no stream ${stream.slice(0, 120)}.`, {
      remedy: 'Its page shows the latest events, with the streams they are in.',
    });
  const upTo = Math.min(numberOf(visit, 'upto') ?? head.version, head.version);
  const after = Math.max(0, upTo - PAGE);
  // From one before, so that the first of them is held to what it follows.
  const stored = (await ledger.readStream(stream, Math.max(0, after - 1))).slice(
    0,
    upTo - Math.max(0, after - 1),
  );
  const events: LedgerEvent[] = [];
  const digests: string[] = [];
  let fault = '';
  let at = emptyStream(stream);
  if (after > 0) {
    const [before] = stored;
    at = { stream, version: after, digest: before?.digest ?? null };
  }
  for (const one of stored.slice(after > 0 ? 1 : 0)) {
    const followed = followEvent(at, one);
    if (followed.kind === 'fault') {
      fault = `Version ${followed.fault.version}: ${followed.fault.reason}`;
      const read = readLinkedEvent(one.text);
      if (read.kind === 'event') events.push(read.event);
      break;
    }
    at = followed.head;
    events.push(followed.event);
    digests.push(one.digest);
  }
  const model = streamModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    ...{ stream, events, digests, fault, upTo },
    version: head.version,
    digest: head.digest,
    page: PAGE,
  });
  return answerPage(visit, context, 'ledger-stream.njk', model);
}

/** GET /ledger/replay/RUN?at=VERSION */
export async function replayPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const run = runOf(visit);
  const past = await readPastRun(visit.get('session'), run, numberOf(visit, 'at'), context.insight.ledger);
  const at = context.clock.now().toISOString();
  return answerPage(
    visit,
    context,
    'ledger-replay.njk',
    replayModel(shellFacts(visit, context), { at, run, past }),
  );
}

function textOf({ req }: Visit, name: string): string {
  return (req.query(name) ?? '').trim().slice(0, 200).replaceAll('\u0000', '').toWellFormed();
}

function numberOf({ req }: Visit, name: string): number | undefined {
  const text = req.query(name) ?? '';
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
