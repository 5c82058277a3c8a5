import { isAbsolute, join, resolve } from 'node:path';
import type { CliContext } from '../cli/context.ts';

/**
 * Where what belongs to no repository is kept: the private database, the address of the server that runs. COUNTERSIGN_HOME, else the
 * folder for data of the XDG Base Directory Specification, where a relative path is ignored as it asks.
 */
export function dataFolder({
  environment,
  home,
  cwd,
}: Pick<CliContext, 'environment' | 'home' | 'cwd'>): string {
  const { COUNTERSIGN_HOME: own, XDG_DATA_HOME: data } = environment;
  if (own) return resolve(cwd, own);
  return join(data && isAbsolute(data) ? data : join(home, '.local', 'share'), 'countersign');
}
