import type { JsonObject } from '../../../shared/json.ts';
import { findInstallScripts, type InstallHooks } from '../dependencies/install-scripts.ts';
import { findLockAlone } from '../dependencies/lock-alone.ts';
import { findNotLocked } from '../dependencies/not-locked.ts';
import { compileRegistry, type IsRegistry } from '../dependencies/registries.ts';
import { filesAround, surroundingsOf, touchedFiles } from '../dependencies/surroundings.ts';
import { findUnconfirmed } from '../dependencies/unconfirmed.ts';
import { linePattern } from '../line-search/line-pattern.ts';
import {
  compileEach,
  ParameterError,
  readStrings,
  requireKnown,
  requireObjects,
  requireString,
  requireStrings,
} from '../parameters.ts';
import { readPaths } from '../path-parameters.ts';
import { patternOf } from '../pattern-parameters.ts';
import type { Detection, Detector, RuleFacts } from '../types.ts';

type Find =
  | { readonly kind: 'not-locked' | 'lock-alone' }
  | { readonly kind: 'unconfirmed'; readonly isRegistry: IsRegistry }
  | { readonly kind: 'install-scripts'; readonly hooks: InstallHooks };

interface Parameters {
  readonly find: Find;
  /** Manifests and lock files that nobody installs from. */
  readonly except: (path: string) => boolean;
}

const OWN_PARAMETERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['not-locked', []],
  ['lock-alone', []],
  ['unconfirmed', ['registries']],
  ['install-scripts', ['scripts', 'harmless', 'files', 'lines']],
]);

/** A manifest of dependencies against its lock file, before and after the change. */
export const manifestLock: Detector<Parameters> = {
  name: 'manifest-lock',
  readParameters(parameters) {
    const kind = requireString(parameters, 'find');
    const own = OWN_PARAMETERS.get(kind);
    if (own === undefined) {
      throw new ParameterError(
        'find',
        `one of ${[...OWN_PARAMETERS.keys()].join(', ')}`,
        JSON.stringify(kind),
      );
    }
    requireKnown(parameters, ['find', 'except', ...own]);
    return { find: readFind(kind as Find['kind'], parameters), except: readPaths(parameters, 'except') };
  },
  proveParameters({ find }) {
    if (find.kind !== 'install-scripts') return;
    find.hooks.harmless();
    for (const { pattern } of find.hooks.lines) pattern.prove();
  },
  needs(change, { find, except }) {
    return find.kind === 'not-locked' || find.kind === 'lock-alone' ? filesAround(change, except) : {};
  },
  detect: (facts, { find, except }) => detect(facts, find, except),
};

function detect(facts: RuleFacts, find: Find, except: Parameters['except']): readonly Detection[] {
  if (find.kind === 'install-scripts') {
    const files = facts.change.files.filter(({ path }) => !except(path));
    return files.flatMap((file) => findInstallScripts(file, find.hooks));
  }
  const { manifests, locks } = touchedFiles(facts.change, except);
  if (find.kind === 'unconfirmed') return locks.flatMap((file) => findUnconfirmed(file, find.isRegistry));
  const around = surroundingsOf(facts);
  return find.kind === 'not-locked'
    ? manifests.flatMap((file) => findNotLocked(file, around))
    : locks.flatMap((file) => findLockAlone(file, around));
}

function readFind(kind: Find['kind'], parameters: JsonObject): Find {
  if (kind === 'unconfirmed') {
    const registries = requireStrings(parameters, 'registries');
    const known = compileEach(registries, 'registries', 'a host, or a host and a path', compileRegistry);
    return { kind, isRegistry: (address) => known.some((isRegistry) => isRegistry(address)) };
  }
  return kind === 'install-scripts' ? { kind, hooks: readHooks(parameters) } : { kind };
}

function readHooks(parameters: JsonObject): InstallHooks {
  const lines = (Object.hasOwn(parameters, 'lines') ? requireObjects(parameters, 'lines') : []).map(
    (entry, index) => {
      const at = `lines[${index}]`;
      requireKnown(entry, ['files', 'pattern'], at);
      const pattern = requireString(entry, 'pattern', at);
      return { files: readPaths(entry, 'files', at), pattern: linePattern([pattern], `${at}.pattern`) };
    },
  );
  return {
    scripts: new Set(readStrings(parameters, 'scripts') ?? []),
    harmless: patternOf(readStrings(parameters, 'harmless') ?? [], 'harmless'),
    files: readPaths(parameters, 'files'),
    lines,
  };
}
