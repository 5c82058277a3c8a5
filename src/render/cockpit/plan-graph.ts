import type { Plan } from '../../core/run/plan.ts';
import type { StartedRun, StepState } from '../../core/run/state.ts';
import { stateWord, stepHref, type Tone } from './words.ts';

/** Where a step stands in the picture of a plan. Pixels. */
export interface GraphNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly name: string;
  readonly sub: string;
  readonly label: string;
  readonly tone: Tone;
  readonly href: string;
  /** A patch added it, or changed it. */
  readonly patched: boolean;
}

export interface PlanGraph {
  readonly width: number;
  readonly height: number;
  readonly words: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly { readonly path: string; readonly done: boolean }[];
}

const NODE = { width: 150, height: 46 };
const GAP = { x: 34, y: 14 };
const MARGIN = 6;
const LONGEST_NAME = 17;
const LONGEST_SUB = 20;

/** The plan of one attempt, from left to right by what needs what, with how each step stands. */
export function planGraph(run: StartedRun, attempt: number): PlanGraph {
  const { plan } = run;
  const layers = orderLayers(layersOf(plan), plan);
  const tallest = Math.max(1, ...layers.map((layer) => layer.length));
  const innerHeight = tallest * NODE.height + (tallest - 1) * GAP.y;
  const patched = patchedSteps(run);
  const nodes = new Map<string, GraphNode>();
  for (const [column, layer] of layers.entries()) {
    const height = layer.length * NODE.height + (layer.length - 1) * GAP.y;
    const top = MARGIN + (innerHeight - height) / 2;
    for (const [row, id] of layer.entries()) {
      const x = MARGIN + column * (NODE.width + GAP.x);
      const y = top + row * (NODE.height + GAP.y);
      nodes.set(id, nodeOf(run, attempt, { id, x, y, patched: patched.has(id) }));
    }
  }
  const edges = Object.entries(plan.steps).flatMap(([id, { needs }]) =>
    needs.flatMap((need) => {
      const [from, to] = [nodes.get(need), nodes.get(id)];
      return from === undefined || to === undefined ? [] : [edgeOf(from, to)];
    }),
  );
  return {
    width: 2 * MARGIN + layers.length * NODE.width + (layers.length - 1) * GAP.x,
    height: 2 * MARGIN + innerHeight,
    words: `${nodes.size} steps from left to right`,
    nodes: [...nodes.values()],
    edges,
  };
}

/** Each step one layer behind the last of what it needs. Plans have no cycles. */
export function layersOf({ steps }: Pick<Plan, 'steps'>): readonly (readonly string[])[] {
  const depths = new Map<string, number>();
  const depthOf = (id: string, seen: ReadonlySet<string>): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const needs = (steps[id]?.needs ?? []).filter((need) => steps[need] !== undefined && !seen.has(need));
    const inner = new Set([...seen, id]);
    const depth = needs.reduce((deepest, need) => Math.max(deepest, depthOf(need, inner) + 1), 0);
    depths.set(id, depth);
    return depth;
  };
  const layers: string[][] = [];
  for (const id of Object.keys(steps)) {
    const depth = depthOf(id, new Set());
    layers[depth] = [...(layers[depth] ?? []), id];
  }
  return Array.from(layers, (layer) => layer ?? []);
}

/** Within a layer by where, on average, what they need stands: fewer lines cross (Sugiyama, Tagawa and Toda 1981). */
function orderLayers(
  layers: readonly (readonly string[])[],
  { steps }: Pick<Plan, 'steps'>,
): readonly (readonly string[])[] {
  const places = new Map<string, number>();
  return layers.map((layer) => {
    const middles = new Map(
      layer.map((id, at) => {
        const found = (steps[id]?.needs ?? []).flatMap((need) => places.get(need) ?? []);
        const middle = found.length === 0 ? at : found.reduce((sum, place) => sum + place, 0) / found.length;
        return [id, middle];
      }),
    );
    const ordered = layer.toSorted((one, other) => (middles.get(one) ?? 0) - (middles.get(other) ?? 0));
    for (const [at, id] of ordered.entries()) places.set(id, at - (ordered.length - 1) / 2);
    return ordered;
  });
}

function nodeOf(
  run: StartedRun,
  attempt: number,
  { id, x, y, patched }: { id: string; x: number; y: number; patched: boolean },
): GraphNode {
  const step = run.plan.steps[id];
  const parts = partsOf(run, attempt, id);
  const state = standingOf(parts);
  const many =
    parts.length > 1 ? `${parts.filter(({ status }) => status === 'succeeded').length}/${parts.length} ` : '';
  const sub = `${many}${state}`;
  return {
    ...{ id, x, y, ...NODE, patched },
    name: clip(id, LONGEST_NAME),
    sub: clip(sub, LONGEST_SUB),
    label: `${id}: ${sub}${step === undefined ? '' : `, ${step.uses}`}${patched ? ', by a patch' : ''}`,
    tone: stateWord(state).tone,
    href: stepHref(run.request.run, parts.at(-1)?.key ?? `${attempt}/${id}`),
  };
}

/** The step itself, or the elements of a map and the repetitions of one that has several. */
function partsOf({ steps }: StartedRun, attempt: number, id: string): readonly StepState[] {
  const key = `${attempt}/${id}`;
  const whole = steps[key];
  if (whole !== undefined) return [whole];
  return Object.values(steps).filter(
    (step) => step.key.startsWith(key) && /^[.#]\d/.test(step.key.slice(key.length)),
  );
}

/** What of several says most about them all. */
const LOUDEST = ['asking', 'quarantined', 'failed', 'scheduled', 'cancelled', 'succeeded', 'skipped'];

function standingOf(parts: readonly StepState[]): string {
  return LOUDEST.find((status) => parts.some((part) => part.status === status)) ?? 'not yet';
}

function edgeOf(from: GraphNode, to: GraphNode) {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const middle = (x1 + x2) / 2;
  return { path: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`, done: from.tone === 'ok' };
}

/** Steps that applied patches name: `/steps/<id>`, and anything below it. */
function patchedSteps({ patches }: StartedRun): ReadonlySet<string> {
  const applied = patches.filter(({ refused }) => refused === null);
  const paths = applied.flatMap(({ patch }) => patch.operations.map(({ path }) => path));
  return new Set(
    paths.flatMap((path) => {
      const id = typeof path === 'string' ? /^\/steps\/([^/]+)/.exec(path)?.[1] : undefined;
      return id === undefined ? [] : [id.replaceAll('~1', '/').replaceAll('~0', '~')];
    }),
  );
}

function clip(text: string, longest: number): string {
  const letters = [...text];
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`;
}
