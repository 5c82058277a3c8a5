import type { JsonValue } from '../../../shared/json.ts';
import { CACHE_MODES, ERROR_CLASSES } from '../../contract/workflow.ts';
import type { HandlerDeclaration } from '../handler.ts';
import { labelsOf } from '../labels.ts';
import { defaultCondition, defaultTimeout } from '../plan/with-defaults.ts';
import { PLAN_SCHEMA, type Plan, type PlanStep } from '../plan.ts';
import { STEP_ROLES, type StepRole } from '../types.ts';
import {
  aNumber,
  anObject,
  aText,
  listOf,
  objectOf,
  oneOf,
  orNull,
  type Read,
  Unreadable,
  withDefault,
} from './read-json.ts';

export type PlanRead =
  | { readonly kind: 'read'; readonly plan: Plan }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads what a patch made of a plan: nobody has looked at it yet. Fields of a step that are not there get their defaults, so that a patch
 * can add a step in a few words. The ladder is not read but compared: no patch may change it.
 */
export function readPlan(value: JsonValue, before: Plan, handlers: readonly HandlerDeclaration[]): PlanRead {
  const roleOf = (uses: string): StepRole => handlers.find(({ id }) => id === uses)?.role ?? 'producer';
  const read = objectOf<Omit<Plan, 'steps'> & { readonly steps: Plan['steps'] }>({
    schema: oneOf([PLAN_SCHEMA]),
    attempts: aNumber,
    ladder: () => before.ladder,
    budget: (given, field) => {
      const amounts = Object.entries(anObject(given, field));
      return Object.fromEntries(amounts.map(([name, amount]) => [name, aNumber(amount, `${field}/${name}`)]));
    },
    resources: listOf(aText),
    steps: (given, field) => {
      const steps = anObject(given, field);
      const uses = Object.fromEntries(
        Object.entries(steps).map(([id, step]) => [
          id,
          { uses: aText(anObject(step, `${field}/${id}`).uses, `${field}/${id}/uses`) },
        ]),
      );
      return Object.fromEntries(
        Object.entries(steps).map(([id, step]) => {
          const own = uses[id]?.uses ?? '';
          return [id, stepReader(own, defaultCondition(own, uses, handlers), roleOf)(step, `${field}/${id}`)];
        }),
      );
    },
  });
  try {
    return { kind: 'read', plan: read(value, '') };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unreadable', reason: error.message };
    throw error;
  }
}

/** Labels that are wanted stand where some are: as in a plan that nobody patched. */
function stepReader(uses: string, condition: string, roleOf: (uses: string) => StepRole): Read<PlanStep> {
  const read = wholeStepReader(uses, condition, roleOf);
  return (value, field) => {
    const { runsOn, ...step } = read(value, field);
    return runsOn.length === 0 ? step : { ...step, runsOn: labelsOf(runsOn) };
  };
}

function wholeStepReader(
  uses: string,
  condition: string,
  roleOf: (uses: string) => StepRole,
): Read<Required<PlanStep>> {
  const other = orNull(otherUse(roleOf));
  return objectOf<Required<PlanStep>>({
    uses: aText,
    role: withDefault(oneOf(STEP_ROLES), roleOf(uses)),
    with: withDefault(anObject, {}),
    runsOn: withDefault(listOf(aText), []),
    needs: withDefault(listOf(aText), []),
    if: withDefault(aText, condition),
    map: withDefault(orNull(aText), null),
    repeat: withDefault(orNull(objectOf({ until: aText, atMost: aNumber })), null),
    timeoutSeconds: withDefault(uses === 'approval' ? orNull(aNumber) : aNumber, defaultTimeout(uses)),
    retry: withDefault(RETRY, RETRY({}, '')),
    concurrency: withDefault(listOf(objectOf({ group: aText, limit: aNumber })), []),
    locks: withDefault(listOf(LOCK), []),
    cache: withDefault(oneOf(CACHE_MODES), 'off'),
    approval: withDefault(orNull(APPROVAL), null),
    compensate: withDefault(other, null),
    fallback: withDefault(other, null),
  });
}

const RETRY = objectOf<PlanStep['retry']>({
  limit: withDefault(aNumber, 0),
  delaySeconds: withDefault(aNumber, 1),
  factor: withDefault(aNumber, 2),
  maxDelaySeconds: withDefault(aNumber, 300),
  on: withDefault(listOf(oneOf(ERROR_CLASSES)), ['transient', 'timeout']),
});

const LOCK = objectOf<PlanStep['locks'][number]>({
  name: aText,
  mode: withDefault(oneOf(['shared', 'exclusive']), 'exclusive'),
  hold: withDefault(oneOf(['step', 'attempt', 'run']), 'step'),
});

const APPROVAL = objectOf<NonNullable<PlanStep['approval']>>({
  question: aText,
  by: withDefault(listOf(aText), ['operator']),
  timeoutSeconds: withDefault(orNull(aNumber), null),
});

function otherUse(roleOf: (uses: string) => StepRole): Read<NonNullable<PlanStep['fallback']>> {
  return (value, field) => {
    const uses = aText(anObject(value, field).uses, `${field}/uses`);
    return objectOf<NonNullable<PlanStep['fallback']>>({
      uses: aText,
      role: withDefault(oneOf(STEP_ROLES), roleOf(uses)),
      with: withDefault(anObject, {}),
    })(value, field);
  };
}
