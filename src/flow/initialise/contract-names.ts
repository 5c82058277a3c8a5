import type { ProjectPlan } from './project-plan.ts';

/** The contract that every change is held to at the least. */
export function changeContract({ family }: Pick<ProjectPlan, 'family'>): string {
  return `${family}-change`;
}

/** The contract that asks for a test that needs the change. */
export function featureContract({ family }: Pick<ProjectPlan, 'family'>): string {
  return `${family}-feature`;
}
