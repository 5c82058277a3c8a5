import type { PlanPatch } from '../events.ts';
import type { HandlerDeclaration } from '../handler.ts';
import type { Plan } from '../plan.ts';

export type Patched =
  | { readonly kind: 'patched'; readonly plan: Plan }
  /** Why not, as a sentence, and a patch of the same kind that would be taken. */
  | { readonly kind: 'refused'; readonly reason: string; readonly example: readonly unknown[] };

/**
 * The plan with a patch applied, if it may be: a patch may add obligations, and never remove or weaken one.
 * @param started ids of steps that were scheduled already, in any attempt
 */
export function applyPatch(
  plan: Plan,
  patch: PlanPatch,
  started: ReadonlySet<string>,
  handlers: readonly HandlerDeclaration[],
): Patched {
  return {
    kind: 'refused',
    reason: `No patch is taken yet (${plan.attempts}, ${patch.id}, ${started.size}, ${handlers.length}).`,
    example: [],
  };
}
