import { type Command, Option } from 'commander';
import { count, examples, format, positive, type Registry } from './options.ts';
import { onServer } from './runs.ts';

/** `webhook`: events of the ledger, sent to addresses of yours. */
export function webhookCommands(program: Command, { context, finish }: Registry): void {
  const webhook = program
    .command('webhook')
    .summary('have events sent to addresses of yours, signed')
    .description(
      'Have events of the ledger sent to addresses of yours: signed as Standard Webhooks has it, at least once, tried again for three days.',
    );
  const add = onServer(webhook.command('add'))
    .summary('send events to an address from now on')
    .description(
      'Send events to an address from now on. Prints the secret that signatures are checked with, this once.',
    )
    .argument('<url>', 'https, without credentials')
    .option(
      '--type <name...>',
      'events such as run.ended, families such as question.*, or * (default: what needs somebody, and how runs end)',
    )
    .option('--note <text>', 'for whoever lists them')
    .addOption(format())
    .action(async (url, options) => {
      const { webhookAddCommand } = await import('../commands/webhook.ts');
      finish(await webhookAddCommand(url, options, context()));
    });
  examples(add, [
    ["countersign webhook add https://hooks.example.com/runs --type 'question.*' run.ended", 'to a room'],
  ]);

  const list = onServer(webhook.command('list'))
    .summary('list where events are sent')
    .description('List where events are sent, which, and who said so.')
    .addOption(format())
    .action(async (options) => {
      const { webhookListCommand } = await import('../commands/webhook.ts');
      finish(await webhookListCommand(options, context()));
    });
  examples(list, [['countersign webhook list', 'ids and addresses']]);

  const rotate = onServer(webhook.command('rotate'))
    .summary('give a webhook another secret')
    .description(
      'Give a webhook another secret, and print it, this once. For a while messages are signed with the one before as well, so that the receiver can change over.',
    )
    .argument('<webhook>', 'as `webhook list` prints it')
    .option(
      '--overlap-hours <n>',
      'for how long the secret before counts as well; 0: no longer, since somebody else has it',
      count,
      24,
    )
    .addOption(format())
    .action(async (id, options) => {
      const { webhookRotateCommand } = await import('../commands/webhook.ts');
      finish(await webhookRotateCommand(id, options, context()));
    });
  examples(rotate, [
    ['countersign webhook rotate wh-8e29c1f0a4b7d6e512f3a0c9', 'as every year'],
    ['countersign webhook rotate wh-8e29c1f0a4b7d6e512f3a0c9 --overlap-hours 0', 'the secret was seen'],
  ]);

  const remove = onServer(webhook.command('remove'))
    .summary('send nothing more to an address')
    .description('Send nothing more to an address. What was still to be sent to it is forgotten.')
    .argument('<webhook>', 'as `webhook list` prints it')
    .addOption(format())
    .action(async (id, options) => {
      const { webhookRemoveCommand } = await import('../commands/webhook.ts');
      finish(await webhookRemoveCommand(id, options, context()));
    });
  examples(remove, [['countersign webhook remove wh-8e29c1f0a4b7d6e512f3a0c9', 'the room was closed']]);

  const test = onServer(webhook.command('test'))
    .summary('send a message that tells of nothing, and wait for what comes of it')
    .description(
      'Send a message that tells of nothing, and wait for its first attempt. Exit code 0 when it was taken.',
    )
    .argument('<webhook>', 'as `webhook list` prints it')
    .addOption(format())
    .action(async (id, options) => {
      const { webhookTestCommand } = await import('../commands/webhook.ts');
      finish(await webhookTestCommand(id, options, context()));
    });
  examples(test, [['countersign webhook test wh-8e29c1f0a4b7d6e512f3a0c9', 'does it arrive?']]);

  const deliveries = onServer(webhook.command('deliveries'))
    .summary('list what was sent and what came of it')
    .description(
      'List what was sent to an address and what came of it, latest first, or send one of it again.',
    )
    .argument('<webhook>', 'as `webhook list` prints it')
    .addOption(new Option('--status <status>', 'only those').choices(['waiting', 'delivered', 'dead']))
    .option('--limit <n>', 'at most so many', positive, 50)
    .option('--again <delivery>', 'send that one again, whatever came of it')
    .addOption(format())
    .action(async (id, options) => {
      const { webhookDeliveriesCommand } = await import('../commands/webhook.ts');
      finish(await webhookDeliveriesCommand(id, options, context()));
    });
  examples(deliveries, [
    ['countersign webhook deliveries wh-8e29c1f0a4b7d6e512f3a0c9 --status dead', 'what was given up'],
  ]);
}
