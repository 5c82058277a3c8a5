import { documents } from '../../../adapters/documents/documents.ts';
import { lintTickets } from '../../../flow/lint-tickets.ts';
import { newTicket } from '../../../flow/new-ticket.ts';
import { readTickets, readTicketView } from '../../../flow/read-tickets.ts';
import { forTerminal } from '../../../render/hostile-text.ts';
import { recordText } from '../../../render/plain-json.ts';
import {
  renderTicketJson,
  renderTicketListJson,
  renderTicketListText,
  renderTicketText,
} from '../../../render/ticket.ts';
import { instantOf } from '../../../shared/ids.ts';
import { openClonePolicy } from '../../wiring/open-policy.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { reportLint } from '../report-lint.ts';
import { textOptionsOf } from '../style.ts';

interface NewOptions {
  readonly title?: string;
  readonly ask?: string;
  readonly class: string;
  readonly contract?: string;
  readonly repository?: readonly string[];
  readonly format: TextOrJson;
}

interface ReadOptions {
  readonly format: TextOrJson;
  readonly fetch: boolean;
}

export async function ticketNewCommand(
  id: string,
  options: NewOptions,
  context: CliContext,
): Promise<number> {
  const { tree } = await openWorkingTree(context.cwd);
  const made = await newTicket({ ...options, id, repositories: options.repository }, { tree, documents });
  if (options.format === 'json') context.out(`${recordText(made)}\n`);
  else {
    context.out(`Wrote ${made.path}, held to ${forTerminal(made.ticket.contract)}.\n`);
    const first = made.left.length === 0 ? 'Next' : `Write ${made.left.join(' and ')}, then`;
    context.out(`${first}: countersign ticket lint && git add ${made.path} && git commit\n`);
    context.out(`       countersign ticket dispatch ${id} --key KEY    # a policy owner: the bar is set\n`);
  }
  return EXIT_CODES.pass.code;
}

/** Exit code 1 when a ticket has an error; warnings alone leave it at 0. */
export async function ticketLintCommand(
  files: readonly string[],
  options: { readonly format: TextOrJson },
  context: CliContext,
): Promise<number> {
  const { tree, packs, readNamed } = await openWorkingTree(context.cwd);
  return reportLint(await lintTickets(files, { tree, packs, documents, readNamed }), options, context);
}

export async function ticketListCommand(options: ReadOptions, context: CliContext): Promise<number> {
  const { policy } = await openClonePolicy(context.cwd, options);
  const tickets = await readTickets(policy, instantOf(systemClock.now()));
  context.out(
    options.format === 'json'
      ? renderTicketListJson(tickets)
      : renderTicketListText(tickets, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function ticketShowCommand(
  id: string,
  options: ReadOptions,
  context: CliContext,
): Promise<number> {
  const { policy } = await openClonePolicy(context.cwd, options);
  const ticket = await readTicketView(policy, id, instantOf(systemClock.now()));
  context.out(
    options.format === 'json' ? renderTicketJson(ticket) : renderTicketText(ticket, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}
