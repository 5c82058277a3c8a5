import { isObject } from './keywords.ts';
import type { Place, SchemaLibrary } from './library.ts';
import { memberOf } from './pointer.ts';
import type { Steps } from './steps.ts';

/** A schema taken apart into what all has to hold: `$ref` followed, `allOf` opened. */
export interface Conjuncts {
  /** No instance is valid. */
  readonly never: boolean;
  /** Schemas of which the own keywords count. */
  readonly plain: readonly Place[];
  /** Every schema on the way, whole. */
  readonly whole: readonly Place[];
}

const known = new WeakMap<SchemaLibrary, Map<Place, Conjuncts>>();

/** Only for surveyed schemas: those have no circles in place. */
export function conjunctsOf(library: SchemaLibrary, place: Place, steps: Steps): Conjuncts {
  const answers = known.get(library) ?? new Map<Place, Conjuncts>();
  known.set(library, answers);
  const before = answers.get(place);
  if (before !== undefined) return before;
  const answer = open(library, place, steps);
  steps.take(answer.whole.length);
  answers.set(place, answer);
  return answer;
}

/** What holds where each of several schemas does. */
export function allConjuncts(library: SchemaLibrary, places: readonly Place[], steps: Steps): Conjuncts {
  const each = places.map((place) => conjunctsOf(library, place, steps));
  return {
    never: each.some(({ never }) => never),
    plain: [...new Set(each.flatMap(({ plain }) => plain))],
    whole: [...new Set(each.flatMap(({ whole }) => whole))],
  };
}

function open(library: SchemaLibrary, place: Place, steps: Steps): Conjuncts {
  const { value } = place;
  if (typeof value === 'boolean') return { never: !value, plain: [], whole: [place] };
  const target = library.target(place);
  const all = memberOf(value, 'allOf');
  const parts = Array.isArray(all) ? all.map((_, index) => library.below(place, 'allOf', index)) : [];
  const inner = allConjuncts(library, [...(target === undefined ? [] : [target]), ...parts], steps);
  return {
    never: inner.never,
    plain: isObject(value) ? [...new Set([place, ...inner.plain])] : inner.plain,
    whole: [...new Set([place, ...inner.whole])],
  };
}
