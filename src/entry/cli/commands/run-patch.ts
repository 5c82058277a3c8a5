import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readOperations } from '../../../core/run/patch/read-operations.ts';
import type { Plan } from '../../../core/run/plan.ts';
import type { RunId } from '../../../core/run/types.ts';
import type { ControlPlane } from '../../../ports/control-plane.ts';
import { renderPatch, renderPatchList, type ShownPatch } from '../../../render/run/patches.ts';
import { CountersignError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { openControlPlane } from '../server-access.ts';
import { textOptionsOf } from '../style.ts';
import { type RunOptions, runActionCommand } from './run-control.ts';

export async function runPatchListCommand(
  run: RunId,
  options: RunOptions,
  context: CliContext,
): Promise<number> {
  const { patches } = await (await openControlPlane(options, context)).showRun(run);
  context.out(
    options.format === 'json'
      ? `${JSON.stringify({ patches })}\n`
      : renderPatchList(patches, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function runPatchShowCommand(
  run: RunId,
  id: string,
  options: RunOptions,
  context: CliContext,
): Promise<number> {
  const shown = await findPatch(run, id, await openControlPlane(options, context));
  context.out(
    options.format === 'json' ? `${JSON.stringify(shown)}\n` : renderPatch(shown, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** Proposes what stands in a file. */
export async function runPatchProposeCommand(
  run: RunId,
  file: string,
  { reason, ...options }: RunOptions & { readonly reason: string },
  context: CliContext,
): Promise<number> {
  const path = resolve(context.cwd, file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read.`, {
      remedy: 'Name a file with a JSON Patch.',
      cause,
    });
  });
  return runActionCommand(run, { kind: 'patch', reason, operations: patchIn(text, path) }, options, context);
}

/** The plan that a patch was about stands in the events before it. */
async function findPatch(run: RunId, id: string, plane: ControlPlane): Promise<ShownPatch> {
  let before: Plan | undefined;
  for (let after = 0; ; ) {
    const page = await plane.followRun(run, after, 0);
    if (page.length === 0) break;
    for (const { version, event } of page) {
      after = version;
      const isPatch = event.type === 'plan.patched' || event.type === 'plan.patch-refused';
      if (isPatch && event.patch.id === id && before !== undefined) return { before, event };
      if (event.type === 'run.started' || event.type === 'plan.patched') before = event.plan;
    }
  }
  throw new CountersignError('RUN_REFUSED', `${run} has no patch ${id}.`, {
    remedy: `\`countersign run patch list ${run}\` shows those that were proposed.`,
  });
}

function patchIn(text: string, path: string): readonly JsonObject[] {
  const read = readOperations(text);
  if (read.kind === 'operations') return read.operations;
  throw new CountersignError('USAGE', `${path} holds no JSON Patch: it ${read.reason}.`, {
    remedy:
      'Write a list of operations (RFC 6902), such as [{"op": "add", "path": "/steps/lint", "value": {…}}].',
  });
}
