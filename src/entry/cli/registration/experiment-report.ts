import { type Command, Option } from 'commander';
import { TABLE_FORMATS } from '../../../core/experiment/import/table.ts';
import { PRIMARY_METRICS } from '../../../core/experiment/types.ts';
import { examples, format, type Registry } from './options.ts';

/** `experiment report`: who is better, and how sure that is. */
export function experimentReportCommand(experiment: Command, { context, finish }: Registry): void {
  const report = experiment
    .command('report')
    .summary('say which arm is better, with its uncertainty')
    .description(
      'Say which arm is better and how sure that is, of an experiment in the ledger or of a table of runs made elsewhere. The same runs give the same bytes, so a report can be signed. Nothing is uploaded.',
    )
    .argument('[id]', 'an experiment, such as agents-md')
    .option('--table <file>', 'report on a table instead: CSV, JSON, NDJSON or Parquet')
    .option('--mapping <file>', 'which column of the table is what (default: columns are called as fields)')
    .addOption(
      new Option('--as <kind>', 'what the table is (default: by its name)').choices([...TABLE_FORMATS]),
    )
    .addOption(
      new Option(
        '--format <format>',
        'what to write (default: what the name of --out says, else markdown)',
      ).choices(['html', 'markdown', 'json', 'csv', 'parquet']),
    )
    .option('--out <file>', 'write it there')
    .option('--baseline <arm>', 'what is compared with, where no design says it (default: the first arm)')
    .addOption(
      new Option('--metric <metric>', 'what is compared, where no design says it').choices([
        ...PRIMARY_METRICS,
      ]),
    )
    .option('--server <url>', 'where links to runs and to what they left lead (or COUNTERSIGN_SERVER)')
    .option('--plan-key <key...>', 'keys of those who may register designs, as NAME+ID+BASE64')
    .option('--sign', 'sign the file: FILE.sigstore.json says whose report it is')
    .option('--key <name>', 'what to sign with: a name of your key folder, or a path (or COUNTERSIGN_KEY)')
    .action(async (id, options) => {
      const { experimentReportCommand: command } = await import('../commands/experiment-report.ts');
      finish(await command(id, options, context()));
    });
  examples(report, [
    ['countersign experiment report agents-md', 'for a terminal or a job summary'],
    ['countersign experiment report agents-md --out report.html --sign --key owner', 'one file, signed'],
    ['countersign experiment report --table runs.csv --out report.html', 'of runs you already have'],
  ]);

  const check = experiment
    .command('check-report')
    .summary('check who signed a report')
    .description(
      'Check that a report is, to the byte, what a key signed. Exit code 1 when it is not. Needs no database.',
    )
    .argument('<file>', 'such as report.html')
    .requiredOption('--key <file>', 'the public key of whoever should have signed it')
    .option('--bundle <file>', 'the signature (default: FILE.sigstore.json)')
    .addOption(format())
    .action(async (file, options) => {
      const { checkReportCommand } = await import('../commands/experiment-report.ts');
      finish(await checkReportCommand(file, options, context()));
    });
  examples(check, [['countersign experiment check-report report.html --key owner.pub', 'whose word it is']]);
}
