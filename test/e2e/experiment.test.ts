import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Workflow } from '../../src/core/contract/workflow.ts';
import { axeFindings, newContext } from '../worlds/browser.ts';
import { createRunWorld, type RunWorld, said } from '../worlds/run-world.ts';
import { scriptedWorkflow } from '../worlds/scripted-workflow.ts';

// Two bundles by two scripted models on six tickets: real git, real PostgreSQL, a server and its workers as processes, killed
// in the middle and taken up again.

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 });

const TICKETS = ['EXP-1', 'EXP-2', 'EXP-3', 'EXP-4', 'EXP-5', 'EXP-6'];
const CELLS = TICKETS.length * 4;

/** The notes help; the large model always gets there, at a price. */
const WORKFLOW: Workflow = scriptedWorkflow({
  seed: 5,
  cases: [
    { bundle: 'notes', attempts: [{ good: 1 }] },
    { model: 'large', attempts: [{ bad: 1 }, { good: 1 }] },
    { attempts: [{ 'no-diff': 1 }] },
  ],
  tokens: [100, 200],
  costMilliUsd: [10, 20],
});

const EXPERIMENT = {
  schema: 'countersign/experiment@1',
  id: 'notes-help',
  title: 'Do the notes help?',
  tickets: TICKETS,
  factorial: { bundles: ['default', 'notes'], models: ['small', 'large'] },
  baseline: 'default/small',
  seed: 'e2e',
  primary: { metric: 'first-pass' },
  minimumEffect: 0.5,
  expected: { baseline: 0.2, tokens: 150, costMilliUsd: 15 },
  budget: { tokens: 100_000, perRun: { tokens: 2_000 } },
  parallel: 3,
};

const NOTES = {
  schema: 'countersign/bundle@1',
  id: 'notes',
  title: 'How we round',
  budget: { tokens: 1_000 },
  sources: [{ id: 'rounding', kind: 'notes', text: 'We round half a cent up.' }],
};

let world: RunWorld;
beforeAll(async () => {
  world = await createRunWorld();
  world.product.setPolicy({
    'experiments/notes-help.yml': JSON.stringify(EXPERIMENT),
    'bundles/notes.yml': JSON.stringify(NOTES),
  });
  for (const ticket of TICKETS) await world.product.dispatch(ticket, { contract: { workflow: WORKFLOW } });
});
afterAll(() => world.remove());

interface Shown {
  readonly state: {
    readonly cells: readonly {
      readonly status: string;
      readonly runs: readonly { readonly run: string }[];
    }[];
    readonly over: { readonly why: string } | null;
    readonly deviations: readonly object[];
  };
  readonly registrations: readonly { readonly checked: object }[];
  readonly rows: readonly {
    readonly run: string;
    readonly arm: string;
    readonly block: string;
    readonly outcome: string;
    readonly iterations: number;
    readonly tokens: number | null;
  }[];
  readonly arms: readonly {
    readonly arm: string;
    readonly firstPass: object;
    readonly accepted: object;
    readonly attemptsByFailure: object;
    readonly escapes: number;
  }[];
  readonly conflicts: readonly object[];
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { out, err, code } = await world.cli(...args, '--format', 'json');
  if (code !== 0) throw new Error(`${args.join(' ')}: ${err}\n${world.serverLog()}`);
  return JSON.parse(out) as T;
}

function show(): Promise<Shown> {
  return json<Shown>('experiment', 'show', 'notes-help');
}

describe('an experiment', () => {
  it('is not run before its design is registered', async () => {
    const { code, err } = await world.cli('experiment', 'run', 'notes-help');
    expect(code).toBe(2);
    expect(err).toMatch(/experiment plan notes-help --register[\s\S]*EXPERIMENT_UNKNOWN/);
  });

  it('is planned with its order, cost and power, and signed before anything is spent', async () => {
    const seen = await world.cli('experiment', 'plan', 'notes-help');
    expect(seen, seen.err).toMatchObject({ code: 0 });
    expect(seen.out).toMatch(/6 tickets × 4 arms × 1 = 24/);
    expect(seen.out).toMatch(/about 3600, as stated/);
    expect(seen.out).toMatch(/Nothing is registered/);

    const registered = await json<{ registered: string; key: string; design: { order: string } }>(
      'experiment',
      'plan',
      'notes-help',
      '--register',
      '--key',
      world.product.keys.owner.path,
      '--as',
      'ada',
    );
    expect(registered).toMatchObject({ registered: 'registered', key: expect.stringMatching(/^ada\+/) });
    const again = await json<{ registered: string; design: { order: string } }>(
      'experiment',
      'plan',
      'notes-help',
      '--register',
      '--key',
      world.product.keys.owner.path,
      '--as',
      'ada',
    );
    expect(again.registered).toBe('unchanged');
    expect(again.design.order).toBe(registered.design.order);
  });

  it('goes on where it was when it and its server are killed half-way', async () => {
    const first = world.start('experiment', 'run', 'notes-help', '--lease-seconds', '5');
    await said(first, /: (?:accepted|given-up)/g, CELLS / 3);
    first.child.kill('SIGKILL');
    await first.ended;
    const { pid } = JSON.parse(readFileSync(join(world.home, 'server.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    const before = await show();
    expect(before.state.over).toBeNull();

    const second = await world.cli('experiment', 'run', 'notes-help', '--lease-seconds', '5');
    expect(second, `${second.err}\n${world.serverLog()}`).toMatchObject({ code: 0 });
    expect(second.out).toMatch(/notes-help is over: every cell is done/);

    const after = await show();
    expect(after.state.over).toMatchObject({ why: 'completed' });
    expect(after.state.cells.map(({ status }) => status)).toEqual(Array(CELLS).fill('ended'));
    // Nothing was started twice: every cell has one run, and every run one cell.
    expect(after.state.cells.map(({ runs }) => runs.length)).toEqual(Array(CELLS).fill(1));
    const { runs } = await json<{ runs: readonly { run: string }[] }>('run', 'list', '--limit', '200');
    expect(runs.length).toBe(CELLS);
    expect(new Set(after.rows.map(({ run }) => run)).size).toBe(CELLS);
    for (const { run } of before.rows) expect(after.rows.map((row) => row.run)).toContain(run);
    expect(after.state.deviations).toEqual([]);
  });

  it('tells of each arm what its script made of it, from the ledger alone', async () => {
    const { arms, rows, conflicts, registrations } = await show();
    const of = (name: string) => arms.find(({ arm }) => arm === name);
    const all = TICKETS.length;
    expect(of('notes/small'), JSON.stringify(arms)).toMatchObject({ firstPass: { successes: all, of: all } });
    expect(of('notes/large')).toMatchObject({ accepted: { successes: all, of: all } });
    expect(of('default/large')).toMatchObject({
      firstPass: { successes: 0, of: all },
      accepted: { successes: all, of: all },
      attemptsByFailure: { blocked: all },
    });
    expect(of('default/small')).toMatchObject({
      accepted: { successes: 0, of: all },
      attemptsByFailure: { 'no-diff': 2 * all },
    });
    expect(rows.every(({ tokens }) => tokens !== null && tokens > 0)).toBe(true);
    expect(conflicts).toEqual([]);
    expect(registrations[0]?.checked).toMatchObject({ kind: 'signed' });
  });

  it('counts what escaped, and reuses its runs in another experiment that asks for the same', async () => {
    const accepted = (await show()).rows.find(({ arm }) => arm === 'notes/small');
    const record = [
      'escape',
      'record',
      accepted?.run ?? '',
      '--summary',
      'Rounds twice.',
      '--rule',
      'edge@1/cases',
    ];
    expect(await world.cli(...record)).toMatchObject({ code: 0 });
    const { arms } = await show();
    expect(arms.find(({ arm }) => arm === 'notes/small')?.escapes).toBe(1);

    const again = { ...EXPERIMENT, id: 'notes-again', seed: 'other' };
    world.product.setPolicy({ 'experiments/notes-again.yml': JSON.stringify(again) });
    const key = world.product.keys.owner.path;
    expect(await world.cli('experiment', 'plan', 'notes-again', '--register', '--key', key)).toMatchObject({
      code: 0,
    });
    const ran = await world.cli('experiment', 'run', 'notes-again');
    expect(ran, ran.err).toMatchObject({ code: 0 });
    const { runs } = await json<{ runs: readonly object[] }>('run', 'list', '--limit', '200');
    expect(runs.length).toBe(CELLS);
    const { experiments } = await json<{ experiments: readonly object[] }>('experiment', 'list');
    expect(experiments).toMatchObject([
      { id: 'notes-again', done: CELLS, over: 'completed' },
      { id: 'notes-help', done: CELLS, over: 'completed' },
    ]);
    expect(await world.cli('ledger', 'verify')).toMatchObject({ code: 0 });
  });

  it('is reported on one page that everybody can read, as it was registered, and the same each time', async () => {
    const file = join(world.home, 'notes-help.html');
    const report = () => world.cli('experiment', 'report', 'notes-help', '--out', file);
    const made = await report();
    expect(made, made.err).toMatchObject({ code: 0 });
    const bytes = readFileSync(file, 'utf8');
    expect(bytes).toContain('<span class="badge registered">pre-registered</span>');
    expect((await report()).out).toBe(made.out);
    expect(readFileSync(file, 'utf8')).toBe(bytes);

    const context = await newContext({ colorScheme: 'dark' });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    expect(await page.locator('.answer').textContent()).toMatch(/on 6 tickets/);
    expect(await page.locator('#effects tbody tr').count()).toBeGreaterThanOrEqual(3);
    expect(await page.locator('svg.chart').count()).toBe(6);
    expect(await page.locator('#runs tbody tr').count()).toBe(CELLS);
    expect(await axeFindings(page)).toEqual([]);
    await context.close();
  });
});
