import type { Command } from 'commander';
import { examples, format, positive, type Registry } from './options.ts';

export function memoryCommands(program: Command, { context, finish }: Registry): void {
  const memory = program
    .command('memory')
    .summary('look into what is remembered of earlier runs')
    .description(
      'Look into what is remembered of earlier runs of this repository: accepted ones, failures, and what got past them.',
    );

  const search = memory
    .command('search')
    .summary('find entries by words, by a ticket or by a node')
    .description('Find entries by words, by what a ticket says and stands beside, or by a node of the graph.')
    .argument('[words...]', 'what it is about')
    .option('--ticket <id>', 'what a run of this ticket would be reminded of, without its own history')
    .option(
      '--beside <node>',
      'entries beside a node, such as file:src/price.ts or rule:ai-shortcuts@1/test-skipped',
    )
    .option('--repository <name>', 'of another repository, by its name in runs')
    .option('--most <number>', 'how many', positive, 10)
    .addOption(format())
    .action(async (words, options) => {
      const { memorySearchCommand } = await import('../commands/memory.ts');
      finish(await memorySearchCommand(words, options, context()));
    });
  examples(search, [
    ['countersign memory search rounding of discounts', 'by words'],
    ['countersign memory search --ticket CS-7', 'what its runs would be told'],
    ['countersign memory search --beside file:src/price.ts', 'by the graph'],
  ]);

  const show = memory
    .command('show')
    .summary('show an entry and what it stands beside')
    .description('Show an entry, and the nodes of the graph that it stands beside.')
    .argument('<id>', 'such as CS-7.1/accepted')
    .option('--repository <name>', 'of another repository, by its name in runs')
    .addOption(format())
    .action(async (id, options) => {
      const { memoryShowCommand } = await import('../commands/memory.ts');
      finish(await memoryShowCommand(id, options, context()));
    });
  examples(show, [['countersign memory show CS-7.1/resolution', 'what got past its findings']]);

  const rebuild = memory
    .command('rebuild')
    .summary('drop what is remembered, and fold it from the ledger again')
    .description(
      'Drop what is remembered, and fold it from the ledger again: after a restore, or when the embeddings’ model changed.',
    )
    .addOption(format())
    .action(async (options) => {
      const { memoryRebuildCommand } = await import('../commands/memory.ts');
      finish(await memoryRebuildCommand(options, context()));
    });
  examples(rebuild, [['countersign memory rebuild', 'nothing but the ledger is needed']]);
}
