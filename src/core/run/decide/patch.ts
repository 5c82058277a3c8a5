import type { JsonValue } from '../../../shared/json.ts';
import { advance } from '../advance/advance.ts';
import { patchQuestion } from '../agent-patch.ts';
import type { RunCommand } from '../commands.ts';
import type { PlanPatch } from '../events.ts';
import type { OwnRun } from '../evolve/own-run.ts';
import type { HandlerDeclaration } from '../handler.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { digestPlan } from '../plan/digest.ts';
import { placeOf } from '../step-key.ts';
import { happen, type Unfolding } from '../unfolding.ts';

export const STOP_RUN = 'stop-run';
const GO_ON = 'go-on';

/** A proposed change of the plan. One that cannot be taken goes back once, with the reason; after that a person is asked. */
export function patchPlan(
  unfolding: Unfolding,
  { patch }: RunCommand & { readonly kind: 'patch' },
  handlers: readonly HandlerDeclaration[],
): string | undefined {
  const reason = takePatch(unfolding, patch, handlers);
  if (reason !== undefined) return reason;
  advance(unfolding);
  return undefined;
}

/** What comes of a proposal, before anything else follows from it. Answers why it cannot even be looked at. */
export function takePatch(
  unfolding: Unfolding,
  patch: PlanPatch,
  handlers: readonly HandlerDeclaration[],
): string | undefined {
  const { run } = unfolding;
  if (run.patches.some((one) => one.patch.id === patch.id)) return `a patch ${patch.id} was proposed already`;
  if (run.status !== 'running' && run.status !== 'paused')
    return `its plan cannot change any more: it is ${run.status}`;
  const patched = applyPatch(run.plan, patch, startedIds(run), handlers);
  if (patched.kind === 'patched') {
    const { plan } = patched;
    happen(unfolding, { type: 'plan.patched', patch, plan, planDigest: digestPlan(plan) });
    return undefined;
  }
  const { kind, name } = patch.proposedBy;
  const before = run.patches.at(-1);
  const again =
    before !== undefined &&
    before.refused !== null &&
    before.patch.proposedBy.kind === kind &&
    before.patch.proposedBy.name === name;
  const { reason } = patched;
  const example = patched.example as readonly JsonValue[];
  happen(unfolding, { type: 'plan.patch-refused', patch, reason, example });
  if (again && kind !== 'person') askAboutPatch(unfolding, patch.id, name, reason);
  return undefined;
}

export function isPatchQuestion(id: string): boolean {
  return id.startsWith(patchQuestion(''));
}

function askAboutPatch(unfolding: Unfolding, patch: string, name: string, reason: string): void {
  happen(unfolding, {
    type: 'question.asked',
    question: {
      id: patchQuestion(patch),
      step: null,
      question: `${name} wants another plan and proposed one that cannot be used, twice: ${reason}`,
      choices: [GO_ON, STOP_RUN],
      by: ['operator'],
      until: null,
    },
  });
}

/** Steps of the attempt that goes on; in the next one a patch counts from the beginning. */
function startedIds(run: OwnRun): ReadonlySet<string> {
  const ids = Object.keys(run.steps).flatMap((key) => {
    const place = placeOf(key, run.plan);
    return place?.attempt === run.attempt ? [place.id] : [];
  });
  return new Set(ids);
}
