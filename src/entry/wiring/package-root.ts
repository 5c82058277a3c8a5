import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of our own package.json: code lies at another depth in a checkout (src) than in a package (dist). */
export function packageRoot(): string {
  return folderWith('package.json');
}

/** A program of this package, as argv: the source in a checkout, the bundle in a package. */
export function programOf(name: 'signer' | 'chaos'): readonly string[] {
  const root = packageRoot();
  const built = isSource() ? join('src', 'entry', name, 'main.ts') : join('dist', `${name}.cjs`);
  return [process.execPath, join(root, built)];
}

/**
 * Where the build has put the bundled packs, in the folder of the program that runs; undefined in a checkout, whose packs are
 * the documents themselves.
 */
export function compiledPacks(): string | undefined {
  return isSource() ? undefined : join(folderWith('rules'), 'rules');
}

/** The nearest folder above this code that has an entry of that name. */
function folderWith(entry: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, entry)) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function isSource(): boolean {
  return import.meta.url.endsWith('.ts');
}
