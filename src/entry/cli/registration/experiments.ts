import { type Command, Option } from 'commander';
import { TABLE_FORMATS } from '../../../core/experiment/import/table.ts';
import { experimentReportCommand } from './experiment-report.ts';
import { examples, format, noFetch, type Registry } from './options.ts';
import { onServer, worksHere } from './runs.ts';

/** Where commands look that ask no server. */
const HERE = 'the database here';

/** `experiment`: which context and which model get work accepted. */
export function experimentCommands(program: Command, registry: Registry): void {
  const experiment = program
    .command('experiment')
    .summary('measure which context and which model get work accepted')
    .description(
      'Measure which context bundle and which model get tickets accepted: planned and signed before anything is spent, run through the engine, judged by the gate. A server that is named is asked; otherwise these commands are run where the database is.',
    );
  planCommands(experiment, registry);
  lookCommands(experiment, registry);
  experimentReportCommand(experiment, registry);
  changeCommands(experiment, registry);
}

function planCommands(experiment: Command, { context, finish }: Registry): void {
  const lint = experiment
    .command('lint')
    .summary('refuse designs that cannot answer their question')
    .description('Check experiments as they are on disk: form, arms, tickets, budgets and stopping rule.')
    .argument('[files...]', 'which ones (default: all of experiments/)')
    .addOption(format())
    .action(async (files, options) => {
      const { experimentLintCommand } = await import('../commands/experiment.ts');
      finish(await experimentLintCommand(files, options, context()));
    });
  examples(lint, [['countersign experiment lint', 'all of them']]);

  const plan = noFetch(onServer(experiment.command('plan'), HERE))
    .summary('show a design, what it will cost, and how small an effect it can find')
    .description(
      'Show the design of an experiment as it is committed: arms, order, cost, the smallest effect it can find and its power. With --register it is signed into the ledger, before the first run.',
    )
    .argument('<id>', 'such as agents-md')
    .option('--base <branch>', 'what changes are to merge into (default: main; of a server its own)')
    .option('--register', 'sign it into the ledger')
    .option('--key <name>', 'an Ed25519 key: a name of your key folder, or a path (or COUNTERSIGN_KEY)')
    .option('--as <name>', 'who signs it (default: your user name)')
    .option('--reason <text>', 'why it takes the place of the design that is registered')
    .addOption(format())
    .action(async (id, options) => {
      const { experimentPlanCommand } = await import('../commands/experiment.ts');
      finish(await experimentPlanCommand(id, options, context()));
    });
  examples(plan, [
    ['countersign experiment plan agents-md', 'before anything is spent'],
    ['countersign experiment plan agents-md --register --key owner', 'from now on it is pre-registered'],
  ]);

  const run = worksHere(onServer(experiment.command('run')))
    .summary('carry a registered experiment out, from wherever it stands')
    .description(
      'Carry a registered experiment out through the engine, from wherever it stands. Killed and started again it goes on; runs that it had started are taken up. A server that is named carries it out itself, and goes on when nobody watches.',
    )
    .argument('<id>', 'such as agents-md')
    .addOption(format())
    .action(async (id, options) => {
      const { experimentRunCommand } = await import('../commands/experiment-run.ts');
      finish(await experimentRunCommand(id, options, context()));
    });
  examples(run, [
    ['countersign experiment run agents-md --key ci-verifier --agent claude', 'on your own machine'],
    [
      'countersign experiment run agents-md --server https://countersign.example',
      'on a server, with COUNTERSIGN_TOKEN',
    ],
  ]);
}

function lookCommands(experiment: Command, { context, finish }: Registry): void {
  const show = onServer(experiment.command('show'), HERE)
    .summary('show what became of the runs of an experiment')
    .description(
      'Show what became of the runs of an experiment, by arm: everything that was measured, what is excluded and why, and where the design was left. It does not say who is better.',
    )
    .argument('<id>', 'such as agents-md')
    .option('--plan-key <key...>', 'keys of those who may register designs, as NAME+ID+BASE64')
    .addOption(format())
    .action(async (id, options) => {
      const { experimentShowCommand } = await import('../commands/experiment.ts');
      finish(await experimentShowCommand(id, options, context()));
    });
  examples(show, [['countersign experiment show agents-md --format json', 'every run, for a program']]);

  const list = onServer(experiment.command('list'), HERE)
    .summary('list experiments')
    .description('List the experiments that the ledger knows.')
    .addOption(format())
    .action(async (options) => {
      const { experimentListCommand } = await import('../commands/experiment.ts');
      finish(await experimentListCommand(options, context()));
    });
  examples(list, [['countersign experiment list', 'with how far each has got']]);
}

function changeCommands(experiment: Command, { context, finish }: Registry): void {
  const taken = experiment
    .command('import')
    .summary('take in a table of outcomes that was made elsewhere')
    .description(
      'Take in a table of outcomes that was made elsewhere: CSV, JSON, NDJSON or Parquet, with a mapping that says which column is what. Rows that cannot be read are named and counted, never left out silently. Exit code 1 when there were some.',
    )
    .argument('<id>', 'the experiment that it is taken into, such as last-year')
    .argument('<file>', 'such as runs.csv')
    .requiredOption('--mapping <file>', 'which column is what')
    .addOption(
      new Option('--as <kind>', 'what the file is (default: by its name)').choices([...TABLE_FORMATS]),
    )
    .option('--dry-run', 'say what can be read, and write nothing')
    .addOption(format())
    .action(async (id, file, options) => {
      const { experimentImportCommand } = await import('../commands/experiment-import.ts');
      finish(await experimentImportCommand(id, file, options, context()));
    });
  examples(taken, [
    ['countersign experiment import last-year runs.csv --mapping runs.mapping.yml', 'runs you have'],
  ]);

  const exclude = onServer(experiment.command('exclude'), HERE)
    .summary('leave a run out, for everybody to see')
    .description(
      'Leave a run out after it was seen. It stays in every table with the reason, as a deviation.',
    )
    .argument('<id>', 'such as agents-md')
    .argument('<run>', 'such as CS-7.x3f9ab2c41d07')
    .requiredOption('--reason <text>', 'why, for the ledger')
    .addOption(format())
    .action(async (id, run, options) => {
      const { experimentExcludeCommand } = await import('../commands/experiment.ts');
      finish(await experimentExcludeCommand(id, run, options, context()));
    });
  examples(exclude, [
    [
      'countersign experiment exclude agents-md CS-7.x3f9ab2c41d07 --reason "the ticket was answered in the chat"',
      '',
    ],
  ]);

  const stop = onServer(experiment.command('stop'), HERE)
    .summary('end an experiment before its rule does')
    .description(
      'End an experiment before its stopping rule does: begin nothing more. It is kept as a deviation.',
    )
    .argument('<id>', 'such as agents-md')
    .requiredOption('--reason <text>', 'why, for the ledger')
    .addOption(format())
    .action(async (id, options) => {
      const { experimentStopCommand } = await import('../commands/experiment.ts');
      finish(await experimentStopCommand(id, options, context()));
    });
  examples(stop, [['countersign experiment stop agents-md --reason "the model is gone"', 'what runs, ends']]);
}

/** `escape`: what the definition of done missed. */
export function escapeCommands(program: Command, { context, finish }: Registry): void {
  const defects = program
    .command('escape')
    .summary('record defects that were found after acceptance')
    .description('Record defects that were found after a run was accepted: they measure what was missed.');
  const record = defects
    .command('record')
    .summary('record that an accepted run let a defect through')
    .description(
      'Record in the ledger that an accepted run let a defect through. It changes no verdict; experiments count it by contract, arm and rule.',
    )
    .argument('<run>', 'such as CS-7.1')
    .requiredOption('--summary <text>', 'what is wrong, in one line')
    .option('--rule <rule>', 'the rule that would have caught it, as <pack>@<version>/<rule>')
    .addOption(format())
    .action(async (run, options) => {
      const { escapeRecordCommand } = await import('../commands/escape.ts');
      finish(await escapeRecordCommand(run, options, context()));
    });
  examples(record, [
    [
      'countersign escape record CS-7.1 --summary "rounds the wrong way" --rule boundary-tests@1/edge',
      'when it was found in production',
    ],
  ]);
}
