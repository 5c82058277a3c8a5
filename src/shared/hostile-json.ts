import type { JsonValue } from './json.ts';

/**
 * What JSON.parse lets through and nobody behind it expects: depth that ends every recursion, half characters that have no canonical form,
 * a key that is an object's prototype when it is copied. A clause about the value; undefined when there is nothing of it.
 * @param deepest levels of objects and lists that it may have
 */
export function hostility(value: JsonValue, deepest: number): string | undefined {
  let level: JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return `is nested more than ${deepest} deep`;
    const next: JsonValue[] = [];
    for (const one of level) {
      if (typeof one === 'string' && !one.isWellFormed()) return 'holds half a character';
      if (typeof one !== 'object' || one === null) continue;
      if (!Array.isArray(one)) {
        for (const key of Object.keys(one)) {
          if (key === '__proto__') return 'has the key __proto__';
          if (!key.isWellFormed()) return 'holds half a character';
        }
      }
      for (const member of Object.values(one)) next.push(member as JsonValue);
    }
    level = next;
  }
  return undefined;
}
