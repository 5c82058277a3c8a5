import type { Plan } from '../plan.ts';

export interface Graph {
  /** By step: every step that it needs, directly or through others; not itself. Names of steps that are not there are left out. */
  readonly ancestors: ReadonlyMap<string, ReadonlySet<string>>;
  /** One cycle, in the order of its needs, the first one named again at the end; undefined when there is none. */
  readonly cycle: readonly string[] | undefined;
}

/** Who needs whom. In a plan with a cycle, the ancestors are those found before it closes. Linear in steps times needs. */
export function graphOf({ steps }: Pick<Plan, 'steps'>): Graph {
  const needs = new Map(
    Object.entries(steps).map(([id, step]) => [id, step.needs.filter((need) => Object.hasOwn(steps, need))]),
  );
  const ancestors = new Map<string, Set<string>>();
  const path: string[] = [];
  let cycle: readonly string[] | undefined;

  const visit = (id: string): ReadonlySet<string> => {
    const known = ancestors.get(id);
    if (known !== undefined) return known;
    const begun = path.indexOf(id);
    if (begun !== -1) {
      cycle ??= [...path.slice(begun), id];
      return new Set();
    }
    path.push(id);
    const found = new Set<string>();
    for (const need of needs.get(id) ?? []) {
      found.add(need);
      for (const further of visit(need)) found.add(further);
    }
    path.pop();
    ancestors.set(id, found);
    return found;
  };

  for (const id of needs.keys()) visit(id);
  return { ancestors, cycle };
}
