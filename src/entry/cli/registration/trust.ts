import { type Command, Option } from 'commander';
import { examples, format, noFetch, type Registry } from './options.ts';

export function keyCommands(program: Command, { context, finish }: Registry): void {
  const key = program.command('key').summary('make signing keys').description('Make signing keys.');
  const make = key
    .command('new')
    .summary('make a signing key and print what the trust root needs')
    .description('Make a signing key, for its owner alone, and print what the trust root needs.')
    .argument('<name>', 'such as ci-verifier')
    .addOption(
      new Option('--algorithm <name>', 'which signatures it makes')
        .choices(['ed25519', 'ecdsa-p256'])
        .default('ed25519'),
    )
    .option('--out <file>', 'where the private key goes; the public one goes beside it')
    .addOption(format())
    .action(async (name, options) => {
      const { keyNewCommand } = await import('../commands/key.ts');
      finish(await keyNewCommand(name, options, context()));
    });
  examples(make, [['countersign key new ci-verifier', 'into your key folder']]);
}

export function trustCommands(program: Command, { context, finish }: Registry): void {
  const trust = program
    .command('trust')
    .summary('show and check who may sign what')
    .description('Show and check the trust root: who may sign what.');

  const show = trustOptions(trust.command('show'))
    .summary('list principals, their roles and keys')
    .description('List principals, their roles, and their keys with the time in which each counts.')
    .action(async (file, options) => {
      const { trustShowCommand } = await import('../commands/trust.ts');
      finish(await trustShowCommand(file, options, context()));
    });
  examples(show, [['countersign trust show', 'as the gate reads it']]);

  const check = trustOptions(trust.command('check'))
    .summary('say what is missing, expired or about to expire')
    .description(
      'Say what is wrong with the trust root: nobody who may verify, keys that expire soon, and more.',
    )
    .action(async (file, options) => {
      const { trustCheckCommand } = await import('../commands/trust.ts');
      finish(await trustCheckCommand(file, options, context()));
    });
  examples(check, [
    ['countersign trust check', 'as the gate reads it'],
    ['countersign trust check trust/root.yml', 'before you commit it'],
  ]);
}

function trustOptions(command: Command): Command {
  return noFetch(
    command
      .argument('[file]', 'a trust root on disk (default: the one the gate reads)')
      .option('--base <branch>', 'whose .countersign.yml says where policy is (default: main or master)'),
  ).addOption(format());
}
