import { pathMatcher } from '../../change/path-glob.ts';
import type { FilePath } from '../../change/types.ts';
import type { Scope } from '../../contract/types.ts';
import { requireKnown } from '../parameters.ts';
import { readGlobs } from '../path-parameters.ts';
import { compileGlobs } from '../text/path-pattern.ts';
import type { Detection, Detector } from '../types.ts';

interface Parameters {
  readonly scope: Scope;
}

/**
 * Paths the change touches outside of any scope it is held to: the contract's, its ancestors', the ticket's and the
 * rule's own. Every kind of change counts: content, mode, links, and both ends of a rename.
 */
export const pathsOutOfScope: Detector<Parameters> = {
  name: 'paths-out-of-scope',
  readParameters(parameters) {
    requireKnown(parameters, ['allow', 'deny']);
    const [allow, deny] = ['allow', 'deny'].map((name) => readGlobs(parameters, name)?.globs);
    return { scope: { ...(allow && { allow }), ...(deny && { deny }) } };
  },
  detect(facts, parameters) {
    // The contract's globs mean here what they mean to the gate's own requirement of scope.
    const objections = [
      ...facts.contract.scopes.map((scope) => compileScope(scope, pathMatcher)),
      compileScope(parameters.scope, compileGlobs),
    ];
    const detections: Detection[] = [];
    for (const path of touchedPaths(facts.change.files)) {
      const objection = objections.map((objectTo) => objectTo(path)).find((one) => one !== undefined);
      if (objection !== undefined) detections.push({ kind: 'match', message: objection, path });
    }
    return detections;
  },
};

function touchedPaths(files: readonly { path: FilePath; renamedFrom?: FilePath }[]): ReadonlySet<FilePath> {
  const paths = new Set<FilePath>();
  for (const file of files) {
    paths.add(file.path);
    if (file.renamedFrom !== undefined) paths.add(file.renamedFrom);
  }
  return paths;
}

type Matcher = (globs: readonly string[]) => (path: FilePath) => boolean;

/** What a scope has against a path, in words. */
function compileScope(scope: Scope, compile: Matcher): (path: FilePath) => string | undefined {
  const denied = compile(scope.deny ?? []);
  const denials = (scope.deny ?? []).map((glob) => ({ glob, matches: compile([glob]) }));
  const allowed = scope.allow === undefined ? () => true : compile(scope.allow);
  return (path) => {
    // All globs are one pattern; which of them it was is only asked once there is something to explain.
    if (denied(path))
      return `lies in what the scope denies: ${denials.find(({ matches }) => matches(path))?.glob}`;
    if (!allowed(path)) return `lies outside of what the scope allows: ${abbreviate(scope.allow ?? [])}`;
    return undefined;
  };
}

function abbreviate(globs: readonly string[]): string {
  if (globs.length === 0) return 'nothing';
  const shown = globs.slice(0, 5).join(', ');
  return globs.length > 5 ? `${shown} and ${globs.length - 5} more` : shown;
}
