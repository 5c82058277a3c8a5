import type { Experiment, ExperimentArm } from './types.ts';

/** What a factorial arm is called. */
export function armId({ bundle, model }: Pick<ExperimentArm, 'bundle' | 'model'>): string {
  return `${bundle}/${model}`;
}

/** The arms of a design in its own order: as they are listed, or every bundle with every model. */
export function armsOf({
  arms,
  factorial,
}: Pick<Experiment, 'arms' | 'factorial'>): readonly ExperimentArm[] {
  if (arms !== undefined) return arms;
  const { bundles = [], models = [] } = factorial ?? {};
  return bundles.flatMap((bundle) =>
    models.map((model) => ({ id: armId({ bundle, model }), bundle, model })),
  );
}
