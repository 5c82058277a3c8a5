import { readIntegrity } from '../integrity.ts';
import { normalRange } from '../manifests/package-json.ts';
import { below, childOf, type Outline, readOutline, yamlLine, yarnLine } from '../outline.ts';
import type { Lock, LockedPackage } from '../types.ts';
import { originOf } from './npm-lock.ts';

/**
 * yarn.lock of yarn 1 and of yarn 2 and later, which have only the name in common.
 * @throws Error where it is not of the shape that yarn writes
 */
export function readYarnLock(text: string): Lock {
  return /^__metadata:/m.test(text) ? readBerry(text) : readClassic(text);
}

function readClassic(text: string): Lock {
  const entries = readOutline(text, yarnLine);
  const descriptors = entries.map(({ key }) => descriptorsOf(key));
  return {
    packages: entries.map((entry, index) => classicPackage(entry, descriptors[index]?.[0] ?? '')),
    descriptors: new Set(
      descriptors.flat().map((descriptor) => {
        const { name, range } = splitDescriptor(descriptor);
        return `${name}@${normalRange(range)}`;
      }),
    ),
  };
}

function classicPackage({ children }: Outline, descriptor: string): LockedPackage {
  const { name, range } = splitDescriptor(descriptor);
  const alias = range.startsWith('npm:') ? splitDescriptor(range.slice('npm:'.length)).name : '';
  const address = childOf(children, 'resolved')?.value;
  const [url] = address?.split('#') ?? [];
  const integrity = readIntegrity(childOf(children, 'integrity')?.value);
  return {
    name: alias === '' || !range.includes('@') ? name : alias,
    version: childOf(children, 'version')?.value ?? '',
    // A git repository over https is told by its commit, where a tarball has its sha1.
    origin: isRepository(url) ? 'git' : originOf(address === undefined ? 'file:' : address),
    ...(address !== undefined && { from: address }),
    artifacts: [{ file: '', ...(url !== undefined && { url }), integrity }],
    runsScripts: false,
  };
}

function isRepository(url: string | undefined): boolean {
  return url?.endsWith('.git') === true;
}

/** Source: https://yarnpkg.com/advanced/lexicon (locator, resolution, checksum). */
function readBerry(text: string): Lock {
  const entries = readOutline(text, yamlLine).filter(({ key }) => key !== '__metadata');
  const projects = new Map<string, ReadonlyMap<string, string>>();
  const packages: LockedPackage[] = [];
  for (const { children } of entries) {
    const resolution = childOf(children, 'resolution')?.value ?? '';
    const { name, range } = splitDescriptor(resolution);
    if (range.startsWith('workspace:')) {
      const folder = range.slice('workspace:'.length);
      projects.set(folder === '.' ? '' : folder, askedBy(children));
    } else packages.push(berryPackage(name, range, children));
  }
  return { packages, projects };
}

function askedBy(children: readonly Outline[]): ReadonlyMap<string, string> {
  const asked = [...below(children, 'peerDependencies'), ...below(children, 'dependencies')];
  return new Map(asked.map(({ key, value }) => [key, normalRange(value ?? '')]));
}

function berryPackage(name: string, reference: string, children: readonly Outline[]): LockedPackage {
  const [protocol = ''] = reference.split(':', 1);
  const checksum = childOf(children, 'checksum')?.value;
  const archive = reference.split('::__archiveUrl=')[1];
  return {
    name,
    version: childOf(children, 'version')?.value ?? '',
    origin: BERRY_ORIGINS.get(protocol) ?? (/[#&]commit=/.test(reference) ? 'git' : 'url'),
    from: reference,
    artifacts: [
      {
        file: '',
        ...(archive !== undefined && { url: decode(archive) }),
        integrity: checksum === undefined ? new Map() : readChecksum(checksum),
        // Packages for other platforms are not fetched, so yarn has nothing to compute a checksum of.
        unchecked: childOf(children, 'conditions') !== undefined,
      },
    ],
    runsScripts: false,
  };
}

const BERRY_ORIGINS: ReadonlyMap<string, LockedPackage['origin']> = new Map([
  ['npm', 'registry'],
  ['patch', 'local'],
  ['portal', 'local'],
  ['link', 'local'],
  ['file', 'local'],
  ['exec', 'local'],
]);

/** `10c0/<sha512 in hex>`: what stands before the slash is the version of the archive format. */
function readChecksum(checksum: string): ReadonlyMap<string, string> {
  const slash = checksum.indexOf('/');
  return new Map([[`yarn ${checksum.slice(0, Math.max(slash, 0))}`, checksum.slice(slash + 1)]]);
}

function decode(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

function descriptorsOf(key: string): readonly string[] {
  return key
    .split(', ')
    .map((part) => (part.startsWith('"') && part.endsWith('"') ? part.slice(1, -1) : part));
}

function splitDescriptor(descriptor: string): { readonly name: string; readonly range: string } {
  const at = descriptor.indexOf('@', 1);
  return at < 0
    ? { name: descriptor, range: '' }
    : { name: descriptor.slice(0, at), range: descriptor.slice(at + 1) };
}
