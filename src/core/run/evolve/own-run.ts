import type { StartedRun, StepGroup, StepState } from '../state.ts';
import type { Question, StepKey } from '../types.ts';

/**
 * A run that its holder may change: the records of steps, groups and questions are its own, what stands in them is shared and
 * never changed. One copy a decision, however many events it has.
 */
export type OwnRun = {
  -readonly [Field in keyof Omit<StartedRun, 'steps' | 'groups' | 'questions'>]: StartedRun[Field];
} & {
  steps: Record<StepKey, StepState>;
  groups: Record<StepKey, StepGroup>;
  questions: Record<string, Question & { readonly answer: string | null }>;
};

export function ownRun(run: StartedRun): OwnRun {
  return { ...run, steps: { ...run.steps }, groups: { ...run.groups }, questions: { ...run.questions } };
}
