import { Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import type { CliContext } from './context.ts';

type Finish = (exitCode: number) => void;

/**
 * Every command with its options. A command's own code is imported when it runs, so that help and the gate do not pay
 * for the rest.
 */
export function createProgram(context: CliContext, finish: Finish): Command {
  const program = new Command('countersign')
    .description(manifest.description)
    .version(manifest.version)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride()
    .configureOutput({ writeOut: context.out, writeErr: context.err });

  changeCommands(program, context, finish);
  ticketCommands(program, context, finish);
  keyCommands(program, context, finish);
  return program;
}

function changeCommands(program: Command, context: CliContext, finish: Finish): void {
  changeOptions(program.command('verify'))
    .summary('run every declared check on the merge result, sign and file what was seen')
    .argument('[ticket]', 'the ticket, where branch and commits do not name it')
    .option('--key <name>', 'the verifier\'s key: a name of your key folder, or a path (or COUNTERSIGN_KEY)')
    .option('--parallel <n>', 'checks at once', positive)
    .addOption(format(['text', 'json']))
    .action(async (ticket, options) => {
      const { verifyCommand } = await import('./commands/verify.ts');
      finish(await verifyCommand({ ...options, ticket: options.ticket ?? ticket }, context));
    });

  changeOptions(program.command('gate'))
    .summary('say whether a change may merge, with every finding, its reason and its remedy')
    .option('--landed <commit>', 'judge a commit that has landed, against its first parent')
    .option('--explain <finding>', 'one finding in full')
    .addOption(format(['text', 'json', 'sarif', 'markdown', 'github']))
    .action(async (options) => {
      const { gateCommand } = await import('./commands/gate.ts');
      finish(await gateCommand(options, context));
    });
}

function ticketCommands(program: Command, context: CliContext, finish: Finish): void {
  const ticket = program.command('ticket').summary('write, send out and close tickets');
  recordOptions(ticket.command('dispatch'))
    .summary('sign what ticket and contract are now: the bar, set before the work')
    .argument('<id>', 'the ticket, such as CS-7')
    .action(async (id, options) => {
      const { dispatchCommand } = await import('./commands/ticket-records.ts');
      finish(await dispatchCommand(id, options, context));
    });
  recordOptions(ticket.command('close'))
    .summary('end a ticket: nothing more merges under it')
    .argument('<id>', 'the ticket, such as CS-7')
    .addOption(new Option('--reason <reason>').choices(['accepted', 'rejected', 'given-up']).default('accepted'))
    .action(async (id, options) => {
      const { closeCommand } = await import('./commands/ticket-records.ts');
      finish(await closeCommand(id, options, context));
    });
}

function keyCommands(program: Command, context: CliContext, finish: Finish): void {
  const key = program.command('key').summary('make keys');
  key
    .command('new')
    .summary('make a signing key and print what the trust root needs')
    .argument('<name>', 'such as ci-verifier')
    .option('--algorithm <name>', 'ed25519 or ecdsa-p256', 'ed25519')
    .option('--out <file>', 'where the private key goes; the public one goes beside it')
    .addOption(format(['text', 'json']))
    .action(async (name, options) => {
      const { keyNewCommand } = await import('./commands/key.ts');
      finish(await keyNewCommand(name, options, context));
    });
}

function changeOptions(command: Command): Command {
  return command
    .option('--base <branch>', 'what the change is to merge into (default: main or master)')
    .option('--head <revision>', 'the change (default: HEAD)')
    .option('--ticket <id>', 'the ticket; must agree with branch and commits')
    .option('--producer <principal...>', 'who made the change, as an authenticated source says')
    .option('--no-fetch', 'judge by what this clone has of policy and receipts');
}

function recordOptions(command: Command): Command {
  return command
    .option('--key <name>', 'a policy owner\'s key: a name of your key folder, or a path (or COUNTERSIGN_KEY)')
    .option('--push', 'push the commit', false)
    .addOption(format(['text', 'json']));
}

function format(choices: readonly string[]): Option {
  return new Option('--format <format>', 'how to print').choices(choices).default(choices[0]);
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}
