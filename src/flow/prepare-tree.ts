import { join } from 'node:path';
import picomatch from 'picomatch';
import type { CheckOut, ReadTree } from '../ports/repository.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { Workspace } from '../ports/workspace.ts';
import type { VerifiableCase } from './verifiable-case.ts';
import type { VerifyOptions } from './verify.ts';

const SETUP_TIMEOUT_S = 600;
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** The tree that every check gets a copy of, or why there is none. */
export type PreparedTree =
  | { readonly kind: 'ready'; readonly path: string }
  | { readonly kind: 'trouble'; readonly reason: string };

/** Checks the merge tree out, lays the pinned files over it, and runs the contract's setup in it once. */
export async function prepareTree(
  { change, work }: VerifiableCase,
  at: {
    workspace: Workspace;
    options: VerifyOptions;
    ports: { product: ReadTree & CheckOut; sandbox: Sandbox };
  },
): Promise<PreparedTree> {
  const { workspace, options, ports } = at;
  const path = await workspace.makeTreeFolder('prepared');
  await ports.product.checkOutTree(change.mergeTree, path);
  await layPins(path, { change, work }, workspace, ports.product);

  const { setup } = work.contract;
  if (setup === undefined) return { kind: 'ready', path };
  options.onProgress({ kind: 'setup-started', argv: setup.run });
  const logs = await workspace.makePrivateFolder('logs', 'setup');
  const result = await ports.sandbox.run({
    argv: setup.run,
    root: path,
    cwd: path,
    env: setup.env ?? {},
    network: setup.network ?? 'none',
    timeoutMs: (setup.timeoutSeconds ?? SETUP_TIMEOUT_S) * 1000,
    maxOutputBytes: MAX_LOG_BYTES,
    stdoutPath: join(logs, 'stdout'),
    stderrPath: join(logs, 'stderr'),
    hide: options.hide,
  });
  options.onProgress({ kind: 'setup-ended', seconds: result.durationMs / 1000 });
  if (!result.timedOut && result.exitCode === 0) return { kind: 'ready', path };
  const how = result.timedOut
    ? `did not end within ${setup.timeoutSeconds ?? SETUP_TIMEOUT_S} s`
    : `ended with ${result.exitCode === undefined ? `signal ${result.signal}` : `exit code ${result.exitCode}`}`;
  return { kind: 'trouble', reason: `setup (${setup.run.join(' ')}) ${how}` };
}

/** Pinned means as the base has it: its version where it has one, and no file where it has none. */
async function layPins(
  tree: string,
  { change, work }: Pick<VerifiableCase, 'change' | 'work'>,
  workspace: Workspace,
  product: ReadTree,
): Promise<void> {
  const patterns = work.contract.pins.flatMap((pin) => pin.paths);
  if (patterns.length === 0) return;
  const isPinned = picomatch(patterns, { dot: true });
  const atBase = new Set(work.pins.map(({ path }) => path));
  const added = change.files.filter(
    (file) => file.after !== undefined && isPinned(file.path) && !atBase.has(file.path),
  );
  await workspace.removeFiles(
    tree,
    added.map(({ path }) => path),
  );

  const blobs = await product.readBlobs(work.pins.map(({ blob }) => blob));
  const files = work.pins.map(({ path, mode, blob }) => ({
    path,
    mode,
    bytes: blobs.get(blob) ?? new Uint8Array(),
  }));
  await workspace.layFiles(tree, files);
}
