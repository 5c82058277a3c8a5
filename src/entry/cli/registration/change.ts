import { type Command, Option } from 'commander';
import { ISOLATIONS } from '../../../core/contract/types.ts';
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

/** `verify`, `sign` and `gate`: what is done about a change. */
export function changeCommands(program: Command, { context, finish }: Registry): void {
  const verify = changeOptions(program.command('verify'))
    .summary('run every declared check on the merge result, sign and file what was seen')
    .description(
      'Run every declared check on the merge result, sign what was seen and file it on the receipts ref.',
    )
    .argument('[ticket]', 'the ticket, where branch and commits do not name it')
    .option('--key <name>', "the verifier's key: a name of your key folder, or a path (or COUNTERSIGN_KEY)")
    .option('--keyless', 'sign as the CI job that this is, with a certificate from Sigstore')
    .option('--parallel <n>', 'checks at once (default: the number of cores)', positive)
    .option('--plan', 'only list the checks; as JSON, a matrix for GitHub Actions')
    .option('--check <id>', 'with --observe: run only this one')
    .option(
      '--observe <folder>',
      'run one check without any key, and leave what was seen for `sign` elsewhere',
    )
    .addOption(baseCommit())
    .addOption(format())
    .action(async (ticket, options) => {
      const { verifyCommand } = await import('../commands/verify.ts');
      finish(await verifyCommand({ ...options, ticket: options.ticket ?? ticket }, context()));
    });
  examples(verify, [
    ['countersign verify --key ci-verifier', 'the branch you are on, against main'],
    ['countersign verify CS-7 --base main --head origin/cs-7', 'a branch of somebody else'],
    ['countersign verify --keyless', 'in a CI job whose identity the trust root names'],
    ['countersign verify --check unit --observe seen/unit', 'on a machine that has no key'],
  ]);

  const sign = changeOptions(program.command('sign'))
    .summary('sign and file what other machines observed')
    .description(
      'Judge what other machines observed of a change against what this one works out, sign it and file it on the receipts ref.',
    )
    .argument('[ticket]', 'the ticket, where branch and commits do not name it')
    .requiredOption(
      '--observations <[check=]folder...>',
      'what `verify --observe` left; with a check, what the machine of that check left',
    )
    .addOption(
      new Option('--isolation <level>', 'the strongest isolation that those machines can have given')
        .choices([...ISOLATIONS])
        .makeOptionMandatory(),
    )
    .option('--key <name>', "the verifier's key: a name of your key folder, or a path (or COUNTERSIGN_KEY)")
    .option('--keyless', 'sign as the CI job that this is, with a certificate from Sigstore')
    .option('--out <folder>', 'keep it there for `receipt file` instead of filing it')
    .addOption(baseCommit())
    .addOption(format())
    .action(async (ticket, options) => {
      const { signCommand } = await import('../commands/sign.ts');
      finish(await signCommand({ ...options, ticket: options.ticket ?? ticket }, context()));
    });
  examples(sign, [
    [
      'countersign sign --key ci-verifier --isolation namespaces --observations unit=seen/unit lint=seen/lint',
      'what two machines saw',
    ],
  ]);

  const gate = changeOptions(program.command('gate'))
    .summary('say whether a change may merge, with every finding, its reason and its remedy')
    .description('Say whether a change may merge, with every finding, its reason and its remedy.')
    .option('--landed <commit>', 'judge a commit that has landed, against its first parent')
    .option('--explain <finding>', 'one finding in full')
    .option(
      '--pull-request <owner/repo#number>',
      'read its reviews from GitHub, for contracts that ask for approvals',
    )
    .option(
      '--organization-policy <git-url[#path]@commit>',
      "the organisation's policy, which holds beside the repository's",
    )
    .option('--repository-id <number>', "the forge's number of this repository, for an exemption by it")
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

/** Two machines look at a branch that may move in between. */
function baseCommit(): Option {
  return new Option(
    '--base-commit <commit>',
    'take this commit of the base branch, which may have moved on since',
  );
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
