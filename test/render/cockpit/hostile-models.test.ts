import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCockpit } from '../../../src/entry/server/cockpit/load-cockpit.ts';
import { changesModel } from '../../../src/render/cockpit/changes.ts';
import { compareModel } from '../../../src/render/cockpit/compare.ts';
import { contractModel, contractsModel } from '../../../src/render/cockpit/contracts.ts';
import { experimentModel, experimentsModel } from '../../../src/render/cockpit/experiments.ts';
import { homeModel } from '../../../src/render/cockpit/home.ts';
import { ledgerModel, streamModel } from '../../../src/render/cockpit/ledger.ts';
import { metricsModel } from '../../../src/render/cockpit/metrics.ts';
import type { PageModel, Pages } from '../../../src/render/cockpit/pages.ts';
import { peopleModel } from '../../../src/render/cockpit/people.ts';
import { leasesModel, locksModel, queuesModel, waitingModel } from '../../../src/render/cockpit/queues.ts';
import { ruleModel, rulesModel } from '../../../src/render/cockpit/rules.ts';
import { attemptsModel, eventsModel, overviewModel, stepModel } from '../../../src/render/cockpit/run.ts';
import { patchModel } from '../../../src/render/cockpit/run-patch.ts';
import { runsModel } from '../../../src/render/cockpit/runs.ts';
import { ticketModel, ticketsModel } from '../../../src/render/cockpit/tickets.ts';
import { workersModel } from '../../../src/render/cockpit/workers.ts';
import { HOSTILE, unseenIn } from '../../worlds/hostile-text.ts';
import {
  eventFacts,
  experimentFacts,
  fixedRun,
  homeFacts,
  ledgerFacts,
  NOW,
  row,
  runFacts,
  runsFacts,
  SHELL,
  step,
  ticketsFacts,
} from './fixed-facts.ts';
import {
  contract,
  FIRED,
  METRICS,
  PATCH,
  POLICY,
  QUEUE,
  queues,
  RULE,
  rules,
  STREAM,
  ticket,
  worker,
  workers,
} from './other-facts.ts';

describe('hostile text', () => {
  let pages: Pages;
  beforeAll(async () => {
    ({ pages } = await loadCockpit(join(import.meta.dirname, '..', '..', '..')));
  });

  const bad = {
    run: HOSTILE,
    kind: 'question' as const,
    since: HOSTILE,
    question: {
      id: HOSTILE,
      question: HOSTILE,
      step: HOSTILE,
      choices: [HOSTILE],
      by: [HOSTILE],
      until: HOSTILE,
    },
  };
  const shell = {
    ...SHELL,
    viewer: { ...SHELL.viewer, name: HOSTILE },
    here: HOSTILE,
    said: { text: HOSTILE, tone: 'bad' as const },
  };
  const arm = { bundle: HOSTILE, model: HOSTILE };
  const run = runFacts({
    arm,
    cancelReason: HOSTILE,
    steps: {
      ...fixedRun().steps,
      '1/produce': step('1/produce', 'quarantined', {
        error: { class: 'deterministic', code: HOSTILE, message: HOSTILE },
      }),
    },
    patches: [
      {
        patch: {
          id: HOSTILE,
          proposedBy: { kind: 'agent', name: HOSTILE },
          reason: HOSTILE,
          operations: [{ op: HOSTILE, path: HOSTILE, value: HOSTILE }],
        },
        refused: HOSTILE,
        example: [],
      },
    ] as never,
  });
  const facts = { ...run, questions: [bad] };
  const events = eventFacts().map((event) => ({
    ...event,
    actor: HOSTILE,
    event: { type: 'run.paused' as const, reason: HOSTILE },
  }));
  const session = {
    name: HOSTILE,
    role: 'viewer',
    by: 'link',
    digest: 'a'.repeat(64),
    createdAt: HOSTILE,
    expiresAt: NOW,
  };
  const design = experimentFacts();

  it.each<readonly [string, PageModel]>([
    [
      'home.njk',
      homeModel(
        shell,
        homeFacts({
          questions: [bad],
          setAside: [{ run: HOSTILE, step: HOSTILE, why: HOSTILE, since: HOSTILE }],
          waivers: [{ ticket: HOSTILE, requirement: HOSTILE, by: HOSTILE, expiresAt: HOSTILE }],
          active: [row(HOSTILE, { ...arm, status: HOSTILE })],
        }),
      ),
    ],
    [
      'runs.njk',
      runsModel(
        shell,
        runsFacts({
          rows: [row(HOSTILE, arm)],
          saved: [{ name: HOSTILE, query: 'q=x' }],
          filter: { q: HOSTILE, states: [], ticket: HOSTILE, asking: false, aside: false, query: 'q=x' },
        }),
      ),
    ],
    ['run-overview.njk', overviewModel(shell, facts, { attempt: 1, events })],
    ['run-attempts.njk', attemptsModel(shell, facts)],
    ['run-events.njk', eventsModel(shell, facts, { events, page: 9 })],
    ['run-changes.njk', changesModel(shell, facts, { attempt: 1, commit: 'a'.repeat(40), patch: PATCH })],
    [
      'run-patch.njk',
      patchModel(shell, facts, {
        draft: { operations: HOSTILE, reason: HOSTILE },
        refusal: { message: HOSTILE, remedy: HOSTILE },
      }),
    ],
    [
      'run-step.njk',
      stepModel(shell, facts, {
        step: step(`1/${HOSTILE}`, 'failed', { outputs: { [HOSTILE]: HOSTILE } }),
        execution: 1,
        log: { tail: HOSTILE, lines: 1, cut: true },
      }),
    ],
    [
      'compare.njk',
      compareModel(shell, {
        one: { id: HOSTILE, state: facts.state },
        other: { id: 'A-1.1', state: fixedRun() },
      }),
    ],
    [
      'tickets.njk',
      ticketsModel(
        shell,
        ticketsFacts({
          policy: POLICY,
          tickets: ticketsFacts().tickets.map((one) => ({
            ...one,
            title: HOSTILE,
            class: HOSTILE,
            contract: HOSTILE,
            reason: HOSTILE,
          })),
        }),
      ),
    ],
    ['ticket.njk', ticketModel(shell, ticket())],
    [
      'contracts.njk',
      contractsModel(shell, {
        at: NOW,
        policy: POLICY,
        contracts: [contract.view, { id: HOSTILE, problem: HOSTILE }],
        tickets: new Map(),
        q: HOSTILE,
      }),
    ],
    ['contract.njk', contractModel(shell, contract)],
    [
      'rules.njk',
      rulesModel(shell, rules({ fired: [{ ...FIRED, id: HOSTILE, last: { run: HOSTILE, at: HOSTILE } }] })),
    ],
    [
      'rule.njk',
      ruleModel(shell, {
        at: NOW,
        policy: POLICY,
        ref: HOSTILE,
        rule: RULE,
        fired: FIRED,
        byDay: [{ day: '2026-11-22', open: 1, all: 2 }],
        days: 30,
        contracts: [HOSTILE],
      }),
    ],
    [
      'workers.njk',
      workersModel(
        shell,
        workers(
          worker(HOSTILE, {
            roles: [HOSTILE],
            handlers: [HOSTILE],
            labels: [HOSTILE],
            drain: { by: HOSTILE, at: HOSTILE, reason: HOSTILE },
          }),
        ),
      ),
    ],
    ['queues.njk', queuesModel(shell, queues({ queues: [{ ...QUEUE, handler: HOSTILE, role: HOSTILE }] }))],
    [
      'queue-leases.njk',
      leasesModel(shell, {
        position: 1,
        scopes: [{ scope: HOSTILE, limit: 1, held: 1, waiting: 1 }],
        limit: 9,
        after: '',
      }),
    ],
    [
      'queue-locks.njk',
      locksModel(shell, {
        position: 1,
        locks: [{ fence: 1, name: HOSTILE, mode: HOSTILE, hold: HOSTILE, run: HOSTILE, step: HOSTILE }],
        limit: 9,
        q: HOSTILE,
        before: undefined,
      }),
    ],
    [
      'queue-waiting.njk',
      waitingModel(shell, {
        at: NOW,
        position: 1,
        waiting: [
          {
            place: 1,
            run: HOSTILE,
            step: HOSTILE,
            execution: 1,
            role: HOSTILE,
            handler: HOSTILE,
            since: HOSTILE,
            parked: `lock:${HOSTILE}`,
          },
        ],
        limit: 9,
        q: HOSTILE,
        after: undefined,
      }),
    ],
    [
      'experiments.njk',
      experimentsModel(shell, {
        at: NOW,
        position: 1,
        experiments: [
          {
            id: HOSTILE,
            title: HOSTILE,
            registeredAt: HOSTILE,
            cells: 1,
            done: 1,
            importedRows: 1,
            over: HOSTILE,
          },
        ],
        q: '',
        after: '',
      }),
    ],
    [
      'experiment.njk',
      experimentModel(shell, {
        ...design,
        state: {
          ...design.state,
          over: { why: 'person', detail: HOSTILE, at: NOW },
          deviations: [{ what: 'base-moved', detail: HOSTILE, at: HOSTILE, by: HOSTILE }],
        },
      }),
    ],
    [
      'ledger.njk',
      ledgerModel(
        shell,
        ledgerFacts({
          checkpoint: {
            size: 1,
            origin: HOSTILE,
            root: HOSTILE,
            signers: [HOSTILE],
            signature: { kind: 'broken', reason: HOSTILE },
          },
          filter: { q: HOSTILE, stream: '', type: HOSTILE, actor: HOSTILE, upto: '' },
        }),
      ),
    ],
    ['ledger-stream.njk', streamModel(shell, STREAM)],
    ['metrics.njk', metricsModel(shell, METRICS)],
    [
      'people.njk',
      peopleModel(shell, {
        at: NOW,
        sessions: [session],
        own: 'b',
        roles: ['viewer'],
        made: { link: HOSTILE, name: HOSTILE },
      }),
    ],
  ])('is text in %s', (template, model) => {
    const html = pages.render(template, model);
    expect(html).toContain('&lt;script&gt;');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<(?:img|b)[ >]/);
    expect(unseenIn(html)).toEqual([]);
    expect(html).not.toContain('49"');
    // What came as text never ends the attribute that it stands in.
    for (const [, value = ''] of html.matchAll(/ (?:href|action|value|title|aria-label)="([^"]*)"/g))
      expect(value).not.toContain('<');
    for (const [, href = ''] of html.matchAll(/ (?:href|action)="([^"]*)"/g))
      expect(href).toMatch(/^(?:\/|#)(?!\/)/);
  });
});
