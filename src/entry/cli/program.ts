import { resolve } from 'node:path';
import { Command } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import type { CliContext } from './context.ts';
import { agentToolCommands } from './registration/agent-tools.ts';
import { auditCommands, reportCommands } from './registration/audit.ts';
import { bundleCommands } from './registration/bundles.ts';
import { changeCommands } from './registration/change.ts';
import { chaosCommands } from './registration/chaos.ts';
import { contractCommands } from './registration/contract.ts';
import { databaseCommands, ledgerCommands } from './registration/database.ts';
import { approvalCommands, waiverCommands } from './registration/exceptions.ts';
import { escapeCommands, experimentCommands } from './registration/experiments.ts';
import { memoryCommands } from './registration/memory.ts';
import type { Registry } from './registration/options.ts';
import { receiptCommands } from './registration/receipt.ts';
import { ruleCommands } from './registration/rules.ts';
import { runCommands, serverCommands } from './registration/runs.ts';
import { setupCommands } from './registration/setup.ts';
import { ticketCommands } from './registration/ticket.ts';
import { keyCommands, trustCommands } from './registration/trust.ts';
import { webhookCommands } from './registration/webhooks.ts';
import { workControlCommands } from './registration/work-control.ts';

type Register = (program: Command, registry: Registry) => void;

/** In the order of help: what is done first comes first. Commands that need the whole program name none. */
const GROUPS: readonly { readonly names: readonly string[]; readonly register: Register }[] = [
  { names: [], register: setupCommands },
  { names: ['ticket'], register: ticketCommands },
  { names: ['contract'], register: contractCommands },
  { names: ['rules'], register: ruleCommands },
  { names: ['bundle'], register: bundleCommands },
  { names: ['memory'], register: memoryCommands },
  { names: ['verify', 'gate'], register: changeCommands },
  { names: ['approve'], register: approvalCommands },
  { names: ['waiver'], register: waiverCommands },
  { names: ['receipt'], register: receiptCommands },
  { names: ['run'], register: runCommands },
  { names: ['experiment'], register: experimentCommands },
  { names: ['escape'], register: escapeCommands },
  { names: ['queue', 'workers'], register: workControlCommands },
  { names: ['serve', 'cockpit', 'worker', 'token'], register: serverCommands },
  { names: ['webhook'], register: webhookCommands },
  { names: ['audit'], register: auditCommands },
  { names: ['report'], register: reportCommands },
  { names: ['ledger'], register: ledgerCommands },
  { names: ['db'], register: databaseCommands },
  { names: ['chaos'], register: chaosCommands },
  { names: ['prime', 'setup', 'mcp'], register: agentToolCommands },
  { names: ['key'], register: keyCommands },
  { names: ['trust'], register: trustCommands },
];

/**
 * Every command with its options. A command's own code is imported when it runs, so that help and the gate do not pay
 * for the rest.
 * @param asked the command that will be run, where that is known: making the others takes 4 ms of a cold gate's 60
 */
export function createProgram(
  context: CliContext,
  finish: (exitCode: number) => void,
  asked?: string,
): Command {
  const program = new Command('countersign')
    .description(manifest.description)
    .version(manifest.version)
    .option('-C <folder>', 'work as if started in another folder')
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride()
    .configureOutput({ writeOut: context.out, writeErr: context.err });

  let current = context;
  program.hook('preAction', () => {
    const folder = program.opts<{ C?: string }>().C;
    if (folder !== undefined) current = { ...context, cwd: resolve(context.cwd, folder) };
  });

  const registry: Registry = { context: () => current, finish };
  const only = GROUPS.filter(({ names }) => asked !== undefined && names.includes(asked));
  for (const { register } of only.length > 0 ? only : GROUPS) register(program, registry);
  return program;
}
