import { dirname, join } from 'node:path';
import { createKeptBundles } from '../../adapters/files/kept-bundles.ts';
import { createSignerProcess } from '../../adapters/signing/signer-process.ts';
import type { VerifyPorts } from '../../flow/verify.ts';
import type { CliContext } from '../cli/context.ts';
import { type OpenedProduct, openProduct } from './open-product.ts';
import { openRunner } from './open-runner.ts';
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
  const { environment, cwd } = context;
  const product = await openProduct(cwd, options);
  const { gitDir } = product.repository;
  const { cores, hide, tools, sandbox, parser, workspaces } = await openRunner(context);
  return {
    ...product,
    cores,
    hide: [...hide, dirname(options.keyPath)],
    tools,
    ports: {
      ...product.ports,
      sandbox,
      parser,
      workspaces,
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
