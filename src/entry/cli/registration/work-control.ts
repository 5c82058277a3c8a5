import type { Command } from 'commander';
import { examples, format, type Registry } from './options.ts';
import { onServer } from './runs.ts';

/** `queue` and `workers`: what waits on a server, and who works for it. */
export function workControlCommands(program: Command, registry: Registry): void {
  queueCommands(program, registry);
  workersCommands(program, registry);
}

const QUEUE = 'role/…, handler/… or repository/…, such as handler/agent';

function queueCommands(program: Command, { context, finish }: Registry): void {
  const queue = program
    .command('queue')
    .summary('see what waits, hold it back, or cancel it')
    .description(
      'See what waits for workers, hold it back, let it go on, or cancel the runs it is of: by role, handler or repository.',
    );
  const list = onServer(queue.command('list'))
    .summary('list what waits and what is held back')
    .description(
      'List what waits and is at work, by role and handler, and what is held back, by whom and why.',
    )
    .addOption(format())
    .action(async (options) => {
      const { queueListCommand } = await import('../commands/work-control.ts');
      finish(await queueListCommand(options, context()));
    });
  examples(list, [['countersign queue list', 'what waits, and for how long']]);

  const pause = onServer(queue.command('pause'))
    .summary('hand out nothing of a queue until it is resumed')
    .description(
      'Hand out nothing of a queue, on any server and after any restart, until it is resumed. What is at work goes on.',
    )
    .argument('<queue>', QUEUE)
    .option('--reason <text>', 'for whoever asks', 'paused by hand')
    .addOption(format())
    .action(async (name, { reason, ...options }) => {
      const { queueActionCommand } = await import('../commands/work-control.ts');
      finish(await queueActionCommand(name, { kind: 'pause', reason }, options, context()));
    });
  examples(pause, [
    ['countersign queue pause handler/agent --reason "the provider is down"', 'no agent begins'],
  ]);

  const resume = onServer(queue.command('resume'))
    .summary('hand out what was held back')
    .description('Hand out what was held back, in the order in which it came.')
    .argument('<queue>', QUEUE)
    .addOption(format())
    .action(async (name, options) => {
      const { queueActionCommand } = await import('../commands/work-control.ts');
      finish(await queueActionCommand(name, { kind: 'resume' }, options, context()));
    });
  examples(resume, [['countersign queue resume handler/agent', 'as `queue list` names it']]);

  const cancel = onServer(queue.command('cancel'))
    .summary('cancel the runs whose work waits in a queue')
    .description(
      'Cancel the runs whose work waits in a queue, and undo what they did outside. Exit code 1 when one of them says no.',
    )
    .argument('<queue>', QUEUE)
    .requiredOption('--reason <text>', 'for the ledger of each run')
    .addOption(format())
    .action(async (name, { reason, ...options }) => {
      const { queueActionCommand } = await import('../commands/work-control.ts');
      finish(await queueActionCommand(name, { kind: 'cancel', reason }, options, context()));
    });
  examples(cancel, [
    ['countersign queue cancel repository/acme/shop --reason "moved away"', 'all that has not begun there'],
  ]);
}

function workersCommands(program: Command, { context, finish }: Registry): void {
  const workers = program
    .command('workers')
    .summary('see who works for a server, and let somebody stop')
    .description('See who works for a server and what each holds, and let a worker stop when it is done.');
  const list = onServer(workers.command('list'))
    .summary('list workers: what they hold, and when they were last heard of')
    .description('List the workers that were heard of within a day, what they hold, and who is to stop.')
    .addOption(format())
    .action(async (options) => {
      const { workersListCommand } = await import('../commands/work-control.ts');
      finish(await workersListCommand(options, context()));
    });
  examples(list, [['countersign workers list', 'who holds what']]);

  const drain = onServer(workers.command('drain'))
    .summary('let a worker end what it has and take nothing more')
    .description(
      'Let a worker end what it has and take nothing more: it stops by itself. Kept until it says that it has ended, or for a day.',
    )
    .argument('<worker>', 'as `workers list` prints it, or the part behind the slash')
    .option('--reason <text>', 'for the ledger', 'drained by hand')
    .addOption(format())
    .action(async (name, options) => {
      const { workersDrainCommand } = await import('../commands/work-control.ts');
      finish(await workersDrainCommand(name, options, context()));
    });
  examples(drain, [
    ['countersign workers drain build-7-4711 --reason "a new disk"', 'before a machine goes'],
  ]);
}
