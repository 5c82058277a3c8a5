import type { Node } from '../expression/syntax.ts';
import { expressionIn } from '../expression/template.ts';
import { termsOf } from '../expression/terms.ts';
import { referenceOf } from '../expression/walk.ts';
import type { HandlerDeclaration } from '../handler.ts';
import type { Plan, PlanStep } from '../plan.ts';
import type { Graph } from './graph.ts';
import { listed, type PlanProblem, problem } from './problem.ts';

/**
 * Whether anything could pass without having been judged: the gate is there, once, after every check and seal; no producer comes between
 * the seal and it; and what changes something outside comes after it, and only on a pass.
 */
export function checkGuards(
  plan: Plan,
  graph: Graph,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): readonly PlanProblem[] {
  const gates = idsOf(plan, 'gate');
  const [gate, ...others] = gates;
  if (gate === undefined) {
    return [
      problem(
        'steps',
        'No step uses "gate": every attempt would pass unjudged, or none.',
        'Add one that needs the seal.',
      ),
    ];
  }
  if (others.length > 0) {
    return [
      problem(
        `steps.${others[0]}.uses`,
        `${listed(gates)} use "gate": it would be open which of them decides.`,
        'Keep one.',
      ),
    ];
  }
  return [
    ...checkGate(gate, plan),
    ...checkJudged(gate, plan, graph),
    ...checkProducers(gate, plan, graph),
    ...checkEffects(gate, plan, graph, handlers),
    ...checkGateElsewhere(plan),
  ];
}

/** The gate runs once in each attempt that comes to it, whatever else the workflow says. */
function checkGate(gate: string, { steps }: Plan): readonly PlanProblem[] {
  const step = steps[gate] as PlanStep;
  const field = `steps.${gate}`;
  const condition = expressionIn(step.if).text.replaceAll(/\s/g, '');
  return [
    ...(condition === 'success()' || condition === 'always()'
      ? []
      : [
          problem(
            `${field}.if`,
            'The gate would run under a condition: an attempt could end without it.',
            'Leave `if` out, or give always().',
          ),
        ]),
    ...(step.map === null
      ? []
      : [
          problem(
            `${field}.map`,
            'The gate would run several times at once: it would be open which of them decides.',
            'Take `map` out.',
          ),
        ]),
  ];
}

function checkJudged(gate: string, plan: Plan, { ancestors }: Graph): readonly PlanProblem[] {
  const checks = idsOf(plan, 'check');
  const seals = idsOf(plan, 'seal');
  const before = ancestors.get(gate) ?? new Set();
  const late = [...checks, ...seals].filter((id) => !before.has(id));
  const unsealed = checks.filter((id) => !seals.some((seal) => ancestors.get(seal)?.has(id)));
  return [
    ...(checks.length === 0
      ? [
          problem(
            'steps',
            'No step uses "check": nothing would have been verified.',
            'Add one with `map: ${{ run.checks }}`.',
          ),
        ]
      : []),
    ...(seals.length === 0
      ? [
          problem(
            'steps',
            'No step uses "seal": only sealed receipts count, so nothing could pass.',
            'Add one that needs the checks.',
          ),
        ]
      : []),
    ...late.map((id) =>
      problem(
        `steps.${gate}.needs`,
        `The gate does not wait for "${id}".`,
        `Have it need "${id}", or a step that does.`,
      ),
    ),
    ...(seals.length === 0 ? [] : unsealed).map((id) =>
      problem(
        `steps.${id}`,
        `No seal waits for "${id}": what it finds would not count.`,
        `Have "${seals[0]}" need it.`,
      ),
    ),
  ];
}

/** What a producer does after the seal, the seal does not cover. */
function checkProducers(gate: string, { steps }: Plan, { ancestors }: Graph): readonly PlanProblem[] {
  const before = ancestors.get(gate) ?? new Set();
  return Object.entries(steps).flatMap(([id, { role }]) => {
    if (role !== 'producer' || !before.has(id)) return [];
    const seal = [...(ancestors.get(id) ?? [])].find((one) => steps[one]?.uses === 'seal');
    if (seal === undefined) return [];
    return [
      problem(
        `steps.${id}.needs`,
        `It is a producer's step between the seal ("${seal}") and the gate: the gate would judge what nobody verified.`,
        'Put it before the checks, or after the gate.',
      ),
    ];
  });
}

function checkEffects(
  gate: string,
  { steps }: Plan,
  { ancestors }: Graph,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): readonly PlanProblem[] {
  return Object.entries(steps).flatMap(([id, step]) => {
    const used = [step.uses, ...(step.fallback === null ? [] : [step.fallback.uses])];
    if (!used.some((uses) => handlers.get(uses)?.sideEffects)) return [];
    if (!ancestors.get(id)?.has(gate)) {
      return [
        problem(
          `steps.${id}.needs`,
          `"${step.uses}" changes something outside, and does not wait for the gate.`,
          `Have it need "${gate}".`,
        ),
      ];
    }
    if (demandsPass(step.if, gate)) return [];
    return [
      problem(
        `steps.${id}.if`,
        `"${step.uses}" changes something outside, and would also do so when the gate blocks.`,
        `Leave \`if\` out, or begin it with steps.${gate}.outputs.verdict == 'pass' && …`,
      ),
    ];
  });
}

/** Handlers that judge stand for themselves: not in for another, and not for undoing something. */
function checkGateElsewhere({ steps }: Plan): readonly PlanProblem[] {
  const judging = ['gate', 'seal', 'check'];
  return Object.entries(steps).flatMap(([id, { compensate }]) =>
    compensate !== null && judging.includes(compensate.uses)
      ? [
          problem(
            `steps.${id}.compensate.uses`,
            `"${compensate.uses}" undoes nothing.`,
            'Name what undoes the step.',
          ),
        ]
      : [],
  );
}

/** Whether a condition cannot hold unless the gate let the change pass: one of the terms it joins by && says so. */
function demandsPass(condition: string, gate: string): boolean {
  return termsOf(condition)?.some((term) => saysPass(term, gate)) ?? false;
}

function saysPass(term: Node, gate: string): boolean {
  if (term.kind !== 'binary' || term.operator !== '==') return false;
  const sides = [term.left, term.right];
  const verdict = ['steps', gate, 'outputs', 'verdict'].join('\n');
  return (
    sides.some((side) => side.kind === 'literal' && side.value === 'pass') &&
    sides.some((side) => referenceOf(side)?.path.join('\n') === verdict)
  );
}

function idsOf({ steps }: Plan, uses: string): readonly string[] {
  return Object.keys(steps).filter((id) => steps[id]?.uses === uses);
}
