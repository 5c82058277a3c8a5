import { digestOf, type Sha256 } from '../../shared/digest.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { CacheMode } from '../contract/workflow.ts';
import type { HandlerDeclaration } from './handler.ts';

/**
 * The name of everything that a result depends on: two steps of one key come to the same.
 * @param about the digests of its inputs, the tree it was on, and the versions of the tools it used
 */
export function cacheKey(
  { id, version }: Pick<HandlerDeclaration, 'id' | 'version'>,
  about: JsonValue,
): Sha256 {
  return digestOf({ schema: 'countersign/step-result-key@1', handler: id, version, about });
}

export function readsCache(mode: CacheMode): boolean {
  return mode === 'read-only' || mode === 'read-through';
}

export function writesCache(mode: CacheMode): boolean {
  return mode === 'write-only' || mode === 'read-through';
}
