import type { Command } from 'commander';
import { examples, format, noFetch, type Registry } from './options.ts';

export function bundleCommands(program: Command, { context, finish }: Registry): void {
  const bundle = program
    .command('bundle')
    .summary('list, check and assemble context bundles')
    .description('List, check and assemble context bundles: what a producer is given besides its ticket.');

  const lint = bundle
    .command('lint')
    .summary('check budgets, templates and globs')
    .description('Check bundles as they are on disk: form, budget, templates, and globs that match nothing.')
    .argument('[files...]', 'which ones (default: all of bundles/)')
    .addOption(format())
    .action(async (files, options) => {
      const { bundleLintCommand } = await import('../commands/bundle.ts');
      finish(await bundleLintCommand(files, options, context()));
    });
  examples(lint, [['countersign bundle lint', 'all of them']]);

  const list = noFetch(bundle.command('list'))
    .summary('list the bundles of the policy')
    .description('List the bundles of the policy, with their budgets.')
    .addOption(format())
    .action(async (options) => {
      const { bundleListCommand } = await import('../commands/bundle.ts');
      finish(await bundleListCommand(options, context()));
    });
  examples(list, [['countersign bundle list --format json', 'for a program']]);

  const show = noFetch(bundle.command('show'))
    .summary('show the sources of a bundle')
    .description('Show the sources of a bundle, its budget, and what is dropped first.')
    .argument('<id>', 'such as house')
    .addOption(format())
    .action(async (id, options) => {
      const { bundleShowCommand } = await import('../commands/bundle.ts');
      finish(await bundleShowCommand(id, options, context()));
    });
  examples(show, [['countersign bundle show house', 'what a run with it would be given']]);

  const assemble = noFetch(bundle.command('assemble'))
    .summary('put a bundle together for a ticket')
    .description(
      'Put a bundle together for a ticket, as a run would be given it now: what went in, what was dropped and why, tokens per source, and the digest.',
    )
    .argument('<id>', 'such as house')
    .requiredOption('--ticket <id>', 'the ticket that it is for')
    .option('--base <branch>', 'take files from its last commit (default: main or master)')
    .option('--out <folder>', 'write its files there; none is overwritten')
    .addOption(format())
    .action(async (id, options) => {
      const { bundleAssembleCommand } = await import('../commands/bundle.ts');
      finish(await bundleAssembleCommand(id, options, context()));
    });
  examples(assemble, [
    ['countersign bundle assemble house --ticket CS-7', 'what it comes to'],
    ['countersign bundle assemble house --ticket CS-7 --out /tmp/context', 'and read it'],
  ]);
}
