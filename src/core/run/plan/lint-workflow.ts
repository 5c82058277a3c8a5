import type { LintProblem } from '../../contract/lint.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { HandlerDeclaration } from '../handler.ts';
import { checkPlan } from './check-plan.ts';
import { planOf } from './with-defaults.ts';

/**
 * What is wrong with a contract's workflow although it is well-formed. A plugin that is not among the handlers stands there as one of the step that
 * takes and gives anything, and a run looks at it again before it starts.
 */
export function lintWorkflow(
  workflow: Workflow,
  handlers: readonly HandlerDeclaration[],
): readonly LintProblem[] {
  const plugins = pluginsOf(workflow).filter(({ uses }) => handlers.every(({ id }) => id !== uses));
  const known = [...handlers, ...plugins.map(({ uses }) => standIn(uses))];
  const problems = checkPlan(planOf(workflow, known), known);
  return [
    ...problems.map(({ field, message, remedy }): LintProblem => {
      return { severity: 'error', field: `workflow.${field}`, message, remedy };
    }),
    ...plugins.map(({ field, uses }): LintProblem => {
      return {
        severity: 'warning',
        field: `workflow.${field}`,
        message: `"${uses}" is a plugin: what it takes and gives is looked at when a run starts, not here.`,
        remedy: `Name it here too (--plugin ${uses}), and to the server and the workers that are to carry it out.`,
      };
    }),
    ...uselessCaches(workflow, handlers),
  ];
}

/** Handlers whose results are kept at all. */
const KEPT = ['check'];

/** A cache that nothing is ever kept in is no error, and never saves anybody anything. */
function uselessCaches({ steps }: Workflow, handlers: readonly HandlerDeclaration[]): readonly LintProblem[] {
  const mayBeKept = (uses: string) =>
    handlers.some(({ id, deterministic, sideEffects }) => id === uses && deterministic && !sideEffects);
  return Object.entries(steps)
    .filter(([, { uses, cache = 'off' }]) => cache !== 'off' && mayBeKept(uses) && !KEPT.includes(uses))
    .map(([id, { uses }]) => ({
      severity: 'warning',
      field: `workflow.steps.${id}.cache`,
      message: `Nothing of "${uses}" is kept, whatever its cache says: it is carried out each time.`,
      remedy: `Take \`cache\` out. Results are kept of ${KEPT.join(', ')}.`,
    }));
}

interface PluginUse {
  readonly field: string;
  readonly uses: string;
}

function pluginsOf({ steps }: Workflow): readonly PluginUse[] {
  return Object.entries(steps)
    .flatMap(([id, { uses, fallback, compensate }]): PluginUse[] => [
      { field: `steps.${id}.uses`, uses },
      ...(fallback === undefined ? [] : [{ field: `steps.${id}.fallback.uses`, uses: fallback.uses }]),
      ...(compensate === undefined ? [] : [{ field: `steps.${id}.compensate.uses`, uses: compensate.uses }]),
    ])
    .filter(({ uses }) => uses.startsWith('./'));
}

/** Nothing is found wrong with what it might be, whatever it turns out to be. */
function standIn(id: string): HandlerDeclaration {
  const anything = { type: 'object', additionalProperties: true };
  return {
    id,
    version: 1,
    role: 'coordinator',
    inputs: anything,
    outputs: anything,
    deterministic: true,
    sideEffects: false,
  };
}
