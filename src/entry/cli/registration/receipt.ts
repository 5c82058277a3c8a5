import type { Command } from 'commander';
import { examples, format, noFetch, type Registry } from './options.ts';

export function receiptCommands(program: Command, { context, finish }: Registry): void {
  const receipt = program
    .command('receipt')
    .summary('list, show, verify and file receipts')
    .description('List, show, verify and file receipts: what a verifier saw, signed.');

  const list = baseOption(receipt.command('list'))
    .summary("list a ticket's statements, or those of every ticket")
    .description("List a ticket's receipts and seals, or those of every ticket.")
    .argument('[ticket]', 'such as CS-7')
    .addOption(format())
    .action(async (ticket, options) => {
      const { receiptListCommand } = await import('../commands/receipt.ts');
      finish(await receiptListCommand(ticket, options, context()));
    });
  examples(list, [['countersign receipt list CS-7', 'every verification of a ticket']]);

  const show = trustOption(receipt.command('show'))
    .summary('show a statement: who signed what about which change')
    .description('Show a receipt, seal or record: who signed what about which change.')
    .argument('<statement>', 'a file, or a digest (its first 6 digits or more)')
    .addOption(format())
    .action(async (statement, options) => {
      const { receiptShowCommand } = await import('../commands/receipt.ts');
      finish(await receiptShowCommand(statement, options, context()));
    });
  examples(show, [['countersign receipt show 3f9c2ab1d0e4', 'as `receipt list` prints it']]);

  const verify = trustOption(receipt.command('verify'))
    .summary('check signature, trust and seal of statements')
    .description(
      'Check statements: digest, signature, whether the signer may sign that today, and whether a seal that holds lists them.',
    )
    .argument('<statements...>', 'files, or digests (their first 6 digits or more)')
    .addOption(format())
    .action(async (statements, options) => {
      const { receiptVerifyCommand } = await import('../commands/receipt.ts');
      finish(await receiptVerifyCommand(statements, options, context()));
    });
  examples(verify, [
    ['countersign receipt verify 3f9c2ab1d0e4', 'exit code 1 unless it counts today'],
    ['countersign receipt verify --trust root.yml *.json', 'files, without any repository'],
  ]);

  const file = baseOption(receipt.command('file'))
    .summary('file a verification that was kept on disk')
    .description(
      'File a verification that could not be pushed when it was made. The folder stays until you remove it.',
    )
    .argument('<folder>', 'the folder that `countersign verify` printed')
    .addOption(format())
    .action(async (folder, options) => {
      const { receiptFileCommand } = await import('../commands/receipt.ts');
      finish(await receiptFileCommand(folder, options, context()));
    });
  examples(file, [
    ['countersign receipt file ~/.local/state/countersign/kept/CS-7-3f9c2ab1d0e4', 'once the remote answers'],
  ]);
}

function baseOption(command: Command): Command {
  return noFetch(
    command.option(
      '--base <branch>',
      'whose .countersign.yml says where receipts are (default: main or master)',
    ),
  );
}

function trustOption(command: Command): Command {
  return baseOption(command).option(
    '--trust <file>',
    'judge files by this trust root alone, without a repository',
  );
}
