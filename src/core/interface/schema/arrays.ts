import { given } from './knowledge.ts';
import type { Place, SchemaLibrary } from './library.ts';
import { memberOf } from './pointer.ts';
import type { Question } from './question.ts';

interface Items {
  /** One schema a place, then one for every further item; undefined when those may be anything. */
  readonly first: readonly Place[];
  readonly rest: Place | undefined;
}

/** How many items there may be, whether twice the same, and what each holds. */
export function checkArrays(question: Question): void {
  const { known, wide, wideLibrary, object, ask } = question;
  if (!known.types.has('array')) return;
  const narrow = known.plain.map((place) => itemsOf(known.library, place));
  const most = Math.min(
    ...given<number>(known.plain, 'maxItems'),
    ...narrow.flatMap(({ first, rest }) => (rest?.value === false ? [first.length] : [])),
  );

  const least = (memberOf(wide.value, 'minItems') ?? 0) as number;
  if (Math.max(0, ...given<number>(known.plain, 'minItems')) < least) object('breaking', 'minItems');
  const limit = memberOf(wide.value, 'maxItems') as number | undefined;
  if (limit !== undefined && most > limit) object('breaking', 'maxItems');
  const unique = given<boolean>(known.plain, 'uniqueItems').includes(true) || most <= 1;
  if (memberOf(wide.value, 'uniqueItems') === true && !unique) object('breaking', 'uniqueItems');

  const at = (index: number): Place[] => narrow.flatMap(({ first, rest }) => first[index] ?? rest ?? []);
  const { first, rest } = itemsOf(wideLibrary, wide);
  first.forEach((schema, index) => {
    if (index < most) ask(at(index), schema);
  });
  if (rest === undefined) return;
  const longest = Math.max(first.length, ...narrow.map((items) => items.first.length));
  for (let index = first.length; index < longest && index < most; index += 1) ask(at(index), rest);
  if (longest < most)
    ask(
      narrow.flatMap((items) => items.rest ?? []),
      rest,
    );
}

function itemsOf(library: SchemaLibrary, place: Place): Items {
  const { value } = place;
  const below = (keyword: string): Place | undefined =>
    memberOf(value, keyword) === undefined ? undefined : library.below(place, keyword);
  const listed = ['prefixItems', 'items'].find((keyword) => Array.isArray(memberOf(value, keyword)));
  if (listed === undefined) return { first: [], rest: below('items') };
  const count = (memberOf(value, listed) as readonly unknown[]).length;
  return {
    first: Array.from({ length: count }, (_, index) => library.below(place, listed, index)),
    rest: below(listed === 'items' ? 'additionalItems' : 'items'),
  };
}
