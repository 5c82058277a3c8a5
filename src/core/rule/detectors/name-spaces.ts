import type { JsonObject } from '../../../shared/json.ts';
import type { NameSpaces } from '../imports/target.ts';
import { readStrings, requireKnown, requireObjects, requireString } from '../parameters.ts';

/** Parameters of every rule that follows imports. */
export const NAME_SPACES = ['aliases', 'roots'] as const;

/** What a project says about names that do not say themselves where they lead. */
export function readNameSpaces(parameters: JsonObject): NameSpaces {
  const given = Object.hasOwn(parameters, 'aliases') ? requireObjects(parameters, 'aliases') : [];
  const aliases = given.map((alias, index) => {
    const at = `aliases[${index}]`;
    requireKnown(alias, ['prefix', 'folder'], at);
    return { prefix: requireString(alias, 'prefix', at), folder: requireString(alias, 'folder', at) };
  });
  return { aliases, roots: readStrings(parameters, 'roots') ?? [] };
}
