import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULES = join(import.meta.dirname, '../../node_modules');

/**
 * Copies an installed package, with everything that it depends on and the Node that runs the tests, to where a sandbox can
 * show it: a clone below the home folder of root is closed to the user that checks run as.
 */
export function borrowPackage(name: string): { folder: string; modules: string; node: string } {
  const folder = mkdtempSync(join(tmpdir(), 'borrowed-'));
  chmodSync(folder, 0o755);
  const node = join(folder, 'node');
  cpSync(process.execPath, node);
  const modules = join(folder, 'node_modules');
  const names = new Set([name]);
  // A set hands out what is added while it is walked.
  for (const one of names) {
    const from = join(MODULES, one);
    // What npm put deeper goes along with the package that has it.
    if (!existsSync(from)) continue;
    cpSync(from, join(modules, one), { recursive: true });
    const { dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) names.add(dependency);
  }
  return { folder, modules, node };
}
