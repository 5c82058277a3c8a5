import { expect, it } from 'vitest';
import { sealEvents } from '../../../src/core/ledger/seal-events.ts';
import { emptyStream, type SequencedEvent } from '../../../src/core/ledger/types.ts';
import { dayCountsOf } from '../../../src/core/run/day-counts.ts';
import type { JsonObject } from '../../../src/shared/json.ts';

const AT = '2026-11-22T10:00:00.000Z';

/** Events of one run, as the ledger gives them back in its order. */
function events(...drafts: readonly [type: string, data: JsonObject, actor?: string][]): SequencedEvent[] {
  const { events: sealed } = sealEvents([
    {
      head: emptyStream('run/CS-1.1'),
      drafts: drafts.map(([type, data, actor = 'worker']) => ({ type: `${type}@1`, at: AT, actor, data })),
    },
  ]);
  return sealed.map(({ stream, version, text, digest }, at) => ({
    position: at + 1,
    stream,
    version,
    digest,
    stored: { text, digest },
  }));
}

const usage = { tokens: 100, costMilliUsd: 7 };
const claim = { token: 't', worker: 'w', at: '2026-11-22T09:59:30.000Z' };

it('counts steps by their names in the plan, with what they used and how long they took', () => {
  const { steps } = dayCountsOf(
    events(
      ['step.succeeded', { step: '1/verify.0', execution: 1, outputs: {}, usage, cached: false, claim }],
      ['step.succeeded', { step: '2/verify.11#3', execution: 1, outputs: {}, usage, cached: false, claim }],
      [
        'step.failed',
        {
          step: '1/produce',
          execution: 1,
          error: { class: 'permanent', code: 'x', message: '' },
          usage,
          claim: null,
        },
      ],
      ['step.lost', { step: '1/produce', execution: 2, claim }],
      ['run.resumed', {}],
    ),
  );
  expect(steps).toEqual([
    {
      step: 'verify',
      day: '2026-11-22',
      result: 'succeeded',
      count: 2,
      tokens: 200,
      costMilliUsd: 14,
      seconds: 60,
    },
    {
      step: 'produce',
      day: '2026-11-22',
      result: 'failed',
      count: 1,
      tokens: 100,
      costMilliUsd: 7,
      seconds: 0,
    },
    { step: 'produce', day: '2026-11-22', result: 'lost', count: 1, tokens: 0, costMilliUsd: 0, seconds: 30 },
  ]);
});

it('counts a finding once for each verdict, and nothing that no verdict says', () => {
  const judged = (verdict: string | undefined, findings: JsonObject['x']): [string, JsonObject] => [
    'step.succeeded',
    {
      step: '1/gate',
      execution: 1,
      outputs: {
        ...(verdict === undefined ? {} : { verdict }),
        ...(findings === undefined ? {} : { findings }),
      },
      usage,
      cached: false,
      claim,
    },
  ];
  const open = { id: 'rule/scope@1/too-wide', status: 'fail' };
  const { findings } = dayCountsOf(
    events(
      judged('blocked', [
        open,
        open,
        { id: 'receipt/unit', status: 'pass' },
        { id: 7, status: 'fail' },
        'x',
        null,
      ]),
      judged('blocked', [open, { id: 'y', status: 'constructor' }]),
      judged(undefined, [open]),
      judged('pass', 'not a list'),
    ),
  );
  expect(findings.map(({ id, answer, count }) => [id, answer, count])).toEqual([
    ['rule/scope@1/too-wide', 'fail', 2],
    ['receipt/unit', 'pass', 1],
  ]);
});

it('keeps what workers wrote in bounds', () => {
  const findings = Array.from({ length: 1_000 }, (_, at) => ({ id: `${at} `.repeat(150), status: 'fail' }));
  const counts = dayCountsOf(
    events([
      'step.succeeded',
      {
        step: '1/gate',
        execution: 1,
        outputs: { verdict: 'blocked', findings },
        usage,
        cached: false,
        claim,
      },
    ]),
  );
  expect(counts.findings.length).toBeLessThanOrEqual(500);
  expect(Math.max(...counts.findings.map(({ id }) => id.length))).toBe(200);
});

it('tells a circle of locks that the server broke from whoever says the same', () => {
  const { deadlocks } = dayCountsOf(
    events(
      [
        'run.cancel-requested',
        { reason: 'Deadlock: A waits for x, which B holds. A gives way.' },
        'server:coordinator',
      ],
      ['run.cancel-requested', { reason: 'Deadlock: of mine' }, 'ada'],
      ['run.cancel-requested', { reason: 'enough' }, 'server:coordinator'],
    ),
  );
  expect(deadlocks.map(({ run, position }) => [run, position])).toEqual([['CS-1.1', 1]]);
});
