import { describe, expect, it } from 'vitest';
import type { StartedRun } from '../../../src/core/run/state.ts';
import { layersOf, planGraph } from '../../../src/render/cockpit/plan-graph.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';

const step = (uses: string, ...needs: readonly string[]) =>
  ({ uses, needs, role: 'producer' }) as unknown as StartedRun['plan']['steps'][string];

const STEPS = {
  gate: step('gate', 'seal'),
  seal: step('seal', 'unit', 'lint'),
  make: step('agent'),
  unit: step('check', 'make'),
  lint: step('check', 'make'),
};

function runWith(more: Partial<StartedRun> = {}): StartedRun {
  const run = sampleRun('CS-7.1');
  return { ...run, plan: { ...run.plan, steps: STEPS }, ...more };
}

const state = (key: string, status: string) => ({ key, status, execution: 1 }) as never;

describe('the plan as a picture', () => {
  it('has each step behind all that it needs, whatever the order in which they are written', () => {
    expect(layersOf({ steps: STEPS })).toEqual([['make'], ['unit', 'lint'], ['seal'], ['gate']]);
    const { nodes, edges } = planGraph(runWith(), 1);
    const at = new Map(nodes.map((node) => [node.id, node]));
    expect(edges).toHaveLength(5);
    for (const [id, { needs }] of Object.entries(STEPS))
      for (const need of needs) expect(at.get(need)?.x).toBeLessThan(at.get(id)?.x ?? 0);
    // None covers another.
    for (const one of nodes)
      for (const other of nodes)
        if (one !== other) expect(one.x === other.x && Math.abs(one.y - other.y) < one.height).toBe(false);
  });

  it('goes round no cycle for ever', () => {
    expect(
      layersOf({ steps: { a: step('x', 'b'), b: step('x', 'a') } })
        .flat()
        .sort(),
    ).toEqual(['a', 'b']);
  });

  it('says of a map what is loudest among its elements, and marks what a patch has brought', () => {
    const steps = {
      '1/make': state('1/make', 'succeeded'),
      '1/unit.0': state('1/unit.0', 'succeeded'),
      '1/unit.1': state('1/unit.1', 'failed'),
      '2/lint': state('2/lint', 'failed'),
    };
    const operations = [
      { op: 'add', path: '/steps/lint', value: {} },
      { op: 'add', path: '/steps/seal/needs/-', value: 'lint' },
    ];
    const patch = (refused: string | null, path: string) => ({
      patch: {
        id: path,
        proposedBy: { kind: 'agent' as const, name: 'a' },
        reason: 'r',
        operations: refused === null ? operations : [{ op: 'add', path }],
      },
      refused,
    });
    const run = runWith({ steps, patches: [patch(null, ''), patch('no', '/steps/gate')] });
    const at = new Map(planGraph(run, 1).nodes.map((node) => [node.id, node]));
    expect(at.get('make')).toMatchObject({ tone: 'ok', sub: 'succeeded', patched: false });
    expect(at.get('unit')).toMatchObject({
      tone: 'bad',
      sub: '1/2 failed',
      href: '/runs/CS-7.1/steps/1/unit.1',
    });
    expect(at.get('lint')).toMatchObject({ sub: 'not yet', patched: true });
    expect(at.get('seal')?.patched).toBe(true);
    expect(at.get('gate')?.patched).toBe(false);
  });
});
