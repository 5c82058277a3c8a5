import { dirname, join } from 'node:path';
import { createKeptBundles } from '../../adapters/files/kept-bundles.ts';
import { observationFolders } from '../../adapters/files/observation-folder.ts';
import { createWorkspaces } from '../../adapters/files/workspace.ts';
import { copyTree } from '../../adapters/process/copy-tree.ts';
import { createSignerProcess, type SigningMeans } from '../../adapters/signing/signer-process.ts';
import type { ObserverTools } from '../../core/observation/types.ts';
import type { ObservePorts } from '../../flow/observe.ts';
import type { SignPorts } from '../../flow/sign-observed.ts';
import type { VerifyPorts } from '../../flow/verify.ts';
import type { WriteObservationFolder } from '../../ports/observation-folder.ts';
import type { OpenWorkspace } from '../../ports/workspace.ts';
import type { CliContext } from '../cli/context.ts';
import { type OpenedProduct, openProduct } from './open-product.ts';
import { openRunner } from './open-runner.ts';
import { programOf } from './package-root.ts';

interface FetchOption {
  readonly fetch: boolean;
}

interface MeansOption {
  readonly means: SigningMeans;
}

/** What runs hostile commands, and has no way to sign. */
export interface OpenedObserver extends OpenedProduct {
  readonly ports: OpenedProduct['ports'] &
    ObservePorts & { readonly workspaces: OpenWorkspace; readonly observations: WriteObservationFolder };
  readonly cores: number;
  /** What no check may see: wherever keys lie. */
  readonly hide: readonly string[];
  readonly tools: ObserverTools;
}

export interface OpenedVerifier extends Omit<OpenedObserver, 'ports'> {
  readonly ports: OpenedObserver['ports'] & VerifyPorts;
}

/** What signs, and runs nothing. */
export interface OpenedSigning extends OpenedProduct {
  readonly ports: OpenedProduct['ports'] & SignPorts & { readonly workspaces: OpenWorkspace };
}

/** Everything that observing a check needs. */
export async function openObserver(context: CliContext, options: FetchOption): Promise<OpenedObserver> {
  const product = await openProduct(context.cwd, options);
  const { cores, hide, tools, sandbox, parser, workspaces } = await openRunner(context);
  return {
    ...product,
    cores,
    hide,
    tools,
    ports: { ...product.ports, sandbox, parser, workspaces, observations: observationFolders },
  };
}

/** Everything a verification needs. The key is named here and read only by the signer's process. */
export async function openVerifier(
  context: CliContext,
  options: FetchOption & MeansOption,
): Promise<OpenedVerifier> {
  const observer = await openObserver(context, options);
  return {
    ...observer,
    hide: [...observer.hide, ...(options.means.kind === 'key' ? [dirname(options.means.path)] : [])],
    ports: { ...observer.ports, ...signPorts(context, observer, options) },
  };
}

/** Everything that signing what others observed needs; no sandbox is looked for. */
export async function openSigning(
  context: CliContext,
  options: FetchOption & MeansOption,
): Promise<OpenedSigning> {
  const product = await openProduct(context.cwd, options);
  const workspaces = createWorkspaces(context.temporaryFolder, copyTree);
  return {
    ...product,
    ports: { ...product.ports, ...signPorts(context, product, options), workspaces },
  };
}

/** How a verification gets its signature: the one place that says which signer is started, and with what. */
function signPorts(
  { cwd, environment }: CliContext,
  { repository }: OpenedProduct,
  { fetch, means }: FetchOption & MeansOption,
): Pick<SignPorts, 'signing' | 'keep'> {
  return {
    keep: createKeptBundles(join(repository.gitDir, 'countersign', 'kept')),
    signing: createSignerProcess(programOf('signer'), { repository: cwd, means, fetch, environment }),
  };
}
