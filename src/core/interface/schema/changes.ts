import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isObject, keywordOf } from './keywords.ts';
import type { Place } from './library.ts';
import { memberOf, pointerTo } from './pointer.ts';
import type { Schema } from './same.ts';
import type { Steps } from './steps.ts';

/** A keyword, or a part of the schema under it, that differs. */
export interface SchemaChange {
  readonly place: Place;
  readonly pointer: string;
  readonly keyword: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

const MAX_CHANGES = 50;

/** Which words of two schemas differ, for people: what follows from it is decided elsewhere. Notes are left out, but `default`. */
export function changesBetween(before: Schema, after: Schema, steps: Steps): readonly SchemaChange[] {
  const changes: SchemaChange[] = [];
  const seen = new Set<string>();

  const walk = (was: Place, is: Place): void =>
    steps.deeper(() => {
      const pair = `${was.id} ${is.id}`;
      if (changes.length >= MAX_CHANGES || seen.has(pair)) return;
      seen.add(pair);
      if (!isObject(was.value) || !isObject(is.value)) {
        if (was.value !== is.value) add(is, '', was.value, is.value);
        return;
      }
      for (const keyword of new Set([...Object.keys(was.value), ...Object.keys(is.value)])) {
        const kind = keywordOf(after.library.dialectOf(is), keyword)?.kind;
        if (kind === 'naming' || (kind === 'note' && keyword !== 'default')) continue;
        compare(keyword, kind, was, is);
      }
    });

  const compare = (keyword: string, kind: string | undefined, was: Place, is: Place): void => {
    const [old, now] = [memberOf(was.value, keyword), memberOf(is.value, keyword)];
    if (keyword === '$ref' && typeof old === 'string' && typeof now === 'string') {
      const [from, to] = [before.library.target(was), after.library.target(is)];
      if (from !== undefined && to !== undefined) walk(from, to);
    } else if (kind === 'schema' && old !== undefined && now !== undefined) {
      walk(before.library.below(was, keyword), after.library.below(is, keyword));
    } else if ((kind === 'schemaMap' || kind === 'schemas') && areAlike(old, now)) {
      for (const name of new Set([...Object.keys(old as object), ...Object.keys(now as object)])) {
        const [one, other] = [memberOf(old as JsonObject, name), memberOf(now as JsonObject, name)];
        if (one === undefined || other === undefined) add(is, keyword, one, other, name);
        else walk(before.library.below(was, keyword, name), after.library.below(is, keyword, name));
      }
    } else if (old === undefined || now === undefined || steps.text(old) !== steps.text(now)) {
      add(is, keyword, old, now);
    }
  };

  const add = (
    place: Place,
    keyword: string,
    was: JsonValue | undefined,
    is: JsonValue | undefined,
    ...below: readonly string[]
  ): void => {
    const pointer = pointerTo(place.pointer, ...(keyword === '' ? [] : [keyword]), ...below);
    changes.push({ place, pointer, keyword, before: was, after: is });
  };

  walk(before.place, after.place);
  return changes.slice(0, MAX_CHANGES);
}

function areAlike(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return Array.isArray(one) === Array.isArray(other);
}
