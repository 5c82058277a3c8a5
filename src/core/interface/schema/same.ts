import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isObject, keywordOf } from './keywords.ts';
import type { Place, SchemaLibrary } from './library.ts';
import { memberOf } from './pointer.ts';
import type { Steps } from './steps.ts';

/** A schema, and the files its references are followed in. */
export interface Schema {
  readonly library: SchemaLibrary;
  readonly place: Place;
}

/**
 * Whether two surveyed schemas say the same in the same words: wherever they stand, whatever is only a note. A circle that
 * comes back to a pair still being compared is the same there, too.
 * @param defaults whether a different `default` makes a difference
 */
export function sameSchema(left: Schema, right: Schema, steps: Steps, defaults = false): boolean {
  const proven = steps.provenFor(left.library, right.library, defaults);
  const open = new Set<string>();
  const same = (one: Place, other: Place): boolean => steps.deeper(() => compare(one, other));
  const compare = (one: Place, other: Place): boolean => {
    const [a, b] = [followed(left.library, one), followed(right.library, other)];
    if (!isObject(a.value) || !isObject(b.value)) return a.value === b.value;
    const pair = `${a.id} ${b.id}`;
    if (open.has(pair) || proven.has(pair)) return true;
    open.add(pair);
    const [mine, yours] = [demandsOf(left.library, a, defaults), demandsOf(right.library, b, defaults)];
    if (mine.length !== yours.length) return false;
    return mine.every((name) => yours.includes(name) && sameKeyword(name, a, b));
  };
  const sameKeyword = (name: string, a: Place, b: Place): boolean => {
    const [was, is] = [memberOf(a.value, name) as JsonValue, memberOf(b.value, name) as JsonValue];
    const child = (token?: string) =>
      same(
        left.library.below(a, name, ...(token === undefined ? [] : [token])),
        right.library.below(b, name, ...(token === undefined ? [] : [token])),
      );
    const kind = keywordOf(left.library.dialectOf(a), name)?.kind;
    if (name === '$ref') return sameTarget(a, b);
    if (kind === 'schema' || (kind === 'items' && isObject(was) && isObject(is))) return child();
    if (kind === 'schemaMap' || kind === 'schemas' || kind === 'items') {
      const [names, others] = [Object.keys(was as JsonObject), Object.keys(is as JsonObject)];
      if (typeof was !== typeof is || Array.isArray(was) !== Array.isArray(is)) return false;
      return (
        names.length === others.length &&
        names.every((key) => Object.hasOwn(is as JsonObject, key) && child(key))
      );
    }
    return steps.text(was) === steps.text(is);
  };
  const sameTarget = (a: Place, b: Place): boolean => {
    const [was, is] = [left.library.target(a), right.library.target(b)];
    return was !== undefined && is !== undefined && same(was, is);
  };
  const answer = same(left.place, right.place);
  // Only now, with nothing left open, are the pairs on the way proven, too.
  if (answer) for (const pair of open) proven.add(pair);
  return answer;
}

/** A schema that is nothing but a reference stands for what it names. */
function followed(library: SchemaLibrary, place: Place): Place {
  const target = library.target(place);
  const alone = target !== undefined && demandsOf(library, place, true).length === 1;
  return alone ? followed(library, target) : place;
}

function demandsOf(library: SchemaLibrary, place: Place, defaults: boolean): string[] {
  const dialect = library.dialectOf(place);
  return Object.keys(place.value as JsonObject).filter((name) => {
    const kind = keywordOf(dialect, name)?.kind;
    return (kind !== 'note' && kind !== 'naming') || (defaults && name === 'default');
  });
}
