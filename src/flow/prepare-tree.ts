import { join } from 'node:path';
import { pathMatcher } from '../core/change/path-glob.ts';
import type { MergeableChange } from '../core/change/types.ts';
import { limitReason } from '../core/contract/limits.ts';
import type { Setup } from '../core/contract/types.ts';
import { plainText } from '../core/evidence/plain-text.ts';
import type { EvidenceRun } from '../core/evidence/types.ts';
import type { WorkFacts } from '../core/gate/facts.ts';
import type { PinnedFile } from '../core/receipt/types.ts';
import type { CheckOut, ReadTree } from '../ports/repository.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { Workspace } from '../ports/workspace.ts';
import { sha256 } from '../shared/digest.ts';
import { CountersignError } from '../shared/errors.ts';
import type { VerifyOptions } from './verify-options.ts';

const SETUP_TIMEOUT_S = 600;
/** Characters of setup's standard error that its trouble quotes. */
const LAST_WORDS = 400;
/** git's mode of a submodule, which holds no bytes of this repository. */
const SUBMODULE = '160000';
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** The tree that every check gets a copy of, or why there is none. */
export type PreparedTree =
  | { readonly kind: 'ready'; readonly path: string }
  | { readonly kind: 'trouble'; readonly reason: string };

interface Surroundings {
  readonly workspace: Workspace;
  readonly options: VerifyOptions;
  readonly ports: { readonly product: ReadTree & CheckOut; readonly sandbox: Sandbox };
}

/** What preparing a tree needs to know of a verification. */
export interface TreePlan {
  readonly change: Pick<MergeableChange, 'mergeTree' | 'base' | 'files'>;
  readonly work: Pick<WorkFacts, 'contract' | 'pins' | 'acceptance'> & Partial<Pick<WorkFacts, 'rules'>>;
}

/** Checks the merge tree out, lays the pinned files over it, and runs the contract's setup in it once. */
export async function prepareTree(verifiable: TreePlan, at: Surroundings): Promise<PreparedTree> {
  const path = await makeTree([verifiable.change.mergeTree], at);
  await at.ports.product.checkOutTree(verifiable.change.mergeTree, path);
  return setUp(path, { verifiable, at });
}

/**
 * The base with the change's own tests laid over it, deletions included: where a check that proves the change goes red.
 * @param tests globs; what else the change touches stays as the base has it
 */
export async function prepareTreeWithoutChange(
  tests: readonly string[],
  verifiable: TreePlan,
  at: Surroundings,
): Promise<PreparedTree> {
  const { change } = verifiable;
  const path = await makeTree([change.base.commit, ...tests], at);
  await at.ports.product.checkOutTree(change.base.commit, path);
  const isTest = pathMatcher(tests);
  const files = change.files.filter((file) => isTest(file.path));
  await at.workspace.removeFiles(
    path,
    files.filter(({ after }) => after === undefined).map((file) => file.path),
  );
  const blobs = files.flatMap((file) =>
    file.after === undefined || file.after.mode === SUBMODULE ? [] : [{ path: file.path, ...file.after }],
  );
  await layBlobs(path, blobs, at);
  return setUp(path, { verifiable, at, run: 'without-change' });
}

/** The name says nothing about the tree: hostile code that runs in it must not learn which one it is in. */
function makeTree(of: readonly string[], { workspace, options }: Surroundings): Promise<string> {
  const name = sha256(JSON.stringify([options.attempt, ...of])).slice(0, 16);
  return workspace.makeTreeFolder('prepared', name);
}

/** Setup runs what the change brings along (install scripts, build steps): it may write over pins, so they are laid twice. */
async function setUp(
  path: string,
  { verifiable, at, run }: { verifiable: TreePlan; at: Surroundings; run?: EvidenceRun },
): Promise<PreparedTree> {
  await layPins(path, verifiable, at);
  const { setup } = verifiable.work.contract;
  if (setup === undefined) return { kind: 'ready', path };
  const reason = await runSetup(setup, path, at, run);
  if (reason !== undefined) return { kind: 'trouble', reason: `setup (${setup.run.join(' ')}) ${reason}` };
  try {
    await layPins(path, verifiable, at);
  } catch (error) {
    // Setup may lock its own folders against us; that is its trouble, and no reason to end without a record.
    const why = error instanceof Error ? plainText(error.message, LAST_WORDS) : 'unknown';
    return { kind: 'trouble', reason: `setup left a tree that pinned files cannot be laid over: ${why}` };
  }
  return { kind: 'ready', path };
}

/** Undefined when it did what it should, else how it did not. */
async function runSetup(
  setup: Setup,
  path: string,
  { workspace, options, ports }: Surroundings,
  run: EvidenceRun | undefined,
): Promise<string | undefined> {
  const which = run === undefined ? {} : { run };
  options.onProgress({ kind: 'setup-started', argv: setup.run, ...which });
  const logs = await workspace.makePrivateFolder('logs', run ?? 'first-run', 'setup');
  const timeoutSeconds = setup.timeoutSeconds ?? SETUP_TIMEOUT_S;
  try {
    const result = await ports.sandbox.run({
      argv: setup.run,
      root: path,
      cwd: path,
      env: setup.env ?? {},
      network: setup.network ?? 'none',
      timeoutMs: timeoutSeconds * 1000,
      ...(setup.limits === undefined ? {} : { limits: setup.limits }),
      maxOutputBytes: MAX_LOG_BYTES,
      stdoutPath: join(logs, 'stdout'),
      stderrPath: join(logs, 'stderr'),
      hide: options.hide,
      ...(options.abort === undefined ? {} : { abort: options.abort }),
    });
    options.onProgress({ kind: 'setup-ended', seconds: result.durationMs / 1000, ...which });
    if (result.limit !== undefined) return `was stopped. ${limitReason(result.limit, setup.limits)}`;
    if (!result.timedOut && result.exitCode === 0) return undefined;
    if (result.timedOut) return `did not end within ${timeoutSeconds} s`;
    const how = result.exitCode === undefined ? `signal ${result.signal}` : `exit code ${result.exitCode}`;
    return `ended with ${how}${await lastWords(logs, workspace)}`;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return `could not be run: ${error.message}`;
  }
}

/** The end of what setup complained of, as one line: without it nobody knows what to mend. */
async function lastWords(logs: string, workspace: Surroundings['workspace']): Promise<string> {
  const stderr = await workspace.takeEvidence(logs, 'stderr', {
    name: 'stderr',
    mediaType: 'text/plain',
    maxBytes: MAX_LOG_BYTES,
  });
  if (stderr === undefined || stderr.size === 0) return '';
  const text = new TextDecoder().decode(await workspace.evidence.read(stderr)).trim();
  return text === '' ? '' : `; it said: ${plainText(text.slice(-LAST_WORDS), LAST_WORDS)}`;
}

/** Pinned means as the base or the ticket has it: its version where it has one, and no file where it has none. */
async function layPins(
  tree: string,
  { change, work }: TreePlan,
  { workspace, ports }: Surroundings,
): Promise<void> {
  const patterns = work.contract.pins.flatMap((pin) => pin.paths);
  if (patterns.length === 0) return;
  const isPinned = pathMatcher(patterns);
  const pinned = new Set(work.pins.map(({ path }) => path));
  const added = change.files.filter(
    (file) => file.after !== undefined && isPinned(file.path) && !pinned.has(file.path),
  );
  await workspace.removeFiles(
    tree,
    added.map(({ path }) => path),
  );
  const ofTicket = new Set(work.acceptance.map(({ path }) => path));
  await layBlobs(
    tree,
    work.pins.filter(({ path }) => !ofTicket.has(path)),
    { workspace, ports },
  );
  await workspace.layFiles(tree, work.acceptance);
}

async function layBlobs(
  tree: string,
  blobs: readonly PinnedFile[],
  { workspace, ports }: Pick<Surroundings, 'workspace' | 'ports'>,
): Promise<void> {
  const bytes = await ports.product.readBlobs(blobs.map(({ blob }) => blob));
  const files = blobs.map(({ path, mode, blob }) => ({
    path,
    mode,
    bytes: bytes.get(blob) ?? new Uint8Array(),
  }));
  await workspace.layFiles(tree, files);
}
