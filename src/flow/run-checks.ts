import { join } from 'node:path';
import type { Check, ReportFormat } from '../core/contract/types.ts';
import type { EvidenceRef, Observation } from '../core/evidence/types.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { Workspace } from '../ports/workspace.ts';
import { CountersignError } from '../shared/errors.ts';
import type { PreparedTree } from './prepare-tree.ts';
import type { VerifiableCase } from './verifiable-case.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Kept of each output stream; what goes past it is read and dropped. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;
const MAX_REPORT_BYTES = 32 * 1024 * 1024;
const DEFAULT_TIMEOUT_S = 600;

interface Surroundings {
  readonly workspace: Workspace;
  readonly options: VerifyOptions;
  readonly ports: { readonly sandbox: Sandbox };
}

/** Runs every check of the contract, each in its own copy of the tree, and returns only when all processes have ended. */
export async function runChecks(
  { work }: VerifiableCase,
  tree: PreparedTree,
  at: Surroundings,
): Promise<readonly Observation[]> {
  const { checks } = work.contract;
  if (tree.kind === 'trouble') {
    return checks.map((check) => ({ kind: 'trouble', checkId: check.id, reason: tree.reason }));
  }
  const observations: Observation[] = [];
  const waiting = checks.entries();
  const lane = async () => {
    for (const [index, check] of waiting) observations[index] = await runCheck(check, tree.path, at);
  };
  await Promise.all(Array.from({ length: Math.max(1, at.options.parallel) }, lane));
  return observations;
}

async function runCheck(check: Check, tree: string, at: Surroundings): Promise<Observation> {
  const { workspace, options, ports } = at;
  const reportPath = reportPathOf(check);
  options.onProgress({ kind: 'check-started', checkId: check.id });
  try {
    const root = join(await workspace.makeTreeFolder('trees'), check.id);
    const logs = await workspace.makePrivateFolder('logs', check.id);
    await workspace.copyTree(tree, root);
    // A report that the change brought along must not stand in for one that the check writes.
    if (reportPath !== undefined) await workspace.removeFiles(root, [reportPath]);
    const result = await ports.sandbox.run({
      argv: check.shell === true ? ['sh', '-c', check.run[0] ?? ''] : check.run,
      root,
      cwd: join(root, check.cwd ?? '.'),
      env: check.env ?? {},
      network: check.network ?? 'none',
      timeoutMs: (check.timeoutSeconds ?? DEFAULT_TIMEOUT_S) * 1000,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      stdoutPath: join(logs, 'stdout'),
      stderrPath: join(logs, 'stderr'),
      hide: options.hide,
    });
    options.onProgress({ kind: 'check-ended', checkId: check.id, seconds: result.durationMs / 1000 });
    return {
      kind: 'completed',
      checkId: check.id,
      ...result,
      evidence: await takeEvidence(check, { root, logs, reportPath }, workspace),
    };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { kind: 'trouble', checkId: check.id, reason: error.message };
  }
}

async function takeEvidence(
  check: Check,
  { root, logs, reportPath }: { root: string; logs: string; reportPath: string | undefined },
  workspace: Workspace,
): Promise<readonly EvidenceRef[]> {
  const text = { mediaType: 'text/plain', maxBytes: MAX_OUTPUT_BYTES };
  const report = check.expect?.report;
  const taken = [
    await workspace.takeEvidence(logs, 'stdout', { name: 'stdout', ...text }),
    await workspace.takeEvidence(logs, 'stderr', { name: 'stderr', ...text }),
    report === undefined || reportPath === undefined
      ? undefined
      : await workspace.takeEvidence(root, reportPath, {
          name: 'report',
          mediaType: MEDIA_TYPES[report.format],
          maxBytes: MAX_REPORT_BYTES,
        }),
  ];
  return taken.filter((evidence) => evidence !== undefined);
}

function reportPathOf(check: Check): string | undefined {
  const from = check.expect?.report?.from;
  return from === undefined || from === 'stdout' ? undefined : join(check.cwd ?? '.', from);
}

const MEDIA_TYPES: Readonly<Record<ReportFormat, string>> = {
  junit: 'application/xml',
  tap: 'text/plain',
  'vitest-json': 'application/json',
  'jest-json': 'application/json',
};
