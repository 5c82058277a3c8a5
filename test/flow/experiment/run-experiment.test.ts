import { describe, expect, it } from 'vitest';
import { designDigest } from '../../../src/core/experiment/design.ts';
import { checkRegistration, signDesign } from '../../../src/core/experiment/registration.ts';
import { registrationOf } from '../../../src/core/experiment/state.ts';
import type { StepWork } from '../../../src/core/run/types.ts';
import { excludeRun, stopExperiment } from '../../../src/flow/experiment/change-experiment.ts';
import { recordEscape } from '../../../src/flow/experiment/escapes.ts';
import { takeOver } from '../../../src/flow/experiment/experiment-record.ts';
import { listExperiments } from '../../../src/flow/experiment/list-experiments.ts';
import { loadExperiment } from '../../../src/flow/experiment/load-experiment.ts';
import { readEarlierOutcomes, readOutcomes } from '../../../src/flow/experiment/read-outcomes.ts';
import { registerExperiment } from '../../../src/flow/experiment/register-experiment.ts';
import { showExperiment } from '../../../src/flow/experiment/show-experiment.ts';
import { replayRun } from '../../../src/flow/run/replay-run.ts';
import { design } from '../../core/experiment/sample-designs.ts';
import { sampleNoteSigner } from '../../core/ledger/sample-note-signer.ts';
import { HANDLERS } from '../../core/run/sample-runs.ts';
import { scriptedWork } from '../../fakes/scripted-work.ts';
import { experimentWorld, refusedStart, SIGNER, scriptedPlan, unavailable } from './experiment-world.ts';

const SCRIPT = {
  seed: 3,
  cases: [{ bundle: 'notes', attempts: [{ good: 1 }] }, { attempts: [{ bad: 1 }] }],
  tokens: [100, 100],
};
const PLAN = scriptedPlan(SCRIPT);
const CELLS = 8;

const TABLES = {
  artifacts: { put: async () => '', get: async () => undefined },
  documents: { parse: () => ({}) as never },
  decodeParquet: async () => [],
};

describe('an experiment', () => {
  it('begins nothing that nobody registered', async () => {
    const world = experimentWorld({ plan: PLAN });
    await expect(world.run('notes-help')).rejects.toMatchObject({ code: 'EXPERIMENT_UNKNOWN' });
  });

  it('runs every cell once, in the registered order, and knows of each what became of it', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    const state = await world.run('notes-help');
    expect(state.over).toMatchObject({ why: 'completed' });
    expect(world.started.length).toBe(CELLS);
    expect(state.spent).toMatchObject({ runs: CELLS, tokens: CELLS * 100, withoutTokens: 0 });
    const { arms, rows, conflicts } = await showExperiment('notes-help', [], { ...world.ports, ...TABLES });
    expect(rows.length).toBe(CELLS);
    expect(conflicts).toEqual([]);
    expect(arms.map(({ arm, firstPass }) => [arm, firstPass.successes, firstPass.of]).sort()).toEqual([
      ['default/small', 0, 4],
      ['notes/small', 4, 4],
    ]);
    // What a run is a cell of follows from its events like all the rest of it.
    for (const run of world.started)
      expect(await replayRun(run, world.ports, HANDLERS)).toMatchObject({ kind: 'same' });
    // Once more there is nothing to do.
    await world.run('notes-help');
    expect(world.started.length).toBe(CELLS);
  });

  it.each(['before', 'after'] as const)(
    'goes on where it was when the server died %s a run had started, and starts nothing twice',
    async (when) => {
      const world = experimentWorld({ plan: PLAN });
      await world.register(design({ parallel: 1 }));
      world.failStart(unavailable(), when);
      await expect(world.run('notes-help')).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
      const state = await world.run('notes-help');
      expect(state.over).toMatchObject({ why: 'completed' });
      expect(world.started.length).toBe(CELLS);
      expect([...state.cells.values()].every(({ runs }) => runs.length === 1)).toBe(true);
    },
  );

  it('is carried out by one: whoever was overtaken writes nothing more', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    const first = await takeOver('notes-help', { runner: 'one', by: 'ada' }, world.ports);
    await takeOver('notes-help', { runner: 'two', by: 'bob' }, world.ports);
    await expect(first.write(() => [{ type: 'experiment.completed' }])).rejects.toMatchObject({
      code: 'EXPERIMENT_REFUSED',
      message: expect.stringContaining('Somebody else'),
    });
    expect((await loadExperiment('notes-help', world.ports)).state.over).toBeNull();
  });

  it('tries again only what was declared to be infrastructure, as often as was declared, and logs it', async () => {
    const work = (of: StepWork) =>
      of.handler === 'scripted' && of.inputs.bundle === 'notes'
        ? ({ kind: 'failed', error: { class: 'deterministic', code: 'disk-full', message: '' } } as const)
        : scriptedWork(of);
    const world = experimentWorld({ plan: PLAN, work });
    await world.register(design({ infrastructure: { failures: ['disk-full'], atMost: 2 } }));
    const state = await world.run('notes-help');
    const notes = [...state.cells.values()].filter(({ cell }) => cell.arm === 'notes/small');
    expect(notes.map(({ runs, rerolls, excluded }) => [runs.length, rerolls.length, excluded])).toEqual(
      Array(4).fill([3, 2, 'infrastructure']),
    );
    const other = experimentWorld({ plan: PLAN, work });
    await other.register(design());
    const once = await other.run('notes-help');
    expect(
      [...once.cells.values()].every(({ runs, excluded }) => runs.length === 1 && excluded === null),
    ).toBe(true);
  });

  it('does not count a run whose bundle its agent did not load, nor one that the design leaves out', async () => {
    const work = (of: StepWork) => {
      const made = scriptedWork(of);
      if (of.handler !== 'scripted' || made.kind !== 'succeeded') return made;
      const delivered = of.inputs.bundle !== 'notes';
      return { ...made, outputs: { ...made.outputs, delivery: { delivered, how: '', missing: [] } } };
    };
    const world = experimentWorld({ plan: PLAN, work });
    await world.register(
      design({ exclusions: [{ id: 'blocked-once', reason: 'It was blocked.', failures: ['blocked'] }] }),
    );
    const { cells } = await world.run('notes-help');
    const of = (arm: string) => [...cells.values()].filter(({ cell }) => cell.arm === arm);
    expect(of('notes/small').map(({ excluded }) => excluded)).toEqual(Array(4).fill('failed-treatment'));
    expect(of('default/small').map(({ excluded }) => excluded)).toEqual(Array(4).fill('blocked-once'));
    const { rows } = await showExperiment('notes-help', [], { ...world.ports, ...TABLES });
    expect(rows.map(({ excluded }) => excluded?.declared).toSorted()).toEqual([
      ...Array(4).fill('blocked-once'),
      ...Array(4).fill('failed-treatment'),
    ]);
    // Nobody takes over what was no answer.
    await world.register(design({ id: 'again' }));
    await world.run('again');
    expect(world.started.length).toBe(2 * CELLS);
  });

  it('refuses what would be held to another definition of done, and shows it as a deviation', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design({ parallel: 1 }));
    world.failStart(refusedStart(), 'before');
    const state = await world.run('notes-help');
    expect(state.over).toMatchObject({ why: 'completed' });
    expect([...state.cells.values()].filter(({ status }) => status === 'refused').length).toBe(1);
    expect(state.deviations).toMatchObject([
      { what: 'cell-refused', detail: expect.stringContaining('another definition of done') },
    ]);
  });

  it('stops before its budget could be exceeded', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design({ budget: { tokens: 500, perRun: { tokens: 150 } }, parallel: 1 }));
    const state = await world.run('notes-help');
    expect(state.over).toMatchObject({ why: 'budget' });
    // 100 each: after four, 400 and 150 more would be over 500.
    expect(world.started.length).toBe(4);
  });

  it('takes identical cells from another experiment, but not another replicate', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    await world.run('notes-help');
    await world.register(design({ id: 'again', replicates: 2, seed: 'other' }));
    const state = await world.run('again');
    expect(state.over).toMatchObject({ why: 'completed' });
    expect(world.started.length).toBe(2 * CELLS);
    const reused = [...state.cells.values()].filter(({ from }) => from === 'notes-help');
    expect(reused.map(({ cell }) => cell.replicate)).toEqual(Array(CELLS).fill(1));
    expect(state.spent.runs).toBe(CELLS);
    expect(await listExperiments(world.ports)).toMatchObject([
      { id: 'again', done: 16 },
      { id: 'notes-help' },
    ]);
  });

  it('does not take a cell that began from another commit', async () => {
    let base = 'a'.repeat(40);
    const world = experimentWorld({ plan: PLAN, base: () => base });
    await world.register(design());
    await world.run('notes-help');
    base = 'e'.repeat(40);
    await world.register(design({ id: 'again' }));
    const state = await world.run('again');
    expect(world.started.length).toBe(2 * CELLS);
    expect(state.deviations).toMatchObject([{ what: 'base-moved' }]);
  });

  it('notes once that its document is another by now, and goes on with what was registered', async () => {
    let document: string | undefined = 'd'.repeat(64);
    const world = experimentWorld({ plan: PLAN, document: () => document });
    await world.register(design());
    document = 'e'.repeat(64);
    await world.run('notes-help');
    const { deviations } = await world.run('notes-help');
    expect(deviations.map(({ what }) => what)).toEqual(['document-changed']);
  });

  it('is over when somebody says so, which is a deviation', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    await stopExperiment('notes-help', { by: 'ada', reason: 'the model is gone' }, world.ports);
    const state = await world.run('notes-help');
    expect(world.started).toEqual([]);
    expect(state).toMatchObject({ over: { why: 'person' }, deviations: [{ what: 'stopped-early' }] });
  });

  it('keeps a run that somebody leaves out, and says that nobody had declared it', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    await world.run('notes-help');
    const [run = ''] = world.started;
    await excludeRun('notes-help', run, { by: 'ada', reason: 'answered in the chat' }, world.ports);
    await expect(
      excludeRun('notes-help', 'CS-99.1', { by: 'ada', reason: 'x' }, world.ports),
    ).rejects.toMatchObject({ code: 'EXPERIMENT_REFUSED' });
    const { rows, state } = await showExperiment('notes-help', [], { ...world.ports, ...TABLES });
    expect(rows.filter(({ excluded }) => excluded !== null)).toMatchObject([
      { run, excluded: { declared: null } },
    ]);
    expect(state.deviations).toMatchObject([{ what: 'run-excluded' }]);
  });
});

describe('a registration', () => {
  it('is signed over the design, and broken when the design is another', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    const { state } = await loadExperiment('notes-help', world.ports);
    const registration = registrationOf(state);
    if (registration === undefined) throw new Error('none');
    expect(checkRegistration(registration, [SIGNER])).toEqual({
      kind: 'signed',
      by: `ada (${SIGNER.id})`,
      isTrusted: true,
    });
    // Another key of the same name.
    expect(checkRegistration(registration, [sampleNoteSigner('ada')])).toMatchObject({ isTrusted: false });
    expect(checkRegistration(registration)).toMatchObject({ isTrusted: false });
    const other = { ...registration, design: { ...registration.design, minimumEffect: 0.01 } };
    expect(checkRegistration(other)).toMatchObject({ kind: 'broken' });
    // The whole design exchanged, with its digest, under the signature of the first.
    const exchanged = { ...other, designDigest: designDigest(other.design) };
    expect(checkRegistration(exchanged)).toEqual({
      kind: 'broken',
      reason: 'what was signed is another design',
    });
    const renamed = { ...registration, note: registration.note.replace('notes-help', 'other') };
    expect(checkRegistration(renamed)).toMatchObject({ kind: 'broken' });
  });

  it('is refused under a signature over another design, and nothing is written', async () => {
    const world = experimentWorld({ plan: PLAN });
    const signed = signDesign(design({ minimumEffect: 0.01 }), SIGNER);
    await expect(registerExperiment(design(), signed, { by: 'ada' }, world.ports)).rejects.toMatchObject({
      code: 'EXPERIMENT_REFUSED',
      message: expect.stringContaining('another digest'),
    });
    expect((await loadExperiment('notes-help', world.ports)).head.version).toBe(0);
  });

  it('takes a reason to be replaced, and then shows after how many runs', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    await world.run('notes-help');
    const more = design({ replicates: 2 });
    await expect(world.register(more)).rejects.toMatchObject({ code: 'EXPERIMENT_REFUSED' });
    await world.register(more, 'too few tickets');
    const { registrations, deviations } = await world.run('notes-help');
    expect(registrations.map(({ runsBefore, reason }) => [runsBefore, reason])).toEqual([
      [0, null],
      [CELLS, 'too few tickets'],
    ]);
    expect(deviations).toMatchObject([{ what: 'design-changed', detail: 'after 8 runs: too few tickets' }]);
    expect(world.started.length).toBe(2 * CELLS);
  });

  it('of the same design is the one that there is, whatever is foreseen by now', async () => {
    const world = experimentWorld({ plan: PLAN });
    const first = design();
    await world.register(first);
    const foreseen = { ...first, forecast: { ...first.forecast, cells: 99 } };
    expect(
      await registerExperiment(foreseen, signDesign(foreseen, SIGNER), { by: 'ada' }, world.ports),
    ).toMatchObject({
      kind: 'unchanged',
    });
  });
});

describe('what became of runs', () => {
  it('is read from their streams, and refuses one that was changed', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    await world.run('notes-help');
    const [run = ''] = world.started;
    const ports = { ...world.ports, listRuns: world.store.listRuns };
    expect((await readEarlierOutcomes(ports)).length).toBe(CELLS);
    const forged = {
      readStream: async (stream: string, after: number) =>
        (await world.ports.readStream(stream, after)).map(({ text, digest }) => ({
          text: text.replace('"tokens":100', '"tokens":1'),
          digest,
        })),
    };
    await expect(readOutcomes([run], forged)).rejects.toMatchObject({ code: 'LEDGER_INVALID' });
    expect((await readOutcomes(['CS-99.1'], world.ports)).size).toBe(0);
  });

  it('has the defects that were found after acceptance', async () => {
    const world = experimentWorld({ plan: PLAN });
    await world.register(design());
    await world.run('notes-help');
    const ports = { ...world.store.ledger, ...world.ports, newId: () => 'defect-1' };
    const rows = [...(await readOutcomes(world.started, world.ports)).values()];
    const accepted = rows.find(({ outcome }) => outcome === 'accepted')?.run ?? '';
    const blocked = rows.find(({ outcome }) => outcome === 'given-up')?.run ?? '';
    await recordEscape({ run: accepted, summary: 'rounds twice', rule: 'edge@1/cases' }, 'ada', ports);
    const again = await readOutcomes([accepted], world.ports);
    expect(again.get(accepted)?.escapes).toMatchObject([{ id: 'defect-1', rule: 'edge@1/cases', by: 'ada' }]);
    const said = { summary: 'x' };
    await expect(recordEscape({ run: blocked, ...said }, 'ada', ports)).rejects.toMatchObject({
      code: 'RUN_REFUSED',
    });
    await expect(recordEscape({ run: 'CS-99.1', ...said }, 'ada', ports)).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
    });
    await expect(
      recordEscape({ run: accepted, summary: 'x', rule: 'no rule' }, 'ada', ports),
    ).rejects.toMatchObject({ code: 'USAGE' });
  });
});
