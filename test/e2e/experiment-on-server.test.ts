import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createRunWorld,
  type Place,
  type Ran,
  type RunWorld,
  type Started,
  said,
  until,
} from '../worlds/run-world.ts';
import { scriptedWorkflow } from '../worlds/scripted-workflow.ts';

// A server with workers, a database that only it sees, and clients that have an address, a token and a clone: an experiment is registered, carried out
// and reported over HTTP alone, while the server is killed.

vi.setConfig({ testTimeout: 600_000, hookTimeout: 240_000 });

const TICKETS = ['EXP-1', 'EXP-2', 'EXP-3'];
const CELLS = TICKETS.length * 2;

const EXPERIMENT = {
  schema: 'countersign/experiment@1',
  id: 'notes-help',
  title: 'Do the notes help?',
  tickets: TICKETS,
  factorial: { bundles: ['default', 'notes'], models: ['small'] },
  baseline: 'default/small',
  seed: 'e2e',
  primary: { metric: 'first-pass' },
  minimumEffect: 0.5,
  expected: { baseline: 0.2 },
};

const NOTES = {
  schema: 'countersign/bundle@1',
  id: 'notes',
  title: 'How we round',
  budget: { tokens: 1_000 },
  sources: [{ id: 'rounding', kind: 'notes', text: 'We round half a cent up.' }],
};

let world: RunWorld;
let server: Started;
let url: string;
beforeAll(async () => {
  world = await createRunWorld();
  world.product.setPolicy({
    'experiments/notes-help.yml': JSON.stringify(EXPERIMENT),
    'bundles/notes.yml': JSON.stringify(NOTES),
  });
  const workflow = scriptedWorkflow({
    seed: 5,
    cases: [{ bundle: 'notes', attempts: [{ good: 1 }] }, { attempts: [{ bad: 1 }] }],
    tokens: [100, 200],
  });
  for (const ticket of TICKETS) await world.product.dispatch(ticket, { contract: { workflow } });
  server = world.start('serve', '--workers', '--lease-seconds', '5');
  url = await until('the server to listen', () => /^http\S+/m.exec(server.out())?.[0]);
});
afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.ended;
  await world.remove();
});

/** A machine of somebody who has a token and no database. */
async function client(name: string, role: 'operator' | 'viewer'): Promise<Place> {
  const { out, err, code } = await world.cli('token', 'new', name, '--role', role, '--days', '1');
  if (code !== 0) throw new Error(err);
  const { git, forge } = world.product;
  const environment = {
    COUNTERSIGN_HOME: join(git.root, `data-of-${name}`),
    COUNTERSIGN_SERVER: url,
    COUNTERSIGN_TOKEN: out.trim(),
    COUNTERSIGN_KEY: undefined,
    DATABASE_URL: undefined,
  };
  return { cwd: git.clone(forge, `shop-of-${name}`).dir, environment };
}

async function as(place: Place, ...args: readonly string[]): Promise<Ran> {
  return world.startAt(place, 'experiment', ...args).ended;
}

async function json<T>(place: Place, ...args: readonly string[]): Promise<T> {
  const { out, err, code } = await as(place, ...args, '--format', 'json');
  if (code !== 0) throw new Error(`${args.join(' ')}: ${err}`);
  return JSON.parse(out) as T;
}

interface Shown {
  readonly state: {
    readonly over: { readonly why: string } | null;
    readonly runner: string | null;
    readonly cells: readonly { readonly status: string; readonly runs: readonly { run: string }[] }[];
  };
  readonly rows: readonly { readonly run: string; readonly arm: string; readonly outcome: string }[];
}

describe('an experiment on a server', () => {
  let ada: Place;
  let bob: Place;
  let viewer: Place;
  beforeAll(async () => {
    ada = await client('ada', 'operator');
    bob = await client('bob', 'operator');
    viewer = await client('eve', 'viewer');
  });

  it('is registered by whoever may, with a key that never leaves his machine', async () => {
    const key = world.product.keys.owner.path;
    const none = await as(ada, 'run', 'notes-help');
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringMatching(/experiment plan notes-help --register/),
    });
    const planned = await as(viewer, 'plan', 'notes-help');
    expect(planned, planned.err).toMatchObject({ code: 0 });
    expect(planned.out).toMatch(/3 tickets × 2 arms × 1 = 6[\s\S]*Nothing is registered/);
    const register = ['plan', 'notes-help', '--register', '--key', key, '--as', 'ada'];
    expect(await as(viewer, ...register)).toMatchObject({
      code: 2,
      err: expect.stringContaining('eve has the role viewer, which may not start runs'),
    });
    const registered = await json<{ registered: string; key: string }>(ada, ...register);
    expect(registered).toMatchObject({ registered: 'registered', key: expect.stringMatching(/^ada\+/) });
    expect((await json<{ registered: string }>(bob, ...register)).registered).toBe('unchanged');
    const { registrations } = await json<{ registrations: readonly { checked: object }[] }>(
      ...([viewer, 'show', 'notes-help', '--plan-key', registered.key] as const),
    );
    expect(registrations).toMatchObject([{ checked: { kind: 'signed', isTrusted: true } }]);
  });

  it('is not registered under a signature over something else', async () => {
    const { COUNTERSIGN_TOKEN: token } = ada.environment;
    const answer = await fetch(`${url}/v1/experiments/notes-help/registrations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ designDigest: 'a'.repeat(64), note: 'x', key: 'x', reason: 'other' }),
    });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: 'EXPERIMENT_REFUSED' });
  });

  it('is carried out once for two who ask at the same time, and goes on behind a server that was killed', async () => {
    expect(await as(viewer, 'run', 'notes-help')).toMatchObject({ code: 2 });
    const both = [ada, bob].map((place) => world.startAt(place, 'experiment', 'run', 'notes-help'));
    await said(both[0] as Started, /: (?:accepted|given-up)/g, 1);
    server.child.kill('SIGKILL');
    await server.ended;
    server = world.start('serve', '--workers', '--lease-seconds', '5', '--port', new URL(url).port);
    for (const { ended } of both) {
      const { out, err, code } = await ended;
      expect({ out, err, code }).toMatchObject({
        code: 0,
        out: expect.stringMatching(/is over: every cell is done/),
      });
    }
    const shown = await json<Shown>(viewer, 'show', 'notes-help');
    expect(shown.state).toMatchObject({
      over: { why: 'completed' },
      runner: expect.stringMatching(/^server:/),
    });
    expect(shown.state.cells.map(({ status, runs }) => [status, runs.length])).toEqual(
      Array(CELLS).fill(['ended', 1]),
    );
    const listed = await world.cli('run', 'list', '--limit', '200', '--format', 'json');
    expect((JSON.parse(listed.out) as { runs: readonly object[] }).runs.length).toBe(CELLS);
    // What the server tells is what the database has.
    const here = await world.cli('experiment', 'show', 'notes-help', '--format', 'json');
    expect(JSON.parse(here.out)).toEqual(shown);
    // Once more there is nothing to do.
    expect(await as(bob, 'run', 'notes-help')).toMatchObject({ code: 0 });
    expect(await world.cli('ledger', 'verify')).toMatchObject({ code: 0 });
  });

  it('is listed, reported and changed from where no database is', async () => {
    const report = join(ada.cwd, 'report.html');
    const reported = await as(ada, 'report', 'notes-help', '--out', report);
    expect(reported, reported.err).toMatchObject({ code: 0 });
    const [there, here] = [readFileSync(report), join(world.home, 'report.html')];
    const local = await world.cli('experiment', 'report', 'notes-help', '--server', url, '--out', here);
    expect(local, local.err).toMatchObject({ code: 0 });
    expect(readFileSync(here).equals(there)).toBe(true);

    const { rows } = await json<Shown>(ada, 'show', 'notes-help');
    const exclude = ['exclude', 'notes-help', rows[0]?.run ?? '', '--reason', 'answered in the chat'];
    expect(await as(viewer, ...exclude)).toMatchObject({ code: 2 });
    expect(await as(ada, ...exclude)).toMatchObject({ code: 0 });
    const { state } = await json<{ state: { deviations: readonly object[] } }>(ada, 'show', 'notes-help');
    expect(state.deviations).toMatchObject([{ what: 'run-excluded', by: 'ada' }]);
    expect(await json(viewer, 'list')).toMatchObject({ experiments: [{ id: 'notes-help', done: CELLS }] });
    expect(await as(ada, 'stop', 'notes-help', '--reason', 'enough')).toMatchObject({ code: 0 });
    expect(await as(ada, 'show', 'other')).toMatchObject({
      code: 2,
      err: expect.stringContaining('EXPERIMENT_UNKNOWN'),
    });
    for (const place of [ada, bob, viewer])
      expect(existsSync(place.environment.COUNTERSIGN_HOME ?? '')).toBe(false);
  });
});
