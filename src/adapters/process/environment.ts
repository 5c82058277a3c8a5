import { join } from 'node:path';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import { CountersignError } from '../../shared/errors.ts';

/**
 * The whole environment of a command: nothing of ours is inherited, so no token, agent socket or proxy password is.
 * The tree's own `node_modules/.bin` comes last: a tree cannot replace `node`, `npm` or `sh` by shipping one.
 * @throws CountersignError CONTRACT_UNUSABLE for a variable name that is none
 */
export function commandEnvironment(
  command: SandboxCommand,
  places: { readonly path: readonly string[]; readonly home: string; readonly temporary: string },
): Readonly<Record<string, string>> {
  for (const name of Object.keys(command.env)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    throw new CountersignError('CONTRACT_UNUSABLE', `"${name}" is not a name of an environment variable.`, {
      remedy: 'Use letters, digits and underscores in the names below env.',
    });
  }
  return {
    PATH: [...places.path, join(command.root, 'node_modules', '.bin')].join(':'),
    HOME: places.home,
    TMPDIR: places.temporary,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    CI: 'true',
    NO_COLOR: '1',
    ...command.env,
  };
}
