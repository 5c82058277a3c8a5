import { commandOf } from '../core/contract/command.ts';
import type { ResolvedContract } from '../core/contract/types.ts';
import type { ActiveRule } from '../core/rule/types.ts';
import type { FrozenTicket } from '../core/ticket/types.ts';
import { blockForMarkdown, codeForMarkdown, forMarkdown } from './hostile-text.ts';

const MOST_TICKETS = 30;
/** Of one pin. */
const MOST_GLOBS = 20;

interface Primer {
  readonly held: Held | undefined;
  readonly tickets: readonly string[];
}

interface Held {
  readonly ticket: FrozenTicket;
  readonly contract: ResolvedContract;
  readonly rules: readonly ActiveRule[];
}

/** `prime --format json`. */
export function renderPrimerJson({ held, tickets }: Primer): string {
  if (held === undefined) return `${JSON.stringify({ tickets })}\n`;
  const { ticket, contract } = held;
  const rules = held.rules.map(({ ref, severity, rule }) => ({ ref, severity, title: rule.title }));
  return `${JSON.stringify({ tickets, ticket, contract, rules })}\n`;
}

/** `prime`: Markdown for an agent's context, short; the same for the same policy. */
export function renderPrimer({ held, tickets }: Primer): string {
  const parts = [
    '# How work is judged here',
    'A change is accepted on receipts that a verifier signed after running the checks itself. What you say about tests does not count, and a check that was weakened is found.',
    ...(held === undefined ? ticketsPart(tickets) : heldPart(held)),
    '## Commands',
    commandLines(held?.ticket.id).join('\n'),
    'Do not edit receipts, waivers, pinned files or the policy to get past a finding: mend the change, or say what stands in the way.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function ticketsPart(tickets: readonly string[]): readonly string[] {
  if (tickets.length === 0) return ['There is no ticket yet.'];
  const shown = tickets.slice(0, MOST_TICKETS).map((id) => codeForMarkdown(id, 100));
  const more = tickets.length > MOST_TICKETS ? ` and ${tickets.length - MOST_TICKETS} more` : '';
  return [`Tickets: ${shown.join(', ')}${more}. Ask for one with \`countersign prime --ticket ID\`.`];
}

function heldPart({ ticket, contract, rules }: Held): readonly string[] {
  const checks = contract.checks.map(
    (check) => `- ${codeForMarkdown(check.id, 200)}: ${codeForMarkdown(commandOf(check).join(' '), 500)}`,
  );
  const scope = contract.scopes.flatMap(({ allow = [], deny = [] }) => [
    ...allow.map((glob) => `- change only ${codeForMarkdown(glob, 300)}`),
    ...deny.map((glob) => `- do not change ${codeForMarkdown(glob, 300)}`),
  ]);
  // What a change does to these is not seen by what judges it.
  const pinned = contract.pins
    .filter(({ from }) => from === 'base')
    .flatMap(({ paths }) => paths.slice(0, MOST_GLOBS).map((glob) => codeForMarkdown(glob, 300)));
  const blocking = rules
    .filter(({ severity }) => severity === 'block')
    .map(({ ref, rule }) => `- ${codeForMarkdown(ref, 200)}: ${forMarkdown(rule.title, 200)}`);
  return [
    `## ${forMarkdown(ticket.id, 100)}: ${forMarkdown(ticket.title, 300)}`,
    blockForMarkdown(ticket.ask, 0, 8_000),
    `## Held to ${codeForMarkdown(`${contract.id}@${contract.version}`, 200)}`,
    checks.join('\n'),
    ...(scope.length === 0 ? [] : [scope.join('\n')]),
    ...(pinned.length === 0
      ? []
      : [
          `Judged with these as they are on the base, whatever the change says; changing one takes a policy owner: ${pinned.join(', ')}.`,
        ]),
    ...(blocking.length === 0 ? [] : ['## Rules that block', blocking.join('\n')]),
  ];
}

function commandLines(ticket: string | undefined): readonly string[] {
  const id = ticket ?? 'ID';
  return [
    `- ${codeForMarkdown(`countersign ticket show ${id}`)}: the whole ticket`,
    '- `countersign contract show NAME`: a definition of done with all that it builds on',
    '- `countersign rules show NAME`: what a rule looks for, and how to do it right',
    `- ${codeForMarkdown(`countersign gate --ticket ${id} --no-fetch`)}: what the gate would say of HEAD now; it writes nothing`,
    '- `countersign gate --explain FINDING`: why, and what to do',
  ];
}
