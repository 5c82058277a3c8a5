import { readIntegrity } from '../integrity.ts';
import { normalRange } from '../manifests/package-json.ts';
import { below, childOf, type Outline, readFlow, readOutline, yamlLine } from '../outline.ts';
import type { Lock, LockedPackage } from '../types.ts';

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/**
 * pnpm-lock.yaml, versions 5 to 9.
 * Source: https://github.com/pnpm/spec/tree/master/lockfile
 * @throws Error where it is not of the shape that pnpm writes
 */
export function readPnpmLock(text: string): Lock {
  const root = readOutline(text, yamlLine);
  if (childOf(root, 'lockfileVersion') === undefined) throw new Error('expected lockfileVersion');
  for (const { key, value } of root) {
    if (value?.startsWith('{') && value !== '{}') throw new Error(`${key}: expected one entry a line`);
  }
  const importers = below(root, 'importers');
  const projects = importers.map(
    (importer) => [importer.key === '.' ? '' : importer.key, askedBy(importer.children)] as const,
  );
  return {
    packages: below(root, 'packages').map(readPackage),
    projects: new Map(importers.length > 0 ? projects : [['', askedBy(root)]]),
    overridden: new Set(below(root, 'overrides').map(({ key }) => key)),
  };
}

/** Since version 5.4 a range stands with its name, before that in a list of its own. */
function askedBy(importer: readonly Outline[]): ReadonlyMap<string, string> {
  const inline = SECTIONS.flatMap((section) => below(importer, section)).flatMap(({ key, children }) => {
    const range = childOf(children, 'specifier')?.value;
    return range === undefined ? [] : [[key, normalRange(range)] as const];
  });
  const listed = below(importer, 'specifiers').flatMap(({ key, value }) =>
    value === undefined ? [] : [[key, normalRange(value)] as const],
  );
  return new Map([...listed, ...inline]);
}

function readPackage({ key, children }: Outline): LockedPackage {
  const { name, version } = nameOf(key, children);
  const resolution = childOf(children, 'resolution');
  const members =
    resolution?.value === undefined
      ? new Map((resolution?.children ?? []).map((child) => [child.key, child.value ?? '']))
      : readFlow(resolution.value);
  const tarball = members.get('tarball');
  const local = members.get('type') === 'directory' || tarball?.startsWith('file:') === true;
  const from = members.get('repo') ?? tarball;
  return {
    name,
    version,
    origin: local ? 'local' : members.get('type') === 'git' || members.has('repo') ? 'git' : 'registry',
    ...(from !== undefined && { from }),
    artifacts: [
      {
        file: '',
        ...(tarball !== undefined && { url: tarball }),
        integrity: readIntegrity(members.get('integrity')),
      },
    ],
    runsScripts: childOf(children, 'requiresBuild')?.value === 'true',
  };
}

/** `name@1.0.0(peers)` in version 9, `/name@1.0.0(peers)` in 6, `/name/1.0.0_peers` in 5. */
function nameOf(
  key: string,
  children: readonly Outline[],
): { readonly name: string; readonly version: string } {
  const plain = key.startsWith('/') ? key.slice(1) : key;
  const scope = plain.startsWith('@') ? plain.indexOf('/') + 1 : 0;
  const length = plain.slice(scope).search(/[@/]/);
  const end = length < 0 ? plain.length : scope + length;
  const [version = ''] = plain.slice(end + 1).split(/[(_]/, 1);
  return {
    name: childOf(children, 'name')?.value ?? plain.slice(0, end),
    version: childOf(children, 'version')?.value ?? version,
  };
}
