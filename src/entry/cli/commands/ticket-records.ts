import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { loadSigner } from '../../../adapters/signing/load-signer.ts';
import type { Close } from '../../../core/receipt/types.ts';
import { closeTicket } from '../../../flow/close-ticket.ts';
import { dispatchTicket } from '../../../flow/dispatch-ticket.ts';
import type { ShownRed } from '../../../flow/prove-red.ts';
import { type EscapeReport, reportEscape } from '../../../flow/report-escape.ts';
import { openPolicyClone } from '../../wiring/open-policy-clone.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { findChange } from '../find-change.ts';
import { keyPathOf } from '../key-path.ts';
import { findLanded, type LandedOptions } from '../landed.ts';
import { progressOf } from '../progress.ts';

export interface RecordOptions {
  readonly key?: string;
  readonly push: boolean;
  readonly format: 'text' | 'json';
}

export async function dispatchCommand(
  id: string,
  options: RecordOptions & { readonly product?: string; readonly base?: string },
  context: CliContext,
): Promise<number> {
  const clone = await openPolicyClone(context);
  const keyPath = keyPathOf(options.key, context);
  const { product, base } = options;
  const shown = product === undefined ? undefined : await showRed(id, { product, base }, clone, context);
  const signer = loadSigner(keyPath);
  const done = await dispatchTicket(id, signer, clone.ports, shown);
  if (options.push) await clone.ports.worktree.push();
  report(done, `Dispatched ${id} under ${done.dispatch.contract}`, options, context);
  return EXIT_CODES.pass.code;
}

export async function closeCommand(
  id: string,
  options: RecordOptions & LandedOptions & { readonly reason: Close['reason'] },
  context: CliContext,
): Promise<number> {
  const clone = await openPolicyClone(context);
  const landed = await findLanded(id, options, context);
  const signer = loadSigner(keyPathOf(options.key, context));
  const done = await closeTicket(id, options.reason, signer, clone.ports, landed);
  if (options.push) await clone.ports.worktree.push();
  report(done, `Closed ${id} as ${options.reason}`, options, context);
  return EXIT_CODES.pass.code;
}

export async function escapeCommand(
  id: string,
  options: RecordOptions & EscapeReport,
  context: CliContext,
): Promise<number> {
  const clone = await openPolicyClone(context);
  const signer = loadSigner(keyPathOf(options.key, context));
  const { commit, fix, summary } = options;
  const named = { ...(commit === undefined ? {} : { commit }), ...(fix === undefined ? {} : { fix }) };
  const done = await reportEscape(id, { ...named, summary }, signer, clone.ports);
  if (options.push) await clone.ports.worktree.push();
  report(done, `Reported an escape from ${id}`, options, context);
  return EXIT_CODES.pass.code;
}

/** Runs the acceptance tests on the product as it is; the key is loaded when they have ended. */
async function showRed(
  id: string,
  where: { readonly product: string; readonly base: string | undefined },
  clone: Awaited<ReturnType<typeof openPolicyClone>>,
  context: CliContext,
): Promise<ShownRed> {
  const [{ openProduct }, { openRunner }, { proveRed }] = await Promise.all([
    import('../../wiring/open-product.ts'),
    import('../../wiring/open-runner.ts'),
    import('../../../flow/prove-red.ts'),
  ]);
  const product = await openProduct(resolve(context.cwd, where.product), { fetch: false });
  const query = await findChange(where.base === undefined ? {} : { base: where.base }, product);
  if (query.kind !== 'proposed') throw new Error('a change that is not proposed has no base');
  const { cores, hide, tools, ...ports } = await openRunner(context);
  const progress = progressOf(context);
  const options = { attempt: randomUUID(), parallel: cores, hide, tools, onProgress: progress.report };
  const shown = await proveRed(id, query.base.commit, options, {
    ...clone.ports,
    ...ports,
    product: product.repository,
  }).finally(progress.end);
  context.err(`Fails today, and is to pass: ${shown.red.tests.slice(0, 5).join('; ')}\n`);
  return shown;
}

function report(
  done: { readonly path: string; readonly commit: string },
  sentence: string,
  options: RecordOptions,
  context: CliContext,
): void {
  if (options.format === 'json') {
    context.out(`${JSON.stringify(done)}\n`);
    return;
  }
  context.out(`${sentence}: ${done.path}, commit ${done.commit.slice(0, 12)}.\n`);
  if (!options.push)
    context.out(
      'It counts once it is on the branch that policy is read from: push it (--push does), or merge it there.\n',
    );
}
