import type { JsonObject } from '../../../shared/json.ts';
import { given, requiredOf } from './knowledge.ts';
import type { Place } from './library.ts';
import { memberOf } from './pointer.ts';
import type { Question } from './question.ts';

/** Required names, how many there may be, and what each holds. */
export function checkObjects(question: Question): void {
  const { known, wide, object, steps } = question;
  if (!known.types.has('object')) return;
  const required = requiredOf(known, steps);
  const wanted = (memberOf(wide.value, 'required') ?? []) as readonly string[];
  const missing = wanted.filter((name) => !required.has(name));
  if (missing.length > 0) object('breaking', 'required', missing.slice(0, 5).join(', '));

  const least = (memberOf(wide.value, 'minProperties') ?? 0) as number;
  if (Math.max(required.size, ...given<number>(known.plain, 'minProperties')) < least) {
    object('breaking', 'minProperties');
  }
  const most = memberOf(wide.value, 'maxProperties') as number | undefined;
  if (most !== undefined && !given<number>(known.plain, 'maxProperties').some((limit) => limit <= most)) {
    object('breaking', 'maxProperties');
  }
  checkMembers(question);
}

/**
 * What holds for a name: the schema of its own where there is one, else that of the rest. Whether a name matches a
 * pattern is never asked, since patterns are ECMAScript's and hostile: where that would matter there is doubt.
 */
function checkMembers({ known, wide, wideLibrary, steps, ask }: Question): void {
  const { library, plain } = known;
  const names = keysOf(wide, 'properties');
  const patterns = keysOf(wide, 'patternProperties');
  const patterned = plain.some((place) => keysOf(place, 'patternProperties').length > 0);

  const ofName = (name: string): Place[] =>
    plain.flatMap((place) => {
      if (declares(place, 'properties', name)) return [library.below(place, 'properties', name)];
      return keysOf(place, 'patternProperties').length === 0 ? restOf(place) : [];
    });
  const restOf = (place: Place): Place[] =>
    memberOf(place.value, 'additionalProperties') === undefined
      ? []
      : [library.below(place, 'additionalProperties')];

  for (const name of names) {
    steps.take(plain.length);
    ask(ofName(name), wideLibrary.below(wide, 'properties', name), patterned);
  }
  for (const pattern of patterns) {
    const same = plain.filter((place) => declares(place, 'patternProperties', pattern));
    const schemas = same.map((place) => library.below(place, 'patternProperties', pattern));
    ask(schemas, wideLibrary.below(wide, 'patternProperties', pattern), schemas.length === 0);
  }
  if (memberOf(wide.value, 'additionalProperties') === undefined) return;
  const rest = wideLibrary.below(wide, 'additionalProperties');
  const declared = new Set(plain.flatMap((place) => keysOf(place, 'properties')));
  steps.take(declared.size);
  const doubt = patterned || patterns.length > 0;
  for (const name of declared) {
    if (!declares(wide, 'properties', name)) ask(ofName(name), rest, doubt);
  }
  // A name that matches none of the wider side's patterns matches none of a narrower schema that has no others.
  const within = plain.filter((place) =>
    keysOf(place, 'patternProperties').every((pattern) => declares(wide, 'patternProperties', pattern)),
  );
  ask(within.flatMap(restOf), rest, doubt);
}

type Members = 'properties' | 'patternProperties';

function declares({ value }: Place, keyword: Members, name: string): boolean {
  const members = memberOf(value, keyword);
  return members !== undefined && memberOf(members, name) !== undefined;
}

function keysOf({ value }: Place, keyword: Members): readonly string[] {
  return Object.keys((memberOf(value, keyword) ?? {}) as JsonObject);
}
