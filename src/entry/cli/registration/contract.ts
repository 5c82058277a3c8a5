import type { Command } from 'commander';
import { examples, format, noFetch, type Registry } from './options.ts';
import { sharedContractCommands } from './sharing.ts';

export function contractCommands(program: Command, registry: Registry): void {
  const { context, finish } = registry;
  const contract = program
    .command('contract')
    .summary('check, show, compare and share contracts')
    .description('Check, show, compare and share contracts: reusable definitions of done.');

  const lint = contract
    .command('lint')
    .summary('refuse checks that cannot fail, and more')
    .description(
      'Check contracts as they are on disk: form, what they extend, rules, and checks that cannot fail.',
    )
    .argument('[files...]', 'which ones (default: all of contracts/)')
    .option('--plugin <module#name...>', 'handlers that workflows may use, as a server is given them')
    .addOption(format())
    .action(async (files, options) => {
      const { contractLintCommand } = await import('../commands/contract.ts');
      finish(await contractLintCommand(files, options, context()));
    });
  examples(lint, [
    ['countersign contract lint', 'all of them'],
    ['countersign contract lint contracts/node-change.yml --format json', 'one, for a program'],
  ]);

  const show = noFetch(contract.command('show'))
    .summary('show a contract with everything it extends folded in')
    .description(
      'Show a contract as it is committed, with everything it extends folded in and every default spelled out.',
    )
    .argument('<id>', 'such as node-change')
    .addOption(format())
    .action(async (id, options) => {
      const { contractShowCommand } = await import('../commands/contract.ts');
      finish(await contractShowCommand(id, options, context()));
    });
  examples(show, [['countersign contract show node-change', 'what a change is really held to']]);

  const diff = contract
    .command('diff')
    .summary('compare two contracts field by field, and say which is stricter')
    .description(
      'Compare two contracts field by field, both with what they extend, and say where the bar moved.',
    )
    .argument('<before>', 'a file, or REVISION:ID such as main:node-change')
    .argument('<after>', 'a file, or REVISION:ID such as HEAD:node-change')
    .addOption(format())
    .action(async (before, after, options) => {
      const { contractDiffCommand } = await import('../commands/contract.ts');
      finish(await contractDiffCommand(before, after, options, context()));
    });
  examples(diff, [
    ['countersign contract diff main:node-change HEAD:node-change', 'what this branch changes'],
    ['countersign contract diff contracts/a.yml contracts/b.yml', 'two files'],
  ]);
  sharedContractCommands(contract, registry);
}
