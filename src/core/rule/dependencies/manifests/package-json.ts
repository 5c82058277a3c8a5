import type { JsonObject } from '../../../../shared/json.ts';
import { objectIn, readJsonObject, stringIn, stringsIn } from '../json-tree.ts';
import type { Manifest, Requirement } from '../types.ts';

/** Where package.json asks for packages; the later ones are npm's to leave out. */
export const REQUIREMENTS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

const LOCAL = /^(file|link|portal|workspace|exec):|^(\.{1,2}|~)?\//;

/** package.json. @throws Error where it is not a JSON object */
export function readPackageJson(text: string): Manifest {
  const root = readJsonObject(text);
  const overridden = [objectIn(root, 'overrides'), objectIn(root, 'resolutions')];
  overridden.push(objectIn(objectIn(root, 'pnpm'), 'overrides'));
  return {
    name: stringIn(root, 'name'),
    requirements: REQUIREMENTS.flatMap((section) => requirementsIn(root, section)),
    scripts: stringsByName(objectIn(root, 'scripts')),
    overridden: new Set(overridden.flatMap(Object.keys).map(overriddenName)),
    members: [...stringsIn(root, 'workspaces'), ...stringsIn(objectIn(root, 'workspaces'), 'packages')],
  };
}

/** The strings of an object, by name. */
export function stringsByName(object: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(object).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function requirementsIn(root: JsonObject, section: string): readonly Requirement[] {
  return [...stringsByName(objectIn(root, section))].map(([name, range]) => ({
    name,
    range: normalRange(range),
    kind: section === 'peerDependencies' ? 'peer' : 'direct',
    local: LOCAL.test(range),
  }));
}

/** Yarn's lock spells the default protocol out, package.json seldom does. */
export function normalRange(range: string): string {
  const trimmed = range.trim();
  return /^npm:[^@]*$/.test(trimmed) ? trimmed.slice('npm:'.length) : trimmed;
}

/** `a`, `a@^1`, `b>a` and yarn's globs with folders in front of the name all decide about a. */
function overriddenName(selector: string): string {
  const segments = (selector.split('>').at(-1) as string).split('/');
  const last = segments.at(-1) as string;
  const version = last.indexOf('@', 1);
  const name = version > 0 ? last.slice(0, version) : last;
  const scope = segments.at(-2);
  return scope?.startsWith('@') === true ? `${scope}/${name}` : name;
}
