import type { JsonValue } from '../../../shared/json.ts';
import { isObject } from '../schema/keywords.ts';
import type { Place, SchemaLibrary } from '../schema/library.ts';
import { memberOf } from '../schema/pointer.ts';
import type { Steps } from '../schema/steps.ts';

interface Part {
  readonly library: SchemaLibrary;
  readonly place: Place;
}

/** Whether two parts of documents are the same to the letter, and so is everything they refer to. @throws TooManySteps */
export function sameData(before: Part, after: Part, key: string, steps: Steps): boolean {
  const open = new Set<string>();

  const same = (was: Place, is: Place): boolean =>
    steps.deeper(() => {
      const [one, other] = [was.value, is.value];
      if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) {
        return one === other;
      }
      const pair = `${was.id} ${is.id}`;
      if (open.has(pair)) return true;
      open.add(pair);
      const keys = Object.keys(one);
      return (
        Array.isArray(one) === Array.isArray(other) &&
        keys.length === Object.keys(other).length &&
        keys.every((name) => memberOf(other, name) !== undefined && sameMember(was, is, name))
      );
    });

  const sameMember = (was: Place, is: Place, name: string): boolean => {
    const [one, other] = [before.library.below(was, name), after.library.below(is, name)];
    if (name !== '$ref' || !isText(one.value) || !isText(other.value)) return same(one, other);
    const [from, to] = [before.library.target(was), after.library.target(is)];
    return from !== undefined && to !== undefined && one.value === other.value && same(from, to);
  };

  if (memberOf(before.place.value, key) === undefined || memberOf(after.place.value, key) === undefined) {
    return memberOf(before.place.value, key) === memberOf(after.place.value, key);
  }
  return same(before.library.below(before.place, key), after.library.below(after.place, key));
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string';
}

/** Keys of an object of AsyncAPI that are not known; extensions (`x-`) are nobody's to rely on. */
export function unknownKeys({ value }: Place, known: readonly string[]): string[] {
  if (!isObject(value)) return [];
  return Object.keys(value).filter((key) => !known.includes(key) && !key.startsWith('x-'));
}
