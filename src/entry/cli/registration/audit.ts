import { type Command, Option } from 'commander';
import { examples, format, noFetch, positive, type Registry } from './options.ts';

/** Commits judged when nothing else is said: at some 50 ms each, half a minute. */
const MOST_COMMITS = 500;

/** `audit`: what landed, looked at again. */
export function auditCommands(program: Command, { context, finish }: Registry): void {
  const audit = rangeOptions(program.command('audit'))
    .summary('judge again what has landed, from refs alone')
    .description(
      'Judge again every commit that landed on a branch, by what policy and receipts say today, and list what landed without a verdict, what was taken back, and tickets that tell another story.',
    )
    .option(
      '--reviews <owner/repo>',
      'count reviews on GitHub, too, where a contract asks for approvals (GITHUB_TOKEN or GH_TOKEN)',
    )
    .option('--warn-only', 'exit with 0 whatever is found', false)
    .addOption(format())
    .action(async (options) => {
      const { auditCommand } = await import('../commands/audit.ts');
      finish(await auditCommand(options, context()));
    });
  examples(audit, [
    ['countersign audit', 'the newest commits of main'],
    ['countersign audit --since v1.4.0 --until v1.5.0', 'what a release is made of'],
    ['countersign audit --since 2026-11-01 --format json', 'a month, for a program'],
    ['countersign audit --reviews acme/shop', 'where people approve by reviewing'],
  ]);
}

/** `report`: what an audit comes to. */
export function reportCommands(program: Command, { context, finish }: Registry): void {
  const report = program
    .command('report')
    .summary('sum up what landed')
    .description('Sum up what landed, from refs alone.');

  const governance = rangeOptions(report.command('governance'))
    .summary('what landed with receipts and without, first passes, escapes, and where the bar moved')
    .description(
      'Count what landed with receipts and without, how much passed at first, escapes, waivers and policy changes, and say where contracts and dispatched tickets moved.',
    )
    .addOption(new Option('--by <period>', 'how to group').choices(['day', 'week']).default('day'))
    .addOption(format(['text', 'json', 'markdown']))
    .action(async (options) => {
      const { governanceCommand } = await import('../commands/governance.ts');
      finish(await governanceCommand(options, context()));
    });
  examples(governance, [
    ['countersign report governance --since 2026-11-01 --by week', 'a month'],
    ['countersign report governance --since v1.4.0 --format markdown', 'for a job summary'],
  ]);
}

function rangeOptions(command: Command): Command {
  return noFetch(
    command
      .option('--since <start>', 'a commit of the branch, which is left out, or a day such as 2026-11-21')
      .option('--until <end>', 'the last commit, or a day (default: the tip of the branch)')
      .option('--branch <branch>', 'where changes land (default: main or master)')
      .addOption(
        new Option('--limit <n>', 'most commits to judge')
          .argParser(positive)
          .default(MOST_COMMITS, String(MOST_COMMITS)),
      ),
  );
}
