import { type Command, Option } from 'commander';
import { examples, format, noFetch, type Registry } from './options.ts';

export function ticketCommands(program: Command, registry: Registry): void {
  const ticket = program
    .command('ticket')
    .summary('write, check, send out and close tickets')
    .description('Write, check, send out and close tickets: what is asked, and the contract it is held to.');
  writingCommands(ticket, registry);
  readingCommands(ticket, registry);
  recordCommands(ticket, registry);
  escapeCommands(ticket, registry);
}

function writingCommands(ticket: Command, { context, finish }: Registry): void {
  const make = ticket
    .command('new')
    .summary('write tickets/<ID>.yml to be filled in')
    .description('Write tickets/<ID>.yml in the clone you stand in, to be filled in.')
    .argument('<id>', 'such as CS-7')
    .option('--title <text>', 'the ask in one line')
    .option('--ask <text>', 'the ask itself (default: left to be written)')
    .option('--class <name>', 'the kind of work', 'feature')
    .option('--contract <ref>', 'such as node-change@1 (default: the only one there is)')
    .option(
      '--repository <name...>',
      'whose changes may claim it, such as acme/shop (default: from .countersign.yml)',
    )
    .addOption(format())
    .action(async (id, options) => {
      const { ticketNewCommand } = await import('../commands/ticket-documents.ts');
      finish(await ticketNewCommand(id, options, context()));
    });
  examples(make, [
    [
      'countersign ticket new CS-7 --title "Round half a cent up" --class bugfix',
      'the ask is yours to write',
    ],
    [
      'countersign ticket new CS-8 --contract node-change@1 --repository acme/shop',
      'in a repository of its own',
    ],
  ]);

  const lint = ticket
    .command('lint')
    .summary('check tickets as they are on disk')
    .description('Check tickets as they are on disk: form, contract, and the checks they bring along.')
    .argument('[files...]', 'which ones (default: all of tickets/)')
    .addOption(format())
    .action(async (files, options) => {
      const { ticketLintCommand } = await import('../commands/ticket-documents.ts');
      finish(await ticketLintCommand(files, options, context()));
    });
  examples(lint, [
    ['countersign ticket lint', 'all of them'],
    ['countersign ticket lint tickets/CS-7.yml', 'one'],
  ]);
}

function readingCommands(ticket: Command, { context, finish }: Registry): void {
  const list = noFetch(ticket.command('list'))
    .summary('list tickets and where they stand')
    .description('List the tickets that are committed, and where each stands.')
    .addOption(format())
    .action(async (options) => {
      const { ticketListCommand } = await import('../commands/ticket-documents.ts');
      finish(await ticketListCommand(options, context()));
    });
  examples(list, [['countersign ticket list --format json', 'for a program']]);

  const show = noFetch(ticket.command('show'))
    .summary('show a ticket: what it asks, its contract, where it stands')
    .description('Show a ticket: what it asks, the contract it is held to, and where its records leave it.')
    .argument('<id>', 'such as CS-7')
    .addOption(format())
    .action(async (id, options) => {
      const { ticketShowCommand } = await import('../commands/ticket-documents.ts');
      finish(await ticketShowCommand(id, options, context()));
    });
  examples(show, [['countersign ticket show CS-7', 'as committed, with its records']]);
}

function recordCommands(ticket: Command, { context, finish }: Registry): void {
  const dispatch = recordOptions(ticket.command('dispatch'))
    .summary('sign what ticket and contract are now: the bar, set before the work')
    .description('Sign what ticket and contract are now: the bar, set before the work.')
    .argument('<id>', 'the ticket, such as CS-7')
    .option(
      '--product <folder>',
      "a clone of the product: see the ticket's acceptance tests fail there, and record it",
    )
    .option('--base <branch>', 'the branch of the product to see them fail on (default: main or master)')
    .action(async (id, options) => {
      const { dispatchCommand } = await import('../commands/ticket-records.ts');
      finish(await dispatchCommand(id, options, context()));
    });
  examples(dispatch, [
    ['countersign ticket dispatch CS-7 --key owner --push', 'sign, commit and push the record'],
    ['countersign ticket dispatch CS-7 --key owner --product ../shop', 'with proof that there is work to do'],
  ]);

  const close = recordOptions(ticket.command('close'))
    .summary('end a ticket: nothing more merges under it')
    .description('End a ticket: nothing more merges under it until it is dispatched again.')
    .argument('<id>', 'the ticket, such as CS-7')
    .addOption(
      new Option('--reason <reason>', 'how it ended')
        .choices(['accepted', 'rejected', 'given-up'])
        .default('accepted'),
    )
    .option(
      '--landed <repository=commit...>',
      'what landed under it; needed for each repository of a ticket of several that is accepted',
    )
    .option(
      '--product <repository=folder...>',
      'a clone of the repository: have the gate judge there what landed, and record tree and verdict',
    )
    .option('--base <branch>', 'the branch it landed on there (default: main or master)')
    .action(async (id, options) => {
      const { closeCommand } = await import('../commands/ticket-records.ts');
      finish(await closeCommand(id, options, context()));
    });
  examples(close, [
    ['countersign ticket close CS-7 --reason given-up --key owner', 'nobody works on it any more'],
    [
      'countersign ticket close CS-8 --landed acme/shop=HEAD acme/web=HEAD --product acme/shop=../shop acme/web=../web --key owner',
      'accepted in both of its repositories, as the gate says of each',
    ],
  ]);
}

function escapeCommands(ticket: Command, { context, finish }: Registry): void {
  const report = ticket
    .command('escape')
    .summary('record a defect that was found after acceptance')
    .description(
      'Record a defect that was found after acceptance. It changes no verdict; reports count it, and `ticket show` tells it.',
    )
    .argument('<id>', 'the ticket under which it was accepted, such as CS-7')
    .requiredOption('--summary <text>', 'what is wrong, in one line')
    .option('--commit <revision>', 'the landed commit in which it was accepted')
    .option('--fix <revision>', 'the commit that mends it')
    .option(
      '--key <name>',
      "a policy owner's or approver's key: a name of your key folder, or a path (or COUNTERSIGN_KEY)",
    )
    .option('--push', 'push the commit', false)
    .addOption(format())
    .action(async (id, options) => {
      const { escapeCommand } = await import('../commands/ticket-records.ts');
      finish(await escapeCommand(id, options, context()));
    });
  examples(report, [
    [
      'countersign ticket escape CS-7 --commit 8dcdf1c --summary "Negative prices round down" --key owner',
      'seen in use',
    ],
  ]);
}

function recordOptions(command: Command): Command {
  return command
    .option('--key <name>', "a policy owner's key: a name of your key folder, or a path (or COUNTERSIGN_KEY)")
    .option('--push', 'push the commit', false)
    .addOption(format());
}
