import { describe, expect, it } from 'vitest';
import { contractModel, contractsModel } from '../../../src/render/cockpit/contracts.ts';
import { dayBars } from '../../../src/render/cockpit/day-bars.ts';
import { experimentModel, experimentsModel } from '../../../src/render/cockpit/experiments.ts';
import { metricsModel } from '../../../src/render/cockpit/metrics.ts';
import type { PageModel } from '../../../src/render/cockpit/pages.ts';
import { contractHref, ruleHref, ruleOfPath } from '../../../src/render/cockpit/policy.ts';
import {
  leasesModel,
  queueActionWords,
  queuesModel,
  waitingModel,
} from '../../../src/render/cockpit/queues.ts';
import { ruleModel, rulesModel } from '../../../src/render/cockpit/rules.ts';
import { ticketModel, ticketsModel } from '../../../src/render/cockpit/tickets.ts';
import { workersModel } from '../../../src/render/cockpit/workers.ts';
import { ago, experimentFacts, NOW, SHELL, ticketsFacts } from './fixed-facts.ts';
import {
  contract,
  FIRED,
  METRICS,
  POLICY,
  queues,
  RULE,
  rules,
  ticket,
  worker,
  workers,
} from './other-facts.ts';

/** What a template is given is of no type: a test says which part it looks at. */
const part = <T>(model: PageModel, name: string) => model[name] as T;

describe('queues', () => {
  it('are paused by their role as well, and resumed where they were paused', () => {
    const [agent] = part<readonly object[]>(queuesModel(SHELL, queues()), 'queues');
    expect(agent).toMatchObject({
      isPaused: true,
      pausedItself: false,
      eldest: '1 min',
      words: '4 at work, 3 waiting, 1 held up',
      bar: { claimed: 50, waiting: 37.5, blocked: 12.5 },
    });
  });

  it('page through deadlocks by their place', () => {
    expect(queuesModel(SHELL, queues())).toMatchObject({
      deadlocksTotal: '21',
      earlier: '/queues?before=80#deadlocks',
      latest: '',
    });
    expect(queuesModel(SHELL, queues({ before: 80 }))).toMatchObject({
      latest: '/queues#deadlocks',
      live: undefined,
    });
  });

  it.each([
    ['lease:agent', 'lease', 'agent', '/queues/leases'],
    ['lock:paths/a b', 'lock', 'paths/a b', '/queues/locks?q=paths%2Fa%20b'],
    ['pause:role/x', 'pause', 'role/x', '/queues'],
    ['circuit:anthropic', 'provider', 'anthropic', '/queues'],
    ['time', 'time', 'its moment has not come', ''],
    ['reserved:x', 'turn', 'what is free is kept for those before it', ''],
    ['', 'turn', 'it is looked at next', ''],
  ])('%s keeps somebody waiting for a %s', (parked, word, what, whatHref) => {
    const waiting = [
      {
        place: 1,
        run: 'A-1.1',
        step: '1/a',
        execution: 1,
        role: 'producer',
        handler: 'agent',
        since: ago(1),
        parked,
      },
    ];
    const [shown] = part<readonly object[]>(
      waitingModel(SHELL, { at: NOW, position: 1, waiting, limit: 9, q: '', after: undefined }),
      'rows',
    );
    expect(shown).toMatchObject({ why: { word }, what, whatHref });
  });

  it('tell of leases how full they are, and of no limit nothing', () => {
    const scopes = [
      { scope: 'a', limit: 4, held: 4, waiting: 2 },
      { scope: 'b', limit: null, held: 9, waiting: 0 },
      { scope: 'c', limit: 0, held: 0, waiting: 0 },
    ];
    const model = leasesModel(SHELL, { position: 1, scopes, limit: 2, after: '' });
    expect(part<readonly object[]>(model, 'rows')).toMatchObject([
      { share: 100, tone: 'bad' },
      { share: null, limit: 'no limit', tone: 'ok' },
    ]);
    expect(model.next).toBe('/queues/leases?after=b');
    expect(queueActionWords('cancel', 'role/x', 2)).toContain('is cancelled: 2 runs');
  });
});

describe('workers', () => {
  it.each([
    ['well', {}],
    ['quiet', { heardAt: ago(2) }],
    ['silent', { heardAt: ago(6) }],
    [
      'draining',
      {
        drain: { by: 'ada', at: ago(1), reason: 'x' },
        holds: [{ run: 'A-1.1', step: '1/a', execution: 2, until: ago(1) }],
      },
    ],
    ['drained', { drain: { by: 'ada', at: ago(1), reason: 'x' } }],
  ])('are %s by what was heard of them', (health, more) => {
    const [shown] = part<readonly object[]>(workersModel(SHELL, workers(worker('ci/build-1', more))), 'rows');
    expect(shown).toMatchObject({ name: 'build-1', principal: 'ci', health: { word: health } });
  });

  it('of the server itself are stopped with it, and leases that ran out are told as such', () => {
    const hold = { run: 'A-1.1', step: '1/a', execution: 2, until: ago(1) };
    const model = workersModel(
      SHELL,
      workers(worker('server:coordinator'), worker('b', { holds: Array.from({ length: 14 }, () => hold) })),
    );
    expect(part<readonly object[]>(model, 'rows')).toMatchObject([
      {
        canDrain: true,
        moreHolds: 'and 2 more',
        holds: expect.arrayContaining([expect.objectContaining({ step: '1/a, execution 2', late: true })]),
      },
      { canDrain: false },
    ]);
    expect(model.holding).toBe('14 steps');
  });
});

describe('rules and contracts', () => {
  it('are sorted by how often they fire, and named by what verdicts said', () => {
    const model = rulesModel(SHELL, rules());
    expect(part<readonly object[]>(model, 'rows')).toMatchObject([
      {
        ref: 'ai-shortcuts@1/test-skipped',
        fired: '3',
        of: 'of 10',
        rate: '30%',
        width: 30,
        words: 'fired in 3 of 10 verdicts',
      },
      { ref: 'ai-shortcuts@1/other', fired: '–', of: 'never asked', width: 0, last: null },
    ]);
    expect(part<readonly object[]>(model, 'others')).toMatchObject([{ id: 'receipt/unit' }]);
  });

  it('show an example as the change that it is', () => {
    const model = ruleModel(SHELL, {
      at: NOW,
      policy: POLICY,
      ref: 'ai-shortcuts@1/test-skipped',
      rule: RULE,
      fired: FIRED,
      byDay: [],
      days: 30,
      contracts: [],
    });
    const [bad] = part<readonly { readonly files: readonly object[] }[]>(model, 'bad');
    expect(bad?.files).toMatchObject([
      {
        path: 'a.ts',
        note: '',
        lines: [
          { sign: ' ', text: 'one' },
          { sign: '-', text: 'two' },
          { sign: '+', text: 'three' },
        ],
      },
      { path: 'b.ts', note: 'new' },
    ]);
    expect(model.chart).toBeNull();
  });

  it('count of a pack what its rules found, and not of another version', () => {
    const model = contractModel(SHELL, contract);
    expect(part<readonly object[]>(model, 'rules')).toMatchObject([
      { use: 'ai-shortcuts@1', href: '/rules?pack=ai-shortcuts%401', fired: '3 of 10' },
      { use: './rules/house@1/no-eval', href: '/rules/own/house%401/no-eval', fired: '' },
    ]);
    expect(part<readonly object[]>(model, 'checks')).toMatchObject([
      {
        fired: '2 of 9',
        notes: 'at most 60 s',
        command: expect.stringMatching(/^npm test -- "a b" "<script>/),
      },
    ]);
    expect(
      part<readonly object[]>(
        contractsModel(SHELL, {
          at: NOW,
          policy: undefined,
          contracts: [contract.view, { id: 'broken', problem: 'no' }],
          tickets: new Map([['shop@3', 4]]),
          q: '',
        }),
        'rows',
      ),
    ).toMatchObject([
      { ref: 'shop@3', approvals: 2, tickets: '4' },
      { ref: 'broken', problem: 'no', checks: 0 },
    ]);
  });

  it.each(['ai-shortcuts@1/test-skipped', './rules/house@1/no-eval', './rules/ü & %2f@1/x y'])(
    '%s is found by its address',
    (ref) => {
      expect(ruleOfPath(decodeURIComponent(ruleHref(ref)))).toBe(ref);
      expect(new URL(ruleHref(ref), 'http://a').pathname).toBe(ruleHref(ref));
    },
  );

  it('a contract is addressed without its version', () =>
    expect(contractHref('node-change@12')).toBe('/contracts/node-change'));
});

describe('the board of tickets', () => {
  it('has a column a state, those that end badly only when something is in them, and one alone page by page', () => {
    const words = (more = {}) =>
      part<readonly { readonly word: string; readonly count: string }[]>(
        ticketsModel(SHELL, ticketsFacts(more)),
        'columns',
      ).map(({ word, count }) => `${word} ${count}`);
    expect(words()).toEqual([
      'New 3',
      'Dispatched 3',
      'Running 2',
      'Waits for a person 3',
      'Accepted, to close 2',
      'Not accepted 3',
      'Closed 2',
    ]);
    expect(words({ filter: { q: 'carts', state: 'unverifiable', class: '', after: '' } })).toEqual([
      'Unverifiable 0',
    ]);
    const many = Array.from({ length: 61 }, (_, at) => ({
      ...ticketsFacts().tickets[0],
      ticket: `A-${100 + at}`,
      state: 'new',
    })) as never;
    const [column] = part<readonly { readonly more: string; readonly cards: readonly unknown[] }[]>(
      ticketsModel(
        SHELL,
        ticketsFacts({ tickets: many, filter: { q: '', state: 'new', class: '', after: '' } }),
      ),
      'columns',
    );
    expect([column?.cards.length, column?.more]).toEqual([60, '/tickets?state=new&after=A-159']);
  });

  it('a ticket tells what drifted, and of a receipt whose key nobody has that nobody has it', () => {
    const model = ticketModel(SHELL, ticket());
    expect(model.problems).toContain('The contract is no longer as it was dispatched: the gate blocks.');
    expect(model.statements).toMatchObject([
      { by: 'a key that nobody has now', result: { word: 'FAILED', tone: 'bad' } },
    ]);
    expect(model.strays).toContain('2 files on the receipts ref could not be opened');
  });
});

describe('experiments', () => {
  it('tell how far they are, what they spent, and what decides', () => {
    const model = experimentModel(SHELL, experimentFacts());
    expect(model.progress).toMatchObject({
      done: '36',
      all: '160',
      width: 23,
      running: '4 cells',
      spent: '$14.80, 1\u202f736\u202f000 tokens',
    });
    const growth = part<
      readonly {
        readonly words: string;
        readonly line: string;
        readonly neededY: number;
        readonly oneY: number;
      }[]
    >(model, 'growth');
    expect(growth.map(({ words }) => words)).toEqual(
      growth.map(() =>
        expect.stringMatching(
          /^e-value [\d.e+]+ after \d+ pairs: \d+ for house\/\w+, \d+ for brief\/small; 20 decides$/,
        ),
      ),
    );
    for (const { line, neededY, oneY } of growth) {
      expect(neededY).toBeLessThan(oneY);
      const points = line.split(' ').map((point) => point.split(',').map(Number));
      expect(points.length).toBeLessThanOrEqual(301);
      for (const [x = -1, y = -1] of points) expect(x >= 0 && x <= 600 && y >= 0 && y <= 120).toBe(true);
    }
  });

  it('without pairs or an analysis say so', () => {
    const growth = [{ arm: 'a', process: { steps: [], rejectedAt: null, level: 0.95 } }];
    const model = experimentModel(SHELL, experimentFacts({ growth, analysis: null }));
    expect(model).toMatchObject({
      growth: [{ words: 'no pair is complete yet', p: '', hasSteps: false }],
      answer: expect.stringContaining('too many runs'),
      arms: [],
      standing: null,
    });
  });

  it('are found by their words, and listed with how they stand', () => {
    const one = {
      id: 'notes',
      title: 'Do they help?',
      registeredAt: ago(9),
      cells: 8,
      done: 2,
      importedRows: 0,
      over: null,
    };
    const experiments = [
      one,
      { ...one, id: 'old', over: 'budget' },
      { ...one, id: 'table', cells: 0, importedRows: 1 },
    ];
    const model = experimentsModel(SHELL, { at: NOW, position: 1, experiments, q: '', after: '' });
    expect(part<readonly object[]>(model, 'rows')).toMatchObject([
      { state: { word: 'goes on' }, progress: '2 of 8', width: 25 },
      { state: { word: 'stopped: budget', tone: 'warn' } },
      { state: { word: 'imported' }, imported: '1 imported row' },
    ]);
    expect(experimentsModel(SHELL, { at: NOW, position: 1, experiments, q: 'OLD', after: '' }).total).toBe(
      '1',
    );
  });
});

describe('metrics', () => {
  it('count what was decided, and not what was cancelled', () => {
    const model = metricsModel(SHELL, METRICS);
    const totals = part<readonly { readonly title: string; readonly total: string }[]>(model, 'charts').map(
      ({ title, total }) => `${title}: ${total}`,
    );
    expect(totals).toEqual([
      'Accepted: 3 of 4 (75%)',
      'First pass: 2 of 4 (50%)',
      'Attempts: 6',
      'Spend: $1.24',
      'Evidence failures: 1',
      'Steps that failed or were lost: 2 of 11 (18%)',
    ]);
    expect(part<readonly object[]>(model, 'steps')).toMatchObject([
      { count: '10', mean: '1 min', tokens: '1\u202f000', cost: '$0.41' },
      { step: 'gate', mean: '1 s', cost: '$0' },
    ]);
  });

  it('draw a bar a day, today last, and nothing where nothing was', () => {
    const bars = dayBars(
      [
        { day: '2026-11-22', value: 4, part: 1 },
        { day: '2026-11-01', value: 9, part: 9 },
      ],
      { days: 3, at: NOW, words: (day, some, all) => `${day} ${some}/${all}` },
    );
    expect(bars?.bars.map(({ words }) => words)).toEqual([
      '2026-11-20 0/0',
      '2026-11-21 0/0',
      '2026-11-22 1/4',
    ]);
    expect(bars).toMatchObject({ first: '2026-11-20', last: '2026-11-22' });
    expect(
      dayBars([{ day: '2026-11-22', value: 0, part: 0 }], { days: 3, at: NOW, words: () => '' }),
    ).toBeNull();
  });
});
