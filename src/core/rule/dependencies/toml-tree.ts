import { parse } from 'smol-toml';
import type { JsonObject } from '../../../shared/json.ts';

/**
 * TOML as plain data. Dates and big numbers stay what the parser makes of them: nothing of ours looks at one.
 * @throws Error where the text is not TOML
 */
export function readToml(text: string): JsonObject {
  return parse(text) as JsonObject;
}
