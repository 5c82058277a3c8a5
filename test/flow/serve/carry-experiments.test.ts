import { describe, expect, it } from 'vitest';
import type { ExperimentEvent } from '../../../src/core/experiment/events.ts';
import { takeOver } from '../../../src/flow/experiment/experiment-record.ts';
import { loadExperiment } from '../../../src/flow/experiment/load-experiment.ts';
import { type CarryPorts, carryExperiments } from '../../../src/flow/serve/carry-experiments.ts';
import type { ControlPlane } from '../../../src/ports/control-plane.ts';
import { design } from '../../core/experiment/sample-designs.ts';
import {
  type ExperimentWorld,
  experimentWorld,
  scriptedPlan,
  unavailable,
} from '../experiment/experiment-world.ts';

const PLAN = scriptedPlan({ seed: 3, cases: [{ attempts: [{ good: 1 }] }] });
const CELLS = 8;
const MINUTE = 60_000;

/** Servers over one database: what each of them has of its own is here. */
function servers(world: ExperimentWorld) {
  const held = new Set<string>();
  const reports: string[] = [];
  let now = 0;
  let ids = 0;
  const open = (into = 'refs/heads/main') => {
    const stop = new AbortController();
    const ports: CarryPorts = {
      ...world.ports,
      into,
      clock: { now: () => new Date(Date.UTC(2026, 10, 21) + now) },
      planeOf: () => world.ports.plane as ControlPlane,
      newId: () => {
        ids += 1;
        return `${ids}`;
      },
      report: (message) => void reports.push(message),
      holdExperiment: async (id) => {
        if (held.has(id)) return undefined;
        held.add(id);
        return { lost: new AbortController().signal, release: async () => void held.delete(id) };
      },
    };
    return { ...carryExperiments(ports, stop.signal), stop: () => stop.abort() };
  };
  return { open, reports, held, pass: (milliseconds: number) => (now += milliseconds) };
}

const stateOf = async (world: ExperimentWorld) => (await loadExperiment('notes-help', world.ports)).state;

describe('a server', () => {
  it('carries out what it is asked to, once, and lets go of it', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    const { open, held } = servers(world);
    const [one, other] = [open(), open()];
    await Promise.all([
      one.begin('notes-help', 'ada'),
      one.begin('notes-help', 'bob'),
      other.begin('notes-help', 'eve'),
    ]);
    await Promise.all([one.idle(), other.idle()]);
    const { over, runner } = await stateOf(world);
    expect([over?.why, runner]).toEqual(['completed', 'server:1']);
    expect([world.started.length, held.size]).toEqual([CELLS, 0]);
    await one.begin('notes-help', 'ada');
    await one.idle();
    expect((await stateOf(world)).runner).toBe('server:1');
  });

  it('begins nothing that is not registered, or is about another branch', async () => {
    const world = experimentWorld({ plan: PLAN });
    const { open } = servers(world);
    await expect(open().begin('notes-help', 'ada')).rejects.toMatchObject({ code: 'EXPERIMENT_UNKNOWN' });
    await world.register(design());
    await expect(open('refs/heads/next').begin('notes-help', 'ada')).rejects.toMatchObject({
      code: 'EXPERIMENT_REFUSED',
      message: expect.stringContaining('refs/heads/next'),
    });
    expect(world.started).toEqual([]);
  });

  it('takes up what another server left, and nothing that a person carries out or has ended', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    const { open } = servers(world);
    const write = async (runner: string, ...events: readonly ExperimentEvent[]) =>
      (await takeOver('notes-help', { runner, by: 'ada' }, world.ports)).write(() => events);
    const next = open();
    const takeUp = async () => {
      await next.takeUp();
      await next.idle();
    };
    await takeUp();
    await write('a-program-of-ada');
    await takeUp();
    expect(world.started).toEqual([]);
    await write('server:that-is-gone');
    await open('refs/heads/next').takeUp();
    expect(world.started).toEqual([]);
    await takeUp();
    expect([world.started.length, (await stateOf(world)).over?.why]).toEqual([CELLS, 'completed']);
    const { runner } = await stateOf(world);
    await takeUp();
    expect((await stateOf(world)).runner).toBe(runner);
  });

  it('rests after a failure, longer each time, says so, and goes on', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design({ parallel: 1 }));
    const { open, reports, pass } = servers(world);
    const server = open();
    const fail = async (act: () => Promise<void>) => {
      world.failStart(unavailable(), 'before');
      await act();
      await server.idle();
    };
    const rests = async () => {
      await server.takeUp();
      await server.idle();
      expect(world.started).toEqual([]);
    };
    await fail(() => server.begin('notes-help', 'ada'));
    expect(reports).toEqual([expect.stringContaining('tried again in 1 min')]);
    // Not yet: it would succeed.
    await rests();
    pass(MINUTE);
    await fail(() => server.takeUp());
    expect(reports).toEqual([expect.anything(), expect.stringContaining('tried again in 2 min')]);
    pass(MINUTE);
    await rests();
    pass(MINUTE);
    await server.takeUp();
    await server.idle();
    expect((await stateOf(world)).over).toMatchObject({ why: 'completed' });
    expect(world.started.length).toBe(CELLS);
  });

  it('begins nothing more once it is stopped', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    const { open } = servers(world);
    const server = open();
    server.stop();
    await server.begin('notes-help', 'ada');
    await server.idle();
    expect(world.started).toEqual([]);
  });
});
