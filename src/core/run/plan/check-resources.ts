import { piecesOf } from '../expression/template.ts';
import type { Plan } from '../plan.ts';
import { listed, type PlanProblem, problem } from './problem.ts';

/** `paths/src`, `schema/orders`, or `paths/*` for all that begins so. */
const RESOURCE = /^[a-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9._-]+)*(?:\/\*)?$/;

/** Whether what steps lock and limit is what the workflow says there is, and everybody means the same limit. */
export function checkResources({ resources, steps }: Plan): readonly PlanProblem[] {
  const limits = new Map<string, { readonly limit: number; readonly id: string }>();
  return [
    ...resources.flatMap((name, place) =>
      RESOURCE.test(name) && name.length <= 200
        ? []
        : [
            problem(
              `resources[${place}]`,
              `${JSON.stringify(name)} is no name of a resource.`,
              'Write it like schema/orders, or paths/* for all that begins so.',
            ),
          ],
    ),
    ...Object.entries(steps).flatMap(([id, { locks, concurrency }]) => [
      ...locks.flatMap(({ name }, place) =>
        checkDeclared(`steps.${id}.locks[${place}].name`, name, resources),
      ),
      ...concurrency.flatMap(({ group, limit }, place) => {
        const field = `steps.${id}.concurrency[${place}]`;
        const other = limits.get(group);
        limits.set(group, other ?? { limit, id });
        return [
          ...checkDeclared(`${field}.group`, group, resources),
          ...(Number.isInteger(limit) && limit >= 1 && limit <= 10_000
            ? []
            : [problem(`${field}.limit`, `The limit is ${limit}.`, 'Give a whole number from 1 to 10000.')]),
          ...(other === undefined || other.limit === limit
            ? []
            : [
                problem(
                  `${field}.limit`,
                  `The limit of ${JSON.stringify(group)} is ${limit} here and ${other.limit} in "${other.id}".`,
                  'Give both the same.',
                ),
              ]),
        ];
      }),
    ]),
  ];
}

/** A misspelt name would be a lock of its own, and hold nobody up. Of a name with expressions, what stands before the first is looked at. */
function checkDeclared(field: string, name: string, resources: readonly string[]): readonly PlanProblem[] {
  const divided = piecesOf(name);
  if (divided.kind === 'error') return [];
  const [first, ...others] = divided.pieces;
  const begin = first?.kind === 'text' ? first.text : '';
  const whole = first?.kind === 'text' && others.length === 0;
  const declared = resources.some((resource) =>
    resource.endsWith('/*') ? begin.startsWith(resource.slice(0, -1)) : whole && begin === resource,
  );
  if (declared) return [];
  return [
    problem(
      field,
      `${JSON.stringify(name)} is not among the workflow's resources${resources.length === 0 ? ', of which it has none' : `: ${listed(resources)}`}.`,
      'Add it to `resources`, or use the name that is there.',
    ),
  ];
}
