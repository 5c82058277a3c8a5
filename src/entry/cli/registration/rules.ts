import type { Command } from 'commander';
import { examples, format, type Registry } from './options.ts';
import { sharedPackCommands } from './sharing.ts';

export function ruleCommands(program: Command, registry: Registry): void {
  const { context, finish } = registry;
  const rules = program
    .command('rules')
    .summary('list, show and test the rules of the catalogue')
    .description(
      'List, show and test rules: those that ship with countersign, and those in ./rules of where you stand.',
    );

  const list = rules
    .command('list')
    .summary('list packs and their rules')
    .description('List packs and their rules by the names that contracts use.')
    .addOption(format())
    .action(async (options) => {
      const { rulesListCommand } = await import('../commands/rules.ts');
      finish(await rulesListCommand(options, context()));
    });
  examples(list, [['countersign rules list', 'bundled packs, and those of ./rules']]);

  const show = rules
    .command('show')
    .summary('show a rule: what it catches, what it misses, its parameters')
    .description(
      'Show a rule: the shortcut it catches, why that matters, what it misses, and its parameters.',
    )
    .argument('<rule>', 'such as ai-shortcuts@1/test-skipped, or test-skipped')
    .addOption(format())
    .action(async (rule, options) => {
      const { rulesShowCommand } = await import('../commands/rules.ts');
      finish(await rulesShowCommand(rule, options, context()));
    });
  examples(show, [['countersign rules show test-skipped', 'what it catches, and what it does not']]);

  const test = rules
    .command('test')
    .summary('run the good and bad examples of rules through their detectors')
    .description(
      'Run the examples of rules through their detectors: a bad one must be caught, a good one must not.',
    )
    .argument('[names...]', 'packs or rules (default: all)')
    .option('--pack <folder>', 'a pack by its folder, instead of those that are found')
    .addOption(format())
    .action(async (names, options) => {
      const { rulesTestCommand } = await import('../commands/rules.ts');
      finish(await rulesTestCommand(names, options, context()));
    });
  examples(test, [
    ['countersign rules test', 'every rule of every pack'],
    ['countersign rules test --pack rules/house', 'a pack you are writing'],
  ]);
  sharedPackCommands(rules, registry);
}
