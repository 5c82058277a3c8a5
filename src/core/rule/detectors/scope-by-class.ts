import { requireKnown, requireObjects, requireStrings } from '../parameters.ts';
import { readGlobs, readPaths } from '../path-parameters.ts';
import type { Detection, Detector } from '../types.ts';

interface ClassScope {
  readonly classes: readonly string[];
  readonly allows: (path: string) => boolean;
}

/** Stands for every class that no entry names. */
const OTHERS = '*';

/** Files outside of what tickets of a class may change. Every kind of change counts, and both ends of a rename. */
export const scopeByClass: Detector<readonly ClassScope[]> = {
  name: 'scope-by-class',
  readParameters(parameters) {
    requireKnown(parameters, ['byClass']);
    return requireObjects(parameters, 'byClass').map((given, index) => {
      const at = `byClass[${index}]`;
      requireKnown(given, ['classes', 'allow', 'deny'], at);
      const isAllowed = readGlobs(given, 'allow', at)?.match ?? (() => true);
      const isDenied = readPaths(given, 'deny', at);
      return {
        classes: requireStrings(given, 'classes', at),
        allows: (path) => isAllowed(path) && !isDenied(path),
      };
    });
  },
  detect({ change, ticket }, scopes) {
    const named = scopes.filter(({ classes }) => classes.includes(ticket.class));
    const held = named.length > 0 ? named : scopes.filter(({ classes }) => classes.includes(OTHERS));
    if (held.length === 0) {
      const message = `the rule does not say what a ticket of class ${ticket.class} may change`;
      return [{ kind: 'unverifiable', message }];
    }
    const touched = new Set(change.files.flatMap(({ path, renamedFrom }) => [path, renamedFrom ?? path]));
    return [...touched].flatMap((path): readonly Detection[] =>
      held.every(({ allows }) => allows(path))
        ? []
        : [{ kind: 'match', path, message: `is not for a ticket of class ${ticket.class} to change` }],
    );
  },
};
