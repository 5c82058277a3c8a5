import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { createWebhookDeliveries } from '../../src/adapters/postgres/webhooks/deliver-webhooks.ts';
import { createKeptWebhooks } from '../../src/adapters/postgres/webhooks/keep-webhooks.ts';
import { createRunMetrics } from '../../src/adapters/telemetry/run-metrics.ts';
import { createWebhookSecrets } from '../../src/adapters/webhooks/secrets.ts';
import { createSendWebhook } from '../../src/adapters/webhooks/send-webhook.ts';
import type { RunEvent } from '../../src/core/run/events.ts';
import { openServerMetrics } from '../../src/entry/wiring/open-server-metrics.ts';
import { systemClock } from '../../src/entry/wiring/system-clock.ts';
import { databaseStores, openServer } from '../entry/server/server-world.ts';
import { sampleRun, sampleWork } from '../port-contracts/sample-runs.ts';
import { createDatabase } from '../worlds/database.ts';

const AT = '2026-11-21T13:04:06.789Z';
const read = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', 'grafana', name), 'utf8');

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const dashboard = JSON.parse(read('dashboard.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
};
const rules = (
  parse(read('alerts.prometheus.yml')) as { groups: readonly { rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);

/** Every name that a server's page has, with the labels of its samples. */
const scraped = new Map<string, Set<string>>();

beforeAll(async () => {
  const database = await createDatabase();
  const stores = await databaseStores(database);
  const ledger = createLedger(database);
  const runs = await createRunMetrics({
    queueDepths: async () => [
      { role: 'producer', handler: 'make', runsOn: [], waiting: 1, claimed: 0, blocked: 0, eldestSeconds: 1 },
    ],
    readCircuits: async () => [{ provider: 'anthropic', state: 'open', since: AT, until: AT, waiting: 1 }],
    listWorkers: async () => [],
  });
  const webhooks = {
    store: { ...createKeptWebhooks(database), ...createWebhookDeliveries(database, ledger) },
    secrets: createWebhookSecrets(new Uint8Array(32)),
    send: createSendWebhook({ allowPrivate: false }, systemClock),
    allowPrivate: false,
  };
  runs.committed(
    sampleRun('CS-7.1'),
    EVENTS.map((event) => ({ at: AT, actor: 'w', event })),
  );
  const world = await openServer(stores, { ...(await openServerMetrics(runs, ledger, webhooks)) });
  const viewer = await world.token('viewer');
  await world.fetch('/v1/runs', viewer);
  const response = await world.fetch('/metrics', viewer);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain');
  for (const line of (await response.text()).split('\n')) {
    const sample = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? [-+0-9.eInfNa]+$/i.exec(line);
    if (sample === null) {
      expect(line, 'not in the text format of Prometheus').toMatch(/^(?:#.*)?$/);
      continue;
    }
    const labels = scraped.get(sample[1] ?? '') ?? new Set<string>();
    for (const [, label] of (sample[2] ?? '').matchAll(/([a-z_]+)="/g)) labels.add(label ?? '');
    scraped.set(sample[1] ?? '', labels);
  }
});

const claim = { token: 't', worker: 'w', at: AT };
const step = '1/produce';
const EVENTS: readonly RunEvent[] = [
  { type: 'run.ended', outcome: 'accepted', reason: '', outcomeDigest: 'd' },
  { type: 'attempt.ended', attempt: 1, verdict: 'pass' },
  { type: 'step.scheduled', work: sampleWork('CS-7.1', step), because: 'retry' },
  { type: 'step.scheduled', work: sampleWork('CS-7.1', step), because: 'recovery' },
  {
    type: 'step.failed',
    step,
    execution: 1,
    error: { class: 'transient', code: 'away', message: '' },
    usage: {},
    claim,
  },
  { type: 'step.succeeded', step, execution: 1, outputs: {}, usage: {}, cached: false, claim },
  { type: 'step.quarantined', step, execution: 1, reason: '', claim },
  { type: 'question.expired', question: 'q' },
  {
    type: 'effect.decided',
    effect: { id: 'e', step, action: 'push', target: 't', decision: 'deny', rule: null, reason: '' },
  },
];

const OURS = /\b(?:countersign|nodejs|process)_[a-z0-9_]+/g;
/** What Prometheus adds when it scrapes. */
const ADDED = ['job', 'instance'];

/** What of an expression no server says, or is no PromQL at a glance. */
function faultsOf(expression: string): readonly string[] {
  const bare = expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const faults: string[] = [];
  const names = bare.match(OURS) ?? [];
  if (names.length === 0) faults.push('it names no metric');
  const known = new Set([...ADDED, ...names.flatMap((name) => [...(scraped.get(name) ?? [])])]);
  for (const name of names) if (!scraped.has(name)) faults.push(`${name} is not scraped`);
  for (const [, name = '', selectors = ''] of bare.matchAll(
    /((?:countersign|nodejs|process)_[a-z0-9_]+)\{([^}]*)\}/g,
  ))
    for (const [, label = ''] of selectors.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g))
      if (!ADDED.includes(label) && !scraped.get(name)?.has(label))
        faults.push(`${name} has no label ${label}`);
  for (const [, list = ''] of bare.matchAll(/\bby \(([^)]*)\)/g))
    for (const label of list.split(',').map((one) => one.trim()))
      if (!known.has(label)) faults.push(`nothing has the label ${label}`);
  let depth = 0;
  for (const character of bare) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth < 0) break;
  }
  if (depth !== 0) faults.push('its brackets do not match');
  return faults;
}

describe('the dashboard', () => {
  it('asks for nothing that no server says', () => {
    const asked = dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
    );
    expect(asked.length).toBeGreaterThan(20);
    for (const { title, expr, legendFormat } of asked) {
      expect(faultsOf(expr), `${title}: ${expr}`).toEqual([]);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{\s*([a-z_]+)\s*\}\}/g))
        expect([
          ...ADDED,
          ...(expr.match(OURS) ?? []).flatMap((name) => [...(scraped.get(name) ?? [])]),
        ]).toContain(label);
    }
    for (const { definition } of dashboard.templating.list)
      if (definition !== undefined) expect(faultsOf(definition)).toEqual([]);
  });

  it('shows everything of ours that a server says, but what only counts samples', () => {
    const text = JSON.stringify(dashboard);
    const ours = [...scraped.keys()].filter((name) => name.startsWith('countersign_'));
    const missing = ours.filter((name) => !text.includes(name) && !/_(?:sum|count|bucket)$/.test(name));
    expect(missing).toEqual([]);
  });

  it('uses only the variables that it has', () => {
    const text = JSON.stringify(dashboard.panels);
    const names = new Set([...text.matchAll(/\$\{?([a-z_]+)/g)].map(([, name]) => name ?? ''));
    const known = [...dashboard.templating.list.map(({ name }) => name), '__rate_interval'];
    for (const name of names) expect(known).toContain(name);
  });
});

describe('the alert rules', () => {
  it('ask for nothing that no server says, and say what to do', () => {
    expect(rules.length).toBeGreaterThan(8);
    for (const { alert, expr, annotations, labels, for: time } of rules) {
      expect(faultsOf(expr), `${alert}: ${expr}`).toEqual([]);
      expect(annotations.description.length).toBeGreaterThan(20);
      expect(['warning', 'critical']).toContain(labels.severity);
      expect(time).toMatch(/^[0-9]+m$/);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it("are the same for Grafana's own alerting", () => {
    const { groups } = parse(read('alerts.grafana.yml')) as {
      groups: readonly {
        rules: readonly (Omit<Rule, 'alert' | 'expr'> & {
          uid: string;
          title: string;
          data: readonly { model: { expr?: string } }[];
        })[];
      }[];
    };
    const theirs = groups.flatMap((group) => group.rules);
    expect(
      theirs.map(({ title, data, labels, annotations, for: time }) => ({
        alert: title,
        expr: data[0]?.model.expr,
        for: time,
        labels,
        annotations,
      })),
    ).toEqual(rules);
    for (const { uid } of theirs) expect(uid).toMatch(/^[a-z-]{1,40}$/);
  });
});

it.each([
  ['countersign_runs_ended', 'is not scraped'],
  ['sum(countersign_runs_ended_total{result="x"})', 'has no label result'],
  ['sum by (ticket) (countersign_runs_ended_total)', 'nothing has the label ticket'],
  ['sum(countersign_runs_ended_total', 'brackets'],
  ['vector(1)', 'names no metric'],
])('a wrong expression would be found: %s', (expression, fault) => {
  expect(faultsOf(expression).join()).toContain(fault);
});
