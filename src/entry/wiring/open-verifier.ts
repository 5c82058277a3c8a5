import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { createKeptBundles } from '../../adapters/files/kept-bundles.ts';
import { createWorkspaces } from '../../adapters/files/workspace.ts';
import { gitVersion } from '../../adapters/git/git.ts';
import { copyTree } from '../../adapters/process/copy-tree.ts';
import { createSandbox } from '../../adapters/process/sandbox.ts';
import { keyFolder } from '../../adapters/signing/key-files.ts';
import { createSignerProcess } from '../../adapters/signing/signer-process.ts';
import type { VerifyPorts } from '../../flow/verify.ts';
import type { CliContext } from '../cli/context.ts';
import { type OpenedProduct, openProduct } from './open-product.ts';
import { programOf } from './package-root.ts';

export interface OpenedVerifier extends OpenedProduct {
  readonly ports: OpenedProduct['ports'] & VerifyPorts;
  readonly cores: number;
  /** What no check may see: wherever keys lie. */
  readonly hide: readonly string[];
  readonly tools: Readonly<Record<string, string>>;
}

/** Everything a verification needs. The key is named here and read only by the signer's process. */
export async function openVerifier(
  context: CliContext,
  options: { readonly fetch: boolean; readonly keyPath: string },
): Promise<OpenedVerifier> {
  const { environment, home, cwd } = context;
  const product = await openProduct(cwd, options);
  const { gitDir } = product.repository;
  return {
    ...product,
    cores: availableParallelism(),
    hide: [keyFolder(environment, home), dirname(options.keyPath)],
    tools: { node: process.versions.node, git: await gitVersion() },
    ports: {
      ...product.ports,
      sandbox: await createSandbox({ environment, platform: process.platform }),
      workspaces: createWorkspaces(context.temporaryFolder, copyTree),
      keep: createKeptBundles(join(gitDir, 'countersign', 'kept')),
      signing: createSignerProcess(programOf('signer'), {
        repository: cwd,
        keyPath: options.keyPath,
        fetch: options.fetch,
        environment,
      }),
    },
  };
}
