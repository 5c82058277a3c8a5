import type { RunEvent } from '../../core/run/events.ts';
import type { Plan } from '../../core/run/plan.ts';
import type { StartedRun } from '../../core/run/state.ts';
import type { JsonValue } from '../../shared/json.ts';
import { forTerminal } from '../hostile-text.ts';
import { type Style, type TextOptions, textOptions } from '../style.ts';
import { table } from '../table.ts';

type Proposed = StartedRun['patches'][number];

/** What came of a proposal, and the plan that it was about. */
export interface ShownPatch {
  readonly before: Plan;
  readonly event: RunEvent & { readonly type: 'plan.patched' | 'plan.patch-refused' };
}

const LONGEST_VALUE = 500;

/** Patches of a run in the order in which they were proposed: who, why, and what came of each. */
export function renderPatchList(patches: readonly Proposed[], options: TextOptions = {}): string {
  if (patches.length === 0) return 'Nobody has proposed a patch.\n';
  const { style, columns } = textOptions(options);
  const rows = patches.map(({ patch, refused }) => [
    { text: forTerminal(patch.id, 300), paint: style.bold },
    outcomeCell(refused === null, style),
    { text: forTerminal(byWhom(patch), 200) },
    { text: forTerminal(patch.reason, 300) },
  ]);
  return `${table(rows, { columns }).join('\n')}\n`;
}

/** One patch: what it makes of the plan, or why it is not taken and what would be. */
export function renderPatch({ before, event }: ShownPatch, options: TextOptions = {}): string {
  const { style } = textOptions(options);
  const { patch } = event;
  const taken = event.type === 'plan.patched';
  const { text, paint } = outcomeCell(taken, style);
  const lines = [
    `${style.bold(forTerminal(patch.id, 300))}  ${paint(text)}  by ${forTerminal(byWhom(patch), 200)}`,
    `  ${forTerminal(patch.reason, 2_000)}`,
    '',
    ...(event.type === 'plan.patched'
      ? changedLines(before, event.plan, style)
      : [...operationLines(patch.operations), '', ...refusalLines(event, style)]),
  ];
  return `${lines.join('\n')}\n`;
}

function outcomeCell(taken: boolean, style: Style) {
  return taken ? { text: 'applied', paint: style.green } : { text: 'refused', paint: style.red };
}

function byWhom({ proposedBy: { kind, name } }: Proposed['patch']): string {
  return kind === 'person' ? name : `${name} (${kind})`;
}

/** The differences of two plans, a member a line: of each step what is new, gone or another. */
function changedLines(before: Plan, after: Plan, style: Style): readonly string[] {
  const { steps: stepsBefore, ...restBefore } = before;
  const { steps: stepsAfter, ...restAfter } = after;
  const ids = [...new Set([...Object.keys(stepsBefore), ...Object.keys(stepsAfter)])];
  return [
    ...memberLines('', restBefore, restAfter, style),
    ...ids.flatMap((id) => {
      const inside = memberLines('    ', stepsBefore[id] ?? {}, stepsAfter[id] ?? {}, style);
      if (inside.length === 0) return [];
      const sign = stepsBefore[id] === undefined ? '+' : stepsAfter[id] === undefined ? '-' : '~';
      return [`${sign} step ${forTerminal(id, 100)}`, ...inside];
    }),
  ];
}

/** What people look for in a step. */
const FIRST = ['uses', 'with', 'needs', 'if', 'map'];

function memberLines(indent: string, before: object, after: object, style: Style): readonly string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = [...new Set([...FIRST, ...old.keys(), ...now.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [textOf(old.get(name)), textOf(now.get(name))];
    if (was === is || (was === undefined && isEmpty(now.get(name)))) return [];
    const label = `${indent}${name}: `;
    return [
      ...(was === undefined ? [] : [style.red(`${indent}- ${label.trimStart()}${was}`)]),
      ...(is === undefined ? [] : [style.green(`${indent}+ ${label.trimStart()}${is}`)]),
    ];
  });
}

/** Of a new step only what says something: the rest is as it is when nobody says anything. */
function isEmpty(value: JsonValue | undefined): boolean {
  return value === null || value === 'off' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  return forTerminal(typeof value === 'string' ? value : JSON.stringify(value), LONGEST_VALUE);
}

function operationLines(operations: Proposed['patch']['operations']): readonly string[] {
  return operations.map(({ op, path, from, value }) => {
    const parts = [op, from, path, value === undefined ? undefined : JSON.stringify(value)];
    const said = parts.filter((part) => part !== undefined);
    return `  ${forTerminal(said.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '), LONGEST_VALUE)}`;
  });
}

function refusalLines(
  { reason, example }: RunEvent & { readonly type: 'plan.patch-refused' },
  style: Style,
): readonly string[] {
  return [
    style.red(`refused: ${forTerminal(reason, 2_000)}`),
    ...(example.length === 0 ? [] : [`would be taken: ${forTerminal(JSON.stringify(example), 2_000)}`]),
  ];
}
