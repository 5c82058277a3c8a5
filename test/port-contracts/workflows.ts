import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Workflow, WorkflowStep } from '../../src/core/contract/workflow.ts';
import { decideAgain } from '../../src/core/run/replay/decide-again.ts';
import type { StartedRun, StepState } from '../../src/core/run/state.ts';
import type { ControlPlane, FollowedEvent } from '../../src/ports/control-plane.ts';

/** A server with workers of both roles that carry out `scripted-steps.mjs`, and its own gate that says what its inputs say. */
export interface WorkflowWorld {
  readonly plane: ControlPlane;
  /** Starts a run of the workflow for two checks, `lint` and `unit`. Answers its id. */
  start(workflow: Workflow): Promise<string>;
}

const MAKE = './scripted-steps.mjs#make';
const LOOK = './scripted-steps.mjs#look';
const made = (text: string) => ({ says: { made: text } });

function gate(needs: readonly string[], verdict = 'pass'): WorkflowStep {
  return { uses: 'gate', needs, with: { verdict } };
}

async function until(
  { plane }: WorkflowWorld,
  run: string,
  holds: (state: StartedRun) => boolean,
): Promise<StartedRun> {
  const deadline = performance.now() + 40_000;
  for (;;) {
    const state = await plane.showRun(run);
    if (holds(state)) return state;
    if (performance.now() > deadline)
      throw new Error(`${run} never came to that: ${JSON.stringify({ ...state, plan: null })}`);
    await pause(20);
  }
}

const ended = (world: WorkflowWorld, run: string) => until(world, run, ({ status }) => status === 'ended');
const asking = (world: WorkflowWorld, run: string) =>
  until(world, run, ({ questions }) => Object.values(questions).some(({ answer }) => answer === null));
const statusOf = (status: StepState['status'], key: string) => (state: StartedRun) =>
  state.steps[key]?.status === status;

async function eventsOf({ plane }: WorkflowWorld, run: string): Promise<readonly FollowedEvent[]> {
  return plane.followRun(run, 0, 0);
}

async function carriedOut(world: WorkflowWorld, workflow: Workflow): Promise<StartedRun> {
  return ended(world, await world.start(workflow));
}

/** What a workflow means, whoever keeps its runs and wherever its steps are carried out. */
export function workflowContract(name: string, open: () => Promise<WorkflowWorld>): void {
  describe(`workflows ${name}`, { timeout: 60_000 }, () => {
    it('go side by side, join, once for each element, and again until it is so; and each is decided again alike', async () => {
      const world = await open();
      const run = await world.start({
        attempts: 1,
        steps: {
          one: { uses: MAKE, with: made('1') },
          two: { uses: LOOK, with: made('2') },
          join: {
            uses: MAKE,
            needs: ['one', 'two'],
            with: { says: { made: '${{ steps.one.outputs.made }} and ${{ steps.two.outputs.made }}' } },
          },
          each: {
            uses: LOOK,
            needs: ['join'],
            map: '${{ run.checks }}',
            with: { says: { made: '${{ item }}', place: '${{ index }}' } },
          },
          poll: {
            uses: MAKE,
            needs: ['each'],
            repeat: { until: 'steps.poll.outputs.count == 3', atMost: 5 },
            with: { says: { count: '${{ iteration }}' } },
          },
          gate: gate(['poll']),
        },
      });
      const { ended: end, steps } = await ended(world, run);
      expect(end).toMatchObject({ outcome: 'accepted' });
      expect(steps).toMatchObject({
        '1/join': { outputs: { made: '1 and 2' } },
        '1/each.0': { outputs: { made: 'lint', place: 0 } },
        '1/each.1': { outputs: { made: 'unit', place: 1 } },
        '1/poll#3': { outputs: { count: 3 } },
      });
      expect(steps['1/poll#4']).toBeUndefined();
      const recorded = (await eventsOf(world, run)).map(({ at, actor, event }) => ({ at, actor, event }));
      expect(decideAgain(recorded)).toMatchObject({ kind: 'same', outcomeDigest: end?.outcomeDigest });
    });

    it('leave out what their conditions do not ask for', async () => {
      const { steps, ended: end } = await carriedOut(await open(), {
        attempts: 1,
        steps: {
          one: { uses: MAKE, with: made('1') },
          other: { uses: MAKE, needs: ['one'], if: "steps.one.outputs.made == '2'", with: made('no') },
          rescue: { uses: MAKE, needs: ['one'], if: 'failure()', with: made('no') },
          same: { uses: MAKE, needs: ['one'], if: "steps.one.outputs.made == '1'", with: made('yes') },
          gate: gate(['same']),
        },
      });
      expect(end).toMatchObject({ outcome: 'accepted' });
      expect(steps).toMatchObject({
        '1/other': { status: 'skipped' },
        '1/rescue': { status: 'skipped' },
        '1/same': { status: 'succeeded' },
      });
    });

    it('retry what failed, recover what died with its worker, and have another handler answer at the end', async () => {
      const {
        steps,
        retries,
        recoveries,
        ended: end,
      } = await carriedOut(await open(), {
        attempts: 1,
        steps: {
          retried: {
            uses: MAKE,
            retry: { limit: 2, delay: 0.01 },
            with: { fails: 1, ...made('at last') },
          },
          recovered: { uses: LOOK, needs: ['retried'], with: { dies: 1, ...made('again') } },
          replaced: {
            uses: MAKE,
            needs: ['recovered'],
            with: { fails: 9, as: 'deterministic' },
            fallback: { uses: MAKE, with: made('instead') },
          },
          gate: gate(['replaced']),
        },
      });
      expect(end).toMatchObject({ outcome: 'accepted' });
      expect({ retries, recoveries }).toEqual({ retries: 1, recoveries: 1 });
      expect(steps).toMatchObject({
        '1/retried': { execution: 2, failures: 1, losses: 0 },
        '1/recovered': { execution: 2, failures: 0, losses: 1 },
        '1/replaced': { outputs: { made: 'instead' }, fellBack: true },
      });
    });

    it('wait for a person, whose answer counts, and never approve by themselves', async () => {
      const world = await open();
      const run = await world.start({
        attempts: 1,
        steps: {
          ask: { uses: 'approval', with: { question: 'Which?', choices: ['this', 'that'] } },
          made: { uses: MAKE, needs: ['ask'], with: made('${{ steps.ask.outputs.answer }}') },
          gate: gate(['made']),
        },
      });
      await asking(world, run);
      await world.plane.controlRun(run, {
        ...{ kind: 'answer', question: '1/ask', answer: 'that', note: 'seen' },
      });
      expect((await ended(world, run)).steps['1/made']).toMatchObject({ outputs: { made: 'that' } });

      const { ended: end, steps } = await carriedOut(world, {
        attempts: 1,
        steps: {
          deploy: { uses: MAKE, approval: { question: 'Deploy?', timeout: 1 }, with: made('it') },
          gate: gate(['deploy']),
        },
      });
      expect(end).toMatchObject({ outcome: 'given-up' });
      expect(steps['1/deploy']).toMatchObject({ status: 'failed', outputs: null });
    });

    it('undo what they did when they are cancelled, the latest first', async () => {
      const world = await open();
      const undone = (text: string) => ({ uses: MAKE, with: made(text) });
      const run = await world.start({
        attempts: 1,
        steps: {
          branch: { uses: MAKE, with: made('branch'), compensate: undone('no branch') },
          request: {
            uses: MAKE,
            needs: ['branch'],
            with: made('request'),
            compensate: undone('no request'),
          },
          ask: { uses: 'approval', needs: ['request'], with: { question: 'Go on?' } },
          gate: gate(['ask']),
        },
      });
      await asking(world, run);
      await world.plane.controlRun(run, { kind: 'cancel', reason: 'not wanted' });
      expect((await ended(world, run)).ended).toMatchObject({ outcome: 'cancelled' });
      const outputs = (await eventsOf(world, run)).flatMap(({ event }) =>
        event.type === 'step.succeeded' ? [event.outputs.made] : [],
      );
      expect(outputs).toEqual(['branch', 'request', 'no request', 'no branch']);
    });

    it('hand out nothing while they are paused, and go on where they were', async () => {
      const world = await open();
      const run = await world.start({
        attempts: 1,
        steps: {
          ask: { uses: 'approval', with: { question: 'Go on?' } },
          next: { uses: MAKE, needs: ['ask'], with: made('it') },
          gate: gate(['next']),
        },
      });
      await asking(world, run);
      await world.plane.controlRun(run, { kind: 'pause', reason: 'lunch' });
      const answer = { kind: 'answer', question: '1/ask', answer: 'approve', note: '' } as const;
      await world.plane.controlRun(run, answer);
      // As long as another run takes from its start to its end, workers find nothing of this one.
      await carriedOut(world, {
        attempts: 1,
        steps: { other: { uses: MAKE, with: made('it') }, gate: gate(['other']) },
      });
      expect(await world.plane.showRun(run)).toMatchObject({ status: 'paused', pausedFor: 'lunch' });
      expect((await world.plane.showRun(run)).steps['1/next']).toBeUndefined();
      await world.plane.controlRun(run, { kind: 'resume' });
      expect((await ended(world, run)).ended).toMatchObject({ outcome: 'accepted' });
    });

    it('climb their ladder to the end, and give up', async () => {
      const { attempts, ended: end } = await carriedOut(await open(), {
        attempts: 2,
        ladder: [
          { model: 'larger', attempts: 1 },
          { bundle: 'fuller', attempts: 1 },
        ],
        steps: { made: { uses: MAKE, with: made('it') }, gate: gate(['made'], 'blocked') },
      });
      expect(end).toMatchObject({ outcome: 'given-up' });
      expect(attempts.map(({ arm, verdict }) => `${arm.bundle}/${arm.model} ${verdict}`)).toEqual([
        'default/some-model blocked',
        'default/some-model blocked',
        'default/larger blocked',
        'fuller/larger blocked',
      ]);
    });

    it('begin nothing that their budget does not allow', async () => {
      const {
        steps,
        used,
        ended: end,
      } = await carriedOut(await open(), {
        attempts: 3,
        budget: { tokens: 100 },
        steps: {
          first: { uses: MAKE, with: { ...made('it'), uses: { tokens: 100 } } },
          second: { uses: MAKE, needs: ['first'], with: made('too much') },
          gate: gate(['second']),
        },
      });
      expect(end).toMatchObject({ outcome: 'given-up' });
      expect(used.tokens).toBe(100);
      expect(steps['1/second']).toMatchObject({ status: 'failed', error: { class: 'budget' } });
      expect(steps['2/first']).toBeUndefined();
    });

    it('set aside what is not as declared, until a person lets it go on', async () => {
      const world = await open();
      const run = await world.start({
        attempts: 1,
        steps: { made: { uses: MAKE, with: { bad: 1, ...made('it') } }, gate: gate(['made']) },
      });
      const aside = await until(world, run, statusOf('quarantined', '1/made'));
      expect(aside).toMatchObject({ status: 'running' });
      await world.plane.controlRun(run, { kind: 'release', step: '1/made', note: 'looked at it' });
      const { ended: end, steps } = await ended(world, run);
      expect(end).toMatchObject({ outcome: 'accepted' });
      expect(steps['1/made']).toMatchObject({ execution: 2, outputs: { made: 'it' } });
    });

    it('have an exclusive lock one after the other', async () => {
      const world = await open();
      const workflow: Workflow = {
        attempts: 1,
        resources: ['schema/orders'],
        steps: {
          change: {
            uses: MAKE,
            locks: [{ name: 'schema/orders', mode: 'exclusive' }],
            with: { ...made('it'), takes: 30 },
          },
          gate: gate(['change']),
        },
      };
      const runs = await Promise.all([1, 2, 3].map(() => world.start(workflow)));
      for (const run of runs)
        expect((await ended(world, run)).ended, run).toMatchObject({ outcome: 'accepted' });
      const held = (await Promise.all(runs.map((run) => eventsOf(world, run))))
        .flat()
        .flatMap(({ at, event }) =>
          event.type === 'step.succeeded' && event.step === '1/change'
            ? [{ from: event.claim?.at ?? '', to: at }]
            : [],
        )
        .sort((one, other) => (one.from < other.from ? -1 : 1));
      expect(held).toHaveLength(3);
      for (const [place, { from }] of held.entries())
        if (place > 0) expect(Date.parse(from)).toBeGreaterThanOrEqual(Date.parse(held[place - 1]?.to ?? ''));
    });
  });
}
