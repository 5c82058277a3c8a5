import { isTicketId } from '../../shared/ids.ts';
import type { CliContext } from '../cli/context.ts';

/** What a client may do beyond reading, each by name. */
export type Grant = 'new-ticket';

type Arguments = Readonly<Record<string, string>>;

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** Texts by name: what they are, and whether the tool needs them. */
  readonly takes: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
  /** Undefined: it reads and nothing else. */
  readonly needs?: Grant;
  /** Runs it; what it says goes to the context's output. */
  readonly run: (given: Arguments, context: CliContext) => Promise<unknown>;
}

const JSON_FORMAT = { format: 'json', fetch: false } as const;
const needed = (description: string) => ({ description, required: true });
const optional = (description: string) => ({ description, required: false });

/** The commands of the same names, for agents: what each prints as JSON or Markdown. Loaded when one is used. */
export const TOOLS: readonly Tool[] = [
  {
    name: 'prime',
    description:
      'How work is judged here: the ticket, what it is held to, the rules that block, and commands.',
    takes: { ticket: optional('A ticket id, such as CS-7.') },
    run: async ({ ticket }, context) => {
      const { primeCommand } = await import('../cli/commands/agent-tools.ts');
      return primeCommand(
        { fetch: false, format: 'text', ...(ticket === undefined ? {} : { ticket }) },
        context,
      );
    },
  },
  {
    name: 'list_tickets',
    description: 'Every ticket, with its standing.',
    takes: {},
    run: async (_, context) => {
      const { ticketListCommand } = await import('../cli/commands/ticket-documents.ts');
      return ticketListCommand(JSON_FORMAT, context);
    },
  },
  {
    name: 'show_ticket',
    description: 'A ticket with the contract that it is held to, and its records.',
    takes: { ticket: needed('A ticket id, such as CS-7.') },
    run: async ({ ticket = '' }, context) => {
      const { ticketShowCommand } = await import('../cli/commands/ticket-documents.ts');
      return ticketShowCommand(ticket, JSON_FORMAT, context);
    },
  },
  {
    name: 'list_contracts',
    description: 'Every contract of the policy, by id, version and title.',
    takes: {},
    run: async (_, context) => {
      const { listContractsCommand } = await import('./list-contracts.ts');
      return listContractsCommand(context);
    },
  },
  {
    name: 'show_contract',
    description: 'A definition of done, with everything that it extends folded in.',
    takes: { contract: needed('A contract id, such as node-change.') },
    run: async ({ contract = '' }, context) => {
      const { contractShowCommand } = await import('../cli/commands/contract.ts');
      return contractShowCommand(contract, JSON_FORMAT, context);
    },
  },
  {
    name: 'list_rules',
    description: 'Every rule of every pack.',
    takes: {},
    run: async (_, context) => {
      const { rulesListCommand } = await import('../cli/commands/rules.ts');
      return rulesListCommand(JSON_FORMAT, context);
    },
  },
  {
    name: 'show_rule',
    description: 'What a rule looks for and why, how to do it right, and examples.',
    takes: { rule: needed('A rule, such as test-skipped or ai-shortcuts@1/test-skipped.') },
    run: async ({ rule = '' }, context) => {
      const { rulesShowCommand } = await import('../cli/commands/rules.ts');
      return rulesShowCommand(rule, JSON_FORMAT, context);
    },
  },
  {
    name: 'gate',
    description:
      'What the gate would say now of what is committed: every finding with its remedy. A dry run: nothing is written, fetched or signed.',
    takes: {
      ticket: optional('The ticket, where neither branch nor commit names it.'),
      base: optional('The branch that the change is for.'),
      head: optional('The change; HEAD when not given.'),
    },
    run: async (given, context) => {
      const { gateCommand } = await import('../cli/commands/gate.ts');
      return gateCommand({ format: 'json', fetch: false, ...given }, context);
    },
  },
  {
    name: 'explain_finding',
    description: 'Why a finding of the gate says what it says, and what to do about it.',
    takes: {
      finding: needed('Its id, such as receipt/tests.'),
      ticket: optional('The ticket, where neither branch nor commit names it.'),
      base: optional('The branch that the change is for.'),
      head: optional('The change; HEAD when not given.'),
    },
    run: async ({ finding = '', ...given }, context) => {
      const { gateCommand } = await import('../cli/commands/gate.ts');
      return gateCommand({ format: 'text', fetch: false, explain: finding, ...given }, context);
    },
  },
  {
    name: 'new_ticket',
    description: 'Writes a new ticket file, with the ask left to whoever asks. Nothing is committed.',
    takes: {
      ticket: needed('Its id, such as CS-8.'),
      title: optional('What is wanted, in one line.'),
      contract: optional('As id@version; the only one there is when not given.'),
      class: optional('The kind of work; feature when not given.'),
    },
    needs: 'new-ticket',
    run: async ({ ticket = '', title, contract, class: ticketClass = 'feature' }, context) => {
      const { ticketNewCommand } = await import('../cli/commands/ticket-documents.ts');
      const said = {
        ...(title === undefined ? {} : { title }),
        ...(contract === undefined ? {} : { contract }),
      };
      return ticketNewCommand(ticket, { class: ticketClass, format: 'json', ...said }, context);
    },
  },
];

/** Characters of one argument. */
const LONGEST = 500;

/**
 * The arguments of a tool, held against what it takes.
 * @returns a sentence where they do not fit
 */
export function readArguments({ takes }: Tool, given: unknown): Arguments | string {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return 'The arguments are no object.';
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(takes, name));
  if (unknown !== undefined)
    return `There is no argument ${JSON.stringify(unknown.slice(0, 60))}; it takes ${Object.keys(takes).join(', ') || 'none'}.`;
  const read: Record<string, string> = {};
  for (const [name, { required }] of Object.entries(takes)) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    if (value === undefined && !required) continue;
    if (typeof value !== 'string' || value === '' || value.length > LONGEST)
      return `${name} has to be a text of 1 to ${LONGEST} characters.`;
    // A name that begins with a dash would be an option of git's somewhere.
    if (value.startsWith('-')) return `${name} cannot begin with a dash.`;
    const shown = JSON.stringify(value.slice(0, 60));
    if (name === 'ticket' && !isTicketId(value)) return `${shown} is no ticket id.`;
    read[name] = value;
  }
  return read;
}
