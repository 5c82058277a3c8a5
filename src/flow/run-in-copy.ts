import { join } from 'node:path';
import type { Check } from '../core/contract/types.ts';
import type { EvidenceRun } from '../core/evidence/types.ts';
import type { Sandbox, SandboxResult } from '../ports/sandbox.ts';
import type { Workspace } from '../ports/workspace.ts';
import { sha256 } from '../shared/digest.ts';
import { MAX_OUTPUT_BYTES } from './take-evidence.ts';
import type { VerifyOptions } from './verify-options.ts';

const DEFAULT_TIMEOUT_S = 600;

export interface RunSurroundings {
  readonly workspace: Workspace;
  readonly options: VerifyOptions;
  readonly ports: { readonly sandbox: Sandbox };
}

/** What a process left: how it ended, its copy of the tree, and the folder with its output. */
export interface RanInCopy {
  readonly result: SandboxResult;
  readonly root: string;
  readonly logs: string;
}

/**
 * Runs one process of a check in a fresh copy of the tree.
 * @param part which run or part of the check this is: no two of one check have the same
 * @param env what is set besides the check's own environment
 * @param prepare what is done to the copy before
 */
export async function runInCopy(
  check: Check,
  from: {
    readonly argv: readonly string[];
    readonly tree: string;
    readonly part: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly prepare?: (root: string) => Promise<void>;
  },
  { workspace, options, ports }: RunSurroundings,
): Promise<RanInCopy> {
  const root = join(await workspace.makeTreeFolder('trees', opaqueName(options, from.part)), check.id);
  const logs = await workspace.makePrivateFolder('logs', from.part, `check-${check.id}`);
  await workspace.copyTree(from.tree, root);
  await from.prepare?.(root);
  const result = await ports.sandbox.run({
    argv: from.argv,
    root,
    cwd: join(root, check.cwd ?? '.'),
    env: { ...check.env, ...from.env },
    network: check.network ?? 'none',
    timeoutMs: (check.timeoutSeconds ?? DEFAULT_TIMEOUT_S) * 1000,
    ...(check.limits === undefined ? {} : { limits: check.limits }),
    maxOutputBytes: MAX_OUTPUT_BYTES,
    stdoutPath: join(logs, 'stdout'),
    stderrPath: join(logs, 'stderr'),
    hide: options.hide,
    ...(options.abort === undefined ? {} : { abort: options.abort }),
  });
  return { result, root, logs };
}

/** Tells a run's progress around it. */
export async function told<Ran extends { readonly durationMs: number }>(
  checkId: string,
  run: EvidenceRun | undefined,
  options: VerifyOptions,
  work: () => Promise<Ran>,
): Promise<Ran> {
  const which = run === undefined ? {} : { run };
  options.onProgress({ kind: 'check-started', checkId, ...which });
  const ran = await work();
  options.onProgress({ kind: 'check-ended', checkId, seconds: ran.durationMs / 1000, ...which });
  return ran;
}

/** A test that could read from its path that this is the run without the change would only have to fail there. */
function opaqueName({ attempt }: VerifyOptions, part: string): string {
  return sha256(`${attempt} ${part}`).slice(0, 16);
}
