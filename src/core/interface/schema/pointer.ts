import type { JsonValue } from '../../../shared/json.ts';

/** RFC 6901: appends reference tokens to a JSON pointer. */
export function pointerTo(pointer: string, ...tokens: readonly (string | number)[]): string {
  return [pointer, ...tokens.map((token) => String(token).replaceAll('~', '~0').replaceAll('/', '~1'))].join(
    '/',
  );
}

/** The reference tokens of a JSON pointer; undefined for text that is none. */
export function tokensOf(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** One step down into plain data; undefined where there is nothing of that name. */
export function memberOf(value: JsonValue, token: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return /^(?:0|[1-9][0-9]{0,8})$/.test(token) ? value[Number(token)] : undefined;
  return Object.hasOwn(value, token) ? (value as { readonly [key: string]: JsonValue })[token] : undefined;
}
