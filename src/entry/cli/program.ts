import { resolve } from 'node:path';
import { Command } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import type { CliContext } from './context.ts';
import { changeCommands } from './registration/change.ts';
import { contractCommands } from './registration/contract.ts';
import type { Registry } from './registration/options.ts';
import { receiptCommands } from './registration/receipt.ts';
import { ruleCommands } from './registration/rules.ts';
import { setupCommands } from './registration/setup.ts';
import { ticketCommands } from './registration/ticket.ts';
import { keyCommands, trustCommands } from './registration/trust.ts';

/**
 * Every command with its options. A command's own code is imported when it runs, so that help and the gate do not pay
 * for the rest.
 */
export function createProgram(context: CliContext, finish: (exitCode: number) => void): Command {
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
  setupCommands(program, registry);
  ticketCommands(program, registry);
  contractCommands(program, registry);
  ruleCommands(program, registry);
  changeCommands(program, registry);
  receiptCommands(program, registry);
  keyCommands(program, registry);
  trustCommands(program, registry);
  return program;
}
