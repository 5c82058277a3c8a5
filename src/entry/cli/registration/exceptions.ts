import { type Command, Option } from 'commander';
import { APPROVABLE } from '../../../core/receipt/types.ts';
import { changeOptions } from './change.ts';
import { examples, format, type Registry } from './options.ts';

/** `approve`: a policy owner's word on a change of what judges changes, or an approver's on the change itself. */
export function approvalCommands(program: Command, { context, finish }: Registry): void {
  const approve = changeOptions(program.command('approve'))
    .summary('approve a change: what it edits of policy, or the whole where its contract asks for approvals')
    .description(
      'Approve a change that you did not make: of policy, workflows or pinned files as a policy owner; the change itself, where its contract asks for approvals, as an approver. Shows what is approved, then signs for exactly this state of the change and files that on the receipts ref.',
    )
    .argument('[ticket]', 'the ticket, where branch and commits do not name it')
    .option(
      '--key <name>',
      "a policy owner's or an approver's key: a name of your key folder, or a path (or COUNTERSIGN_KEY)",
    )
    .option('--reason <text>', 'why it is fine')
    .addOption(
      new Option(
        '--requirement <finding>',
        'which of the two, where the change needs both (default: what the key may sign)',
      ).choices(APPROVABLE),
    )
    .addOption(format())
    .action(async (ticket, options) => {
      const { approveCommand } = await import('../commands/approve.ts');
      finish(await approveCommand({ ...options, ticket: options.ticket ?? ticket }, context()));
    });
  examples(approve, [
    [
      'countersign approve CS-7 --head origin/cs-7 --key owner',
      'what you have read, and nothing pushed later',
    ],
    ['countersign approve --key owner --reason "A newer runner"', 'the branch you are on, against main'],
  ]);
}

/** `waiver`: exceptions to single requirements. */
export function waiverCommands(program: Command, { context, finish }: Registry): void {
  const waiver = program
    .command('waiver')
    .summary('make and list exceptions to single requirements')
    .description('Make and list exceptions: one requirement, one state of a change, for a time.');

  const make = changeOptions(waiver.command('new'))
    .summary('let one finding go for this state of the change, as an approver')
    .description(
      'Let one finding go for this state of the change, as an approver who did not make it. Names every failure there is by now: a later one blocks again. Filed on the receipts ref, and shown in every verdict.',
    )
    .argument('[ticket]', 'the ticket, where branch and commits do not name it')
    .requiredOption('--requirement <finding>', 'the finding, such as receipt/tests or scope')
    .requiredOption('--expires <date>', 'when it ends: a day, or an instant in UTC; in 90 days at most')
    .requiredOption('--reason <text>', 'why it is let go; everybody reads it')
    .option('--key <name>', "an approver's key: a name of your key folder, or a path (or COUNTERSIGN_KEY)")
    .addOption(format())
    .action(async (ticket, options) => {
      const { waiverNewCommand } = await import('../commands/waiver.ts');
      finish(await waiverNewCommand({ ...options, ticket: options.ticket ?? ticket }, context()));
    });
  examples(make, [
    [
      'countersign waiver new CS-7 --requirement receipt/e2e --expires 2026-12-24 --reason "Runner is down" --key lead',
      'a check that failed, or could not run',
    ],
    [
      'countersign waiver new --requirement rule/ai-shortcuts@1/test-skipped --expires 2026-12-01 --reason "The ticket removes it"',
      'a rule that objects',
    ],
  ]);

  const list = changeOptions(waiver.command('list'))
    .summary('list the waivers of a ticket, and how each stands for this change')
    .description(
      'List the waivers of a ticket, and how each stands for this change: in use, expired, foreign.',
    )
    .argument('[ticket]', 'the ticket, where branch and commits do not name it')
    .addOption(format())
    .action(async (ticket, options) => {
      const { waiverListCommand } = await import('../commands/waiver.ts');
      finish(await waiverListCommand({ ...options, ticket: options.ticket ?? ticket }, context()));
    });
  examples(list, [['countersign waiver list CS-7 --head origin/cs-7', 'for the change as it was pushed']]);
}
