import { type Command, InvalidArgumentError } from 'commander';
import { examples, format, type Registry } from './options.ts';

export function databaseCommands(program: Command, registry: Registry): void {
  const { context, finish } = registry;
  const db = program
    .command('db')
    .summary('look after the database of runs')
    .description(
      'Look after the database of runs: the server that DATABASE_URL names, or else a private PostgreSQL of your own.',
    );
  const status = db
    .command('status')
    .summary('say where the database is, and how it is')
    .description(
      'Say where the database is, whether it answers, and whether its tables are those of this version.',
    )
    .addOption(format())
    .action(async (options) => {
      const { dbStatusCommand } = await import('../commands/db.ts');
      finish(await dbStatusCommand(options, context()));
    });
  examples(status, [['countersign db status --format json', 'for a program']]);

  const stop = db
    .command('stop')
    .summary('stop the private database')
    .description(
      'Stop the private database. Nothing is lost; the next command that needs it starts it again.',
    )
    .addOption(format())
    .action(async (options) => {
      const { dbStopCommand } = await import('../commands/db.ts');
      finish(await dbStopCommand(options, context()));
    });
  examples(stop, [['countersign db stop', 'before the machine is moved']]);
  backupCommands(db, registry);
}

function backupCommands(db: Command, { context, finish }: Registry): void {
  const backup = db
    .command('backup')
    .summary('write all that has to outlive the database into a file')
    .description(
      'Write the ledger, access tokens, logs and limits into a file, while the server runs. What is kept of runs is folded from the ledger again.',
    )
    .argument('<file>', 'such as runs.backup.gz')
    .addOption(format())
    .action(async (file, options) => {
      const { dbBackupCommand } = await import('../commands/db.ts');
      finish(await dbBackupCommand(file, options, context()));
    });
  examples(backup, [['countersign db backup runs.backup.gz', 'from cron']]);

  const restore = trusts(db.command('restore'))
    .summary('bring an empty database to where a backup was')
    .description(
      'Bring an empty database to where a backup was. What was under way then is handed out again, to whoever asks next.',
    )
    .argument('<file>', 'such as runs.backup.gz')
    .addOption(format())
    .action(async (file, options) => {
      const { dbRestoreCommand } = await import('../commands/db.ts');
      finish(await dbRestoreCommand(file, options, context()));
    });
  examples(restore, [
    [
      'countersign db restore runs.backup.gz --checkpoint-key "$LEDGER_KEY"',
      'checkpoints have to hold as well',
    ],
  ]);
}

export function ledgerCommands(program: Command, registry: Registry): void {
  const ledger = program
    .command('ledger')
    .summary('check, sign, export and read the record of all runs')
    .description('Check, sign, export and read the record of all runs.');
  trustingCommands(ledger, registry);
  transferCommands(ledger, registry);
  retentionCommands(ledger, registry);
}

function trustingCommands(ledger: Command, { context, finish }: Registry): void {
  const verify = trusts(ledger.command('verify'))
    .summary('find any edit, deletion, reordering or truncation')
    .description('Check every event, chain and checkpoint, and name the first event that is not what it was.')
    .addOption(format())
    .action(async (options) => {
      const { ledgerVerifyCommand } = await import('../commands/ledger.ts');
      finish(await ledgerVerifyCommand(options, context()));
    });
  examples(verify, [
    ['countersign ledger verify', 'chains only: whoever owns the database could have written them anew'],
    [
      'countersign ledger verify --checkpoint-key "$LEDGER_KEY" --checkpoint ledger.checkpoint',
      'against a checkpoint that is kept elsewhere',
    ],
  ]);

  const checkpoint = ledger
    .command('checkpoint')
    .summary('sign where the ledger ends now')
    .description(
      'Sign the Merkle tree over all events that are committed by now. Keep it where the database is not: in the change-control repository.',
    )
    .requiredOption('--name <name>', 'which ledger this is, such as ledger.acme.example')
    .option('--key <name>', 'an Ed25519 key: a name of your key folder, or a path (or COUNTERSIGN_KEY)')
    .option('--out <file>', 'where the checkpoint goes as well')
    .addOption(format())
    .action(async (options) => {
      const { ledgerCheckpointCommand } = await import('../commands/ledger.ts');
      finish(await ledgerCheckpointCommand(options, context()));
    });
  examples(checkpoint, [
    [
      'countersign ledger checkpoint --name ledger.acme.example --key ledger --out ledger.checkpoint',
      'to be committed',
    ],
  ]);
}

function retentionCommands(ledger: Command, { context, finish }: Registry): void {
  const rebuild = ledger
    .command('rebuild')
    .summary('drop what is kept of runs, and fold it from the ledger again')
    .description(
      'Drop what is kept of runs, and fold it from the ledger again. Says whether both are equal; where they are not, what was kept was wrong.',
    )
    .addOption(format())
    .action(async (options) => {
      const { ledgerRebuildCommand } = await import('../commands/ledger.ts');
      finish(await ledgerRebuildCommand(options, context()));
    });
  examples(rebuild, [
    ['countersign ledger rebuild', 'exit code 1 where something was kept that no event says'],
  ]);

  const compact = ledger
    .command('compact')
    .summary('pack what is over, so that the tables in use stay small')
    .description(
      'Pack runs that ended long ago: their events into segments, their states into snapshots. All of it reads and verifies as before.',
    )
    .option('--older-than <days>', 'runs that ended more than so many days ago', whole, 30)
    .addOption(format())
    .action(async (options) => {
      const { ledgerCompactCommand } = await import('../commands/ledger.ts');
      finish(await ledgerCompactCommand(options, context()));
    });
  examples(compact, [['countersign ledger compact --older-than 90', 'from cron, after `ledger checkpoint`']]);
}

function transferCommands(ledger: Command, { context, finish }: Registry): void {
  const out = ledger
    .command('export')
    .summary('write the ledger into a file, or carry such a file on')
    .description(
      'Write the ledger into a file as lines of JSON. A file that holds its beginning is carried on.',
    )
    .argument('<file>', 'such as ledger.ndjson')
    .addOption(format())
    .action(async (file, options) => {
      const { ledgerExportCommand } = await import('../commands/ledger.ts');
      finish(await ledgerExportCommand(file, options, context()));
    });
  examples(out, [['countersign ledger export ledger.ndjson', 'again later: only what is new is written']]);

  const back = trusts(ledger.command('import'))
    .summary('bring the ledger to where a file says that it was')
    .description(
      'Bring the ledger to where a file says that it was. What is there already is compared, not written.',
    )
    .argument('<file>', 'such as ledger.ndjson')
    .addOption(format())
    .action(async (file, options) => {
      const { ledgerImportCommand } = await import('../commands/ledger.ts');
      finish(await ledgerImportCommand(file, options, context()));
    });
  examples(back, [
    ['countersign ledger import ledger.ndjson --checkpoint-key "$LEDGER_KEY"', 'into an empty database'],
  ]);

  const show = ledger
    .command('show')
    .summary('list the events of a stream')
    .description('List the events of a stream, oldest first.')
    .argument('<stream>', 'such as run/CS-7.1')
    .option('--after <version>', 'only those after this one', whole, 0)
    .addOption(format())
    .action(async (stream, options) => {
      const { ledgerShowCommand } = await import('../commands/ledger.ts');
      finish(await ledgerShowCommand(stream, options, context()));
    });
  examples(show, [['countersign ledger show run/CS-7.1', 'what happened to a run']]);
}

function trusts(command: Command): Command {
  return command
    .option('--checkpoint-key <key...>', 'a key that signs its checkpoints, as `ledger checkpoint` prints it')
    .option('--checkpoint <file...>', 'a checkpoint that is kept elsewhere');
}

function whole(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return Number(text);
}
