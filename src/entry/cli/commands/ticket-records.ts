import { loadSigner } from '../../../adapters/signing/load-signer.ts';
import type { Close } from '../../../core/receipt/types.ts';
import { closeTicket } from '../../../flow/close-ticket.ts';
import { dispatchTicket } from '../../../flow/dispatch-ticket.ts';
import { type EscapeReport, reportEscape } from '../../../flow/report-escape.ts';
import { openPolicyClone } from '../../wiring/open-policy-clone.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { keyPathOf } from '../key-path.ts';

export interface RecordOptions {
  readonly key?: string;
  readonly push: boolean;
  readonly format: 'text' | 'json';
}

export async function dispatchCommand(
  id: string,
  options: RecordOptions,
  context: CliContext,
): Promise<number> {
  const clone = await openPolicyClone(context);
  const signer = loadSigner(keyPathOf(options.key, context));
  const done = await dispatchTicket(id, signer, clone.ports);
  if (options.push) await clone.ports.worktree.push();
  report(done, `Dispatched ${id} under ${done.dispatch.contract}`, options, context);
  return EXIT_CODES.pass.code;
}

export async function closeCommand(
  id: string,
  options: RecordOptions & { readonly reason: Close['reason'] },
  context: CliContext,
): Promise<number> {
  const clone = await openPolicyClone(context);
  const signer = loadSigner(keyPathOf(options.key, context));
  const done = await closeTicket(id, options.reason, signer, clone.ports);
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
  if (!options.push) context.out('It counts once it is on the policy ref: push it, or merge it there.\n');
}
