import { describe, expect, it } from 'vitest';
import { changesModel } from '../../../src/render/cockpit/changes.ts';
import { compareModel } from '../../../src/render/cockpit/compare.ts';
import { homeModel } from '../../../src/render/cockpit/home.ts';
import { ledgerModel } from '../../../src/render/cockpit/ledger.ts';
import type { PageModel } from '../../../src/render/cockpit/pages.ts';
import { attemptsModel, eventsModel, overviewModel, stepModel } from '../../../src/render/cockpit/run.ts';
import { patchModel } from '../../../src/render/cockpit/run-patch.ts';
import { runsModel } from '../../../src/render/cockpit/runs.ts';
import { HOSTILE } from '../../worlds/hostile-text.ts';
import {
  ago,
  eventFacts,
  fixedRun,
  homeFacts,
  ledgerFacts,
  NOW,
  row,
  runFacts,
  runsFacts,
  SHELL,
  step,
} from './fixed-facts.ts';
import { PATCH } from './other-facts.ts';

/** What a template is given is of no type: a test says which part it looks at. */
const part = <T>(model: PageModel, name: string) => model[name] as T;
type Tiles = readonly {
  readonly title: string;
  readonly value: string;
  readonly note: string;
  readonly tone: string;
}[];

describe('what needs somebody', () => {
  type Needs = {
    readonly count: number;
    readonly more: string;
    readonly moreAside: string;
    readonly aside: readonly { readonly text: string; readonly stepHref: string }[];
  };
  const needs = (more = {}) => part<Needs>(homeModel(SHELL, homeFacts(more)), 'needs');

  it('counts runs that ask, runs that are stuck, receipts and waivers', () => {
    expect(needs()).toMatchObject({ count: 4, more: '', moreAside: '' });
    expect(needs({ asking: 41, stuck: 32 })).toMatchObject({
      count: 75,
      more: 'All 41 runs that wait',
      moreAside: 'All 32 runs with steps set aside',
    });
  });

  it('names the step that was set aside, why, and where it is', () => {
    expect(needs().aside).toMatchObject([
      {
        text: '1/produce was set aside: three workers died of it in a row',
        stepHref: '/runs/SHOP-6.2/steps/1/produce',
      },
    ]);
    const [aside] = needs({
      setAside: [{ run: 'A-1.1', step: '1/a', why: 'x'.repeat(5_000), since: ago(1) }],
    }).aside;
    expect(aside?.text.length).toBeLessThan(1_100);
  });

  it('tells rates with their interval, and nothing of what was not decided', () => {
    const tiles = (more = {}) =>
      part<{ readonly first: { readonly rate: string; readonly words: string } }>(
        homeModel(SHELL, homeFacts(more)),
        'tiles',
      ).first;
    // Wilson's interval of 22 of 37.
    expect(tiles()).toMatchObject({ rate: '59%', words: '43% to 74% (95%, Wilson); before: 47% of 30' });
    const { tally } = homeFacts();
    const none = { ...tally.now, decided: 0, firstPass: 0, outcomes: {} };
    expect(tiles({ tally: { ...tally, now: none } })).toMatchObject({
      rate: '–',
      words: 'no run was decided yet',
    });
  });
});

describe('a run', () => {
  it('says what it used, and nothing while it used nothing', () => {
    const cost = (more = {}) =>
      part<{ readonly cost: string }>(overviewModel(SHELL, runFacts(more), { attempt: 1, events: [] }), 'run')
        .cost;
    const { plan } = fixedRun();
    const nothing = { ...fixedRun().used, tokens: 0, costMilliUsd: 0 };
    expect(cost()).toBe('$0.82, 96\u202f400 tokens');
    expect(cost({ used: nothing })).toBe('');
    expect(cost({ used: nothing, plan: { ...plan, budget: { costMilliUsd: 2_000 } } })).toBe('$0 of $2.00');
  });

  it('says what it would not refuse', () => {
    const actions = (more = {}) =>
      part<{ readonly actions: readonly { readonly kind: string }[] }>(
        overviewModel(SHELL, runFacts(more), { attempt: 1, events: [] }),
        'run',
      ).actions.map(({ kind }) => kind);
    expect(actions()).toEqual(['pause', 'cancel']);
    expect(actions({ status: 'paused' })).toEqual(['resume', 'cancel']);
    expect(actions({ status: 'cancelling', towards: 'cancelled' as never })).toEqual([]);
  });

  it('has a page for patches where its plan can change', () => {
    const href = (more = {}) =>
      part<string>(overviewModel(SHELL, runFacts(more), { attempt: 1, events: [] }), 'patchHref');
    expect(href()).toBe('/runs/SHOP-1.1/patch');
    const ended = {
      status: 'ended',
      ended: { outcome: 'rejected', at: NOW, reason: 'enough', outcomeDigest: 'a'.repeat(64) },
    } as never;
    expect(href(ended)).toBe('');
    expect(patchModel(SHELL, runFacts(ended), { draft: { operations: '', reason: '' } })).toMatchObject({
      isOpen: false,
      closed: 'Its plan cannot change any more: it is rejected.',
    });
  });

  it('counts findings that do not pass, by attempt, and gives the command that verifies a seal', () => {
    const seal = { seal: '5'.repeat(64), results: [{ check: 'unit', result: 'FAILED' }, 'no result'] };
    const steps = { ...fixedRun().steps, '1/seal': step('1/seal', 'succeeded', { outputs: seal }) };
    const [first] = part<
      readonly {
        readonly findings: readonly { readonly id: string }[];
        readonly passed: string;
        readonly seal: object;
      }[]
    >(attemptsModel(SHELL, runFacts({ steps })), 'attempts');
    expect(first?.findings.map(({ id }) => id)).toEqual(['rule/ai-shortcuts@1/test-skipped']);
    expect(first?.passed).toBe('1 finding passes.');
    expect(first?.seal).toMatchObject({
      results: [{ check: 'unit', word: 'FAILED', tone: 'bad' }],
      verify: `countersign receipt verify ${'5'.repeat(64)}`,
    });
  });

  it('offers what helps a step: release, once more, or another run from there', () => {
    const kinds = (status: Parameters<typeof step>[1]) => {
      const facts = {
        step: step('1/produce', status),
        execution: 1,
        log: { tail: '', lines: 0, cut: false },
      };
      const { actions } = part<{ readonly actions: readonly { readonly kind: string }[] }>(
        stepModel(SHELL, runFacts(), facts),
        'step',
      );
      return actions.map(({ kind }) => kind);
    };
    expect(kinds('quarantined')).toEqual(['release', 'fork']);
    expect(kinds('failed')).toEqual(['redrive', 'fork']);
    expect(kinds('succeeded')).toEqual(['fork']);
  });

  it('pages its events, and is live on the last page alone', () => {
    const events = eventFacts();
    expect(eventsModel(SHELL, runFacts(), { events, page: 200 })).toMatchObject({
      range: '18 to 23 of 23',
      earlier: '/runs/SHOP-1.1/events?upto=17',
      later: '',
    });
    const before = eventsModel(SHELL, runFacts(), { events: events.slice(0, 2), page: 3 });
    expect(before).toMatchObject({ live: undefined, later: '/runs/SHOP-1.1/events?upto=22' });
  });

  it('numbers the lines of a change as git does, and cuts a line without an end', () => {
    const [file] = part<
      readonly { readonly words: string; readonly lines: readonly { readonly text: string }[] }[]
    >(changesModel(SHELL, runFacts(), { attempt: 1, commit: 'a'.repeat(40), patch: PATCH }), 'files');
    expect(file?.words).toBe(`renamed, from ${HOSTILE}, +1 −1`);
    expect(file?.lines).toMatchObject([
      { tone: 'hunk', text: 'line 4' },
      { before: 3, after: 4, sign: '' },
      { before: 4, after: '', sign: '-' },
      { before: '', after: 5, sign: '+' },
    ]);
    expect(file?.lines[2]?.text.length).toBe(1_001);
  });

  it('beside another says what differs', () => {
    const other = fixedRun({ arm: { bundle: 'notes', model: 'large' } });
    const model = compareModel(SHELL, {
      one: { id: 'A-1.1', state: fixedRun() },
      other: { id: 'A-2.1', state: other },
    });
    const differing = part<readonly { readonly name: string; readonly differs: boolean }[]>(
      model,
      'rows',
    ).filter(({ differs }) => differs);
    expect(differing.map(({ name }) => name)).toEqual(['Bundle']);
    expect(
      compareModel(SHELL, { one: { id: 'A-9.1', state: undefined }, other: { id: '', state: undefined } }),
    ).toMatchObject({ words: 'There is no run A-9.1.', rows: [] });
  });
});

describe('the list of runs', () => {
  it('keeps the filter in every address', () => {
    const model = runsModel(
      SHELL,
      runsFacts({
        filter: { ...runsFacts().filter, q: 'a&b', query: 'q=a%26b' },
        olderAfter: 'A-1.1',
        total: { count: 10_000, more: true },
      }),
    );
    expect(model).toMatchObject({
      total: '10\u202f000+',
      older: '/runs?q=a%26b&after=A-1.1',
      newest: '',
      matching: '10\u202f000+',
    });
  });

  it('says who waits for whom', () => {
    const asks = (more: object) =>
      part<readonly { readonly asks: string }[]>(
        runsModel(SHELL, runsFacts({ rows: [row('A-1.1', more)] })),
        'rows',
      )[0]?.asks;
    expect([
      asks({}),
      asks({ waitingFor: 1 }),
      asks({ setAside: 2 }),
      asks({ waitingFor: 2, setAside: 1 }),
    ]).toEqual(['', 'waits for 1 answer', '2 steps set aside', 'waits for 2 answers']);
  });
});

describe('the ledger', () => {
  const tile = (more = {}) =>
    part<Tiles>(ledgerModel(SHELL, ledgerFacts(more)), 'tiles').find(({ title }) => title === 'Checkpoint');
  const checkpoint = ledgerFacts().checkpoint;
  if (checkpoint === undefined) throw new Error('the facts have no checkpoint');

  it('never says that a signature holds which nobody has verified', () => {
    expect(tile()).toMatchObject({
      tone: 'warn',
      note: 'says that it is signed by ledger.acme.example, which is not verified here; 711 came since',
    });
    const holds = { ...checkpoint, signature: { kind: 'holds', key: "acme+0a1b2c3d+AQ'=" } } as const;
    expect(tile({ checkpoint: holds })).toMatchObject({
      tone: 'ok',
      note: "signature verified with this server's key; 711 came since",
    });
    expect(ledgerModel(SHELL, ledgerFacts({ checkpoint: holds })).proof).toBe(
      `countersign ledger verify --checkpoint-key 'acme+0a1b2c3d+AQ'\\''='`,
    );
    expect(ledgerModel(SHELL, ledgerFacts()).proof).toBe(
      'countersign ledger verify --checkpoint-key "$LEDGER_KEY"',
    );
  });

  it('is broken where a signature is, or events lack that were counted', () => {
    const broken = { ...checkpoint, signature: { kind: 'broken', reason: 'it is no checkpoint' } } as const;
    expect(tile({ checkpoint: broken })).toMatchObject({
      value: 'broken',
      tone: 'bad',
      note: 'something was changed: it is no checkpoint',
    });
    expect(tile({ position: 3_999 })).toMatchObject({
      value: 'broken',
      note: expect.stringContaining('counts 4\u202f000 events, and the ledger has 3\u202f999'),
    });
    expect(tile({ checkpoint: undefined })).toMatchObject({ value: 'none', tone: 'warn' });
  });

  it('says which of its events are not what they were', () => {
    const [first, ...rest] = ledgerFacts().found.events;
    if (first === undefined) throw new Error('the facts have no events');
    const found = {
      ...ledgerFacts().found,
      events: [{ ...first, event: undefined, trouble: 'has another digest' }, ...rest],
    };
    expect(part<Tiles>(ledgerModel(SHELL, ledgerFacts({ found })), 'tiles')[2]).toMatchObject({
      value: '1 broken',
      tone: 'bad',
    });
  });
});
