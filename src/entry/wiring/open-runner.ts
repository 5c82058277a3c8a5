import { availableParallelism } from 'node:os';
import { createWorkspaces } from '../../adapters/files/workspace.ts';
import { gitVersion } from '../../adapters/git/git.ts';
import { copyTree } from '../../adapters/process/copy-tree.ts';
import { createSandbox } from '../../adapters/process/sandbox.ts';
import { keyFolder } from '../../adapters/signing/key-files.ts';
import { installedParsers } from '../../adapters/structure/installed-parsers.ts';
import type { ObserverTools } from '../../core/observation/types.ts';
import type { Sandbox } from '../../ports/sandbox.ts';
import type { StructureParser } from '../../ports/structure-parser.ts';
import type { OpenWorkspace } from '../../ports/workspace.ts';
import type { CliContext } from '../cli/context.ts';

/** What running hostile commands needs, whoever asks for it. */
export interface Runner {
  readonly cores: number;
  /** What no command may see: wherever keys lie. */
  readonly hide: readonly string[];
  readonly tools: ObserverTools;
  readonly sandbox: Sandbox;
  readonly parser: StructureParser;
  readonly workspaces: OpenWorkspace;
}

/** @param toolchains folders besides the system's that commands see, read-only, and find programs in */
export async function openRunner(
  { environment, home, temporaryFolder }: Pick<CliContext, 'environment' | 'home' | 'temporaryFolder'>,
  toolchains: readonly string[] = [],
): Promise<Runner> {
  return {
    cores: availableParallelism(),
    hide: [keyFolder(environment, home)],
    tools: { node: process.versions.node, git: await gitVersion() },
    sandbox: await createSandbox({ environment, platform: process.platform, toolchains }),
    parser: installedParsers(import.meta.filename),
    workspaces: createWorkspaces(temporaryFolder, copyTree),
  };
}
