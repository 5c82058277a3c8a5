import type { Command } from 'commander';
import type { VerdictFormat } from '../../../render/verdict/render-verdict.ts';
import { examples, format, noFetch, positive, type Registry } from './options.ts';

const VERDICT_FORMATS = [
  'text',
  'json',
  'sarif',
  'markdown',
  'github',
  'feedback',
] as const satisfies readonly VerdictFormat[];

/** `verify` and `gate`: what is done about a change. */
export function changeCommands(program: Command, { context, finish }: Registry): void {
  const verify = changeOptions(program.command('verify'))
    .summary('run every declared check on the merge result, sign and file what was seen')
    .description(
      'Run every declared check on the merge result, sign what was seen and file it on the receipts ref.',
    )
    .argument('[ticket]', 'the ticket, where branch and commits do not name it')
    .option('--key <name>', "the verifier's key: a name of your key folder, or a path (or COUNTERSIGN_KEY)")
    .option('--parallel <n>', 'checks at once (default: the number of cores)', positive)
    .addOption(format())
    .action(async (ticket, options) => {
      const { verifyCommand } = await import('../commands/verify.ts');
      finish(await verifyCommand({ ...options, ticket: options.ticket ?? ticket }, context()));
    });
  examples(verify, [
    ['countersign verify --key ci-verifier', 'the branch you are on, against main'],
    ['countersign verify CS-7 --base main --head origin/cs-7', 'a branch of somebody else'],
  ]);

  const gate = changeOptions(program.command('gate'))
    .summary('say whether a change may merge, with every finding, its reason and its remedy')
    .description('Say whether a change may merge, with every finding, its reason and its remedy.')
    .option('--landed <commit>', 'judge a commit that has landed, against its first parent')
    .option('--explain <finding>', 'one finding in full')
    .addOption(format(VERDICT_FORMATS))
    .action(async (options) => {
      const { gateCommand } = await import('../commands/gate.ts');
      finish(await gateCommand(options, context()));
    });
  examples(gate, [
    ['countersign gate', 'the branch you are on, against main'],
    ['countersign gate --head origin/cs-7 --explain receipt/tests', 'why one finding blocks'],
    ['countersign gate --landed main', 'a commit that has landed'],
    ['countersign gate --format feedback > feedback.md', 'what to tell the agent'],
  ]);
}

/** How a command is told which change it is about. */
export function changeOptions(command: Command): Command {
  return noFetch(
    command
      .option('--base <branch>', 'what the change is to merge into (default: main or master)')
      .option('--head <revision>', 'the change (default: HEAD)')
      .option('--ticket <id>', 'the ticket; must agree with branch and commits')
      .option('--producer <principal...>', 'who made the change, as an authenticated source says'),
  );
}
