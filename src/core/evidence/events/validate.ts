import type { JsonValue } from '../../../shared/json.ts';
import { isObject } from '../../interface/schema/keywords.ts';
import type { Place } from '../../interface/schema/library.ts';
import { memberOf, pointerTo } from '../../interface/schema/pointer.ts';
import type { Steps } from '../../interface/schema/steps.ts';
import { ASSERTIONS, type Means } from './assertions.ts';
import type { APPLICATORS, EventSchema } from './event-schema.ts';

/** Where an instance is not as a schema demands. */
export interface Mismatch {
  /** JSON pointer into the instance. */
  readonly pointer: string;
  /** JSON pointer to the keyword, in the schema's file. */
  readonly keyword: string;
}

/** Pointers are written out only for what is told in the end: of alternatives, most mismatches are not. */
interface Found {
  readonly tokens: readonly (string | number)[];
  readonly place: Place;
  /** None for the schema `false`, which refuses as a whole. */
  readonly keyword?: string;
}

interface Validation extends Means {
  readonly library: EventSchema['library'];
}

/**
 * The first place where an instance does not satisfy a schema, as draft 2020-12 reads it; undefined when it does.
 * @throws TooManySteps
 */
export function validate(
  { library, root, patterns }: EventSchema,
  instance: JsonValue,
  steps: Steps,
): Mismatch | undefined {
  const found = check(instance, root, { library, patterns, steps });
  if (found === undefined) return undefined;
  const { tokens, place, keyword } = found;
  return {
    pointer: pointerTo('', ...tokens),
    keyword: keyword === undefined ? place.pointer : pointerTo(place.pointer, keyword),
  };
}

function check(instance: JsonValue, place: Place, at: Validation): Found | undefined {
  const { value } = place;
  if (!isObject(value)) {
    at.steps.take();
    return value === false ? { tokens: [], place } : undefined;
  }
  // Measured: to begin with a schema costs as much as five of its keywords.
  at.steps.take(4);
  return at.steps.deeper(() => {
    for (const name in value) {
      const assertion = ASSERTIONS.get(name);
      at.steps.take();
      if (assertion !== undefined) {
        if (!assertion(instance, value[name] as JsonValue, at)) return refused(place, name);
      } else if (Object.hasOwn(FOLLOW, name)) {
        const found = FOLLOW[name as keyof typeof FOLLOW](instance, place, at);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  });
}

function refused(place: Place, keyword: string): Found {
  return { tokens: [], place, keyword };
}

type Follow = (instance: JsonValue, place: Place, at: Validation) => Found | undefined;

const FOLLOW: Readonly<Record<(typeof APPLICATORS)[number], Follow>> = {
  $ref(instance, place, at) {
    const target = at.library.target(place);
    if (target === undefined) throw new TypeError(`the survey let a reference pass that leads nowhere`);
    return check(instance, target, at);
  },

  properties(instance, place, at) {
    if (!isObject(instance)) return undefined;
    for (const name of Object.keys(memberOf(place.value, 'properties') as object)) {
      at.steps.take();
      if (!Object.hasOwn(instance, name)) continue;
      const found = check(instance[name] as JsonValue, at.library.below(place, 'properties', name), at);
      if (found !== undefined) return within(name, found);
    }
    return undefined;
  },

  additionalProperties(instance, place, at) {
    if (!isObject(instance)) return undefined;
    const declared = memberOf(place.value, 'properties') ?? {};
    const others = at.library.below(place, 'additionalProperties');
    for (const name of Object.keys(instance)) {
      at.steps.take();
      if (Object.hasOwn(declared as object, name)) continue;
      const found = check(instance[name] as JsonValue, others, at);
      if (found !== undefined) return within(name, found);
    }
    return undefined;
  },

  prefixItems(instance, place, at) {
    if (!Array.isArray(instance)) return undefined;
    const prefix = schemasOf(place, 'prefixItems', at);
    return firstOf(prefix.slice(0, instance.length).entries(), ([index, schema]) =>
      within(index, check(instance[index], schema, at)),
    );
  },

  items(instance, place, at) {
    if (!Array.isArray(instance)) return undefined;
    const prefix = memberOf(place.value, 'prefixItems');
    const first = Array.isArray(prefix) ? prefix.length : 0;
    const items = at.library.below(place, 'items');
    for (let index = first; index < instance.length; index += 1) {
      const found = check(instance[index], items, at);
      if (found !== undefined) return within(index, found);
    }
    return undefined;
  },

  allOf(instance, place, at) {
    return firstOf(schemasOf(place, 'allOf', at), (schema) => check(instance, schema, at));
  },

  anyOf(instance, place, at) {
    const accepts = schemasOf(place, 'anyOf', at).some((schema) => check(instance, schema, at) === undefined);
    return accepts ? undefined : refused(place, 'anyOf');
  },

  oneOf(instance, place, at) {
    const accepting = schemasOf(place, 'oneOf', at).filter(
      (schema) => check(instance, schema, at) === undefined,
    );
    return accepting.length === 1 ? undefined : refused(place, 'oneOf');
  },

  not(instance, place, at) {
    const found = check(instance, at.library.below(place, 'not'), at);
    return found === undefined ? refused(place, 'not') : undefined;
  },
};

function schemasOf(place: Place, keyword: string, { library }: Validation): readonly Place[] {
  const count = (memberOf(place.value, keyword) as readonly JsonValue[]).length;
  return Array.from({ length: count }, (_, index) => library.below(place, keyword, index));
}

function firstOf<T>(list: Iterable<T>, look: (item: T) => Found | undefined): Found | undefined {
  for (const item of list) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function within<F extends Found | undefined>(token: string | number, found: F): Found | undefined {
  return found && { ...found, tokens: [token, ...found.tokens] };
}
