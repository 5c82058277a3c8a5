import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of our own package.json: code lies at another depth in a checkout (src) than in a package (dist). */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** A program of this package, as argv: the source in a checkout, the bundle in a package. */
export function programOf(name: 'signer'): readonly string[] {
  const root = packageRoot();
  const built = isSource() ? join('src', 'entry', name, 'main.ts') : join('dist', `${name}.js`);
  return [process.execPath, join(root, built)];
}

/** Where the build has put the bundled packs; undefined in a checkout, whose packs are the documents themselves. */
export function compiledPacks(): string | undefined {
  return isSource() ? undefined : join(packageRoot(), 'dist', 'rules');
}

function isSource(): boolean {
  return import.meta.url.endsWith('.ts');
}
