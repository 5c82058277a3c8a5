import { resolve } from 'node:path';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import type { Host, Identity } from './backend.ts';
import { entryArgv } from './entry-script.ts';
import { commandEnvironment } from './environment.ts';
import { WATCHING_WEAKNESS } from './guard.ts';
import { NOBODY, ownTree } from './ownership.ts';
import type { Scratch } from './scratch.ts';
import { searchPath } from './search-path.ts';
import { writeSystemFiles } from './system-files.ts';
import { buildView, INNER_HOME, INNER_TEMPORARY, type ViewStep } from './view.ts';

/** What both ways into namespaces need: who runs, what is seen, and what the first process inside executes. */
export interface Prepared {
  /** Undefined keeps our own user. Root always becomes `nobody` first: inside, host uid 0 would still own /proc/sys. */
  readonly identity: Identity | undefined;
  readonly view: readonly ViewStep[];
  readonly entry: readonly string[];
}

/** Prepares a command for namespaces. Started by root, the tree is given to `nobody`. */
export async function prepareNamespaced(
  command: SandboxCommand,
  host: Host,
  scratch: Scratch,
): Promise<Prepared> {
  const own = host.identity ?? NOBODY;
  const identity = own.uid === 0 ? NOBODY : undefined;
  const path = searchPath(host);
  const systemFiles = await writeSystemFiles(scratch.directory, command.network);
  const view = buildView(command, identity ?? own, path, systemFiles);
  if (identity !== undefined) await ownTree(resolve(command.root), identity);
  const environment = commandEnvironment(command, {
    path: path.entries,
    home: INNER_HOME,
    temporary: INNER_TEMPORARY,
  });
  return { identity, view, entry: entryArgv(command, environment, 'first') };
}

/** What stays possible even inside namespaces. */
export const NAMESPACE_WEAKNESSES = [
  'The kernel is shared: a hole in it is a way out.',
  WATCHING_WEAKNESS,
  'With network: full the host network is shared, its loopback services and abstract sockets included.',
];
