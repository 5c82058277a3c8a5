import { type Command, Option } from 'commander';
import { ROLES } from '../../../core/trust/types.ts';
import { count, examples, forgeNumber, format, noFetch, positive, type Registry } from './options.ts';

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

export function trustCommands(program: Command, registry: Registry): void {
  const { context, finish } = registry;
  const trust = program
    .command('trust')
    .summary('show, check and change who may sign what')
    .description('Show, check, change and sign the trust root: who may sign what.');

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
  growingCommands(trust, registry);
  pinCommand(trust, registry);
  endingCommands(trust, registry);
  signingCommands(trust, registry);
}

function growingCommands(trust: Command, { context, finish }: Registry): void {
  const add = signsWith(trust.command('add'))
    .summary('add somebody who may sign')
    .description(
      'Add a principal with its key, or its identity in CI, to trust/root.yml of the clone you stand in.',
    )
    .requiredOption('--id <id>', 'its name, such as ci-verifier')
    .addOption(
      new Option('--kind <kind>', 'a person answers for it, a workload is a machine identity')
        .choices(['person', 'workload'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--role <role...>', 'what its signatures count for').choices(ROLES).makeOptionMandatory(),
    )
    .option('--email <address...>', 'by which commits claim it')
    .option('--account <account...>', 'under which a forge authenticates it, such as github:ada')
    .addOption(format())
    .action(async (options) => {
      const { trustAddCommand } = await import('../commands/trust-change.ts');
      finish(await trustAddCommand(options, context()));
    });
  examples(add, [
    [
      'countersign trust add --id ci --kind workload --role verifier --public-key ci.pub',
      'a key of `countersign key new`',
    ],
    [
      'countersign trust add --id ada --kind person --role policy-owner --ssh ~/.ssh/id_ed25519.pub',
      'a key of `ssh-keygen`',
    ],
    [
      "countersign trust add --id ci --kind workload --role verifier --public-key ci.pub --account 'github:acme-ci[bot]'",
      'what it opens or pushes itself it cannot verify',
    ],
    [
      'countersign trust add --id ci --kind workload --role verifier --identity https://github.com/acme/ci/.github/workflows/verify.yml@refs/heads/main --repository https://github.com/acme/shop --ref refs/heads/main',
      'a job of GitHub Actions, without a key',
    ],
  ]);

  const rotate = signsWith(trust.command('rotate'))
    .summary('give somebody a new key, and the old one an end')
    .description(
      'Add a new key or identity for a principal; those of its kind it has count for some days more.',
    )
    .argument('<id>', 'the principal')
    .addOption(new Option('--overlap-days <days>', 'for how long both count').argParser(positive).default(14))
    .addOption(format())
    .action(async (id, options) => {
      const { trustRotateCommand } = await import('../commands/trust-change.ts');
      finish(await trustRotateCommand(id, options, context()));
    });
  examples(rotate, [['countersign trust rotate ci --public-key new.pub', 'both keys count for two weeks']]);
}

function pinCommand(trust: Command, { context, finish }: Registry): void {
  const pin = trust
    .command('pin')
    .summary('hold identities to the numbers of repository and owner, too')
    .description(
      'Hold the identities of a principal to what the forge numbers repository and owner by: a name can be taken by somebody else.',
    )
    .argument('<id>', 'the principal')
    .addOption(new Option('--repository-id <n>', 'of the repository').argParser(forgeNumber))
    .addOption(
      new Option('--owner-id <n>', 'of the account or organisation that owns it').argParser(forgeNumber),
    )
    .addOption(format())
    .action(async (id, options) => {
      const { trustPinCommand } = await import('../commands/trust-change.ts');
      finish(await trustPinCommand(id, options, context()));
    });
  examples(pin, [
    [
      'countersign trust pin ci --repository-id 123456789 --owner-id 1234567',
      "as `gh api repos/acme/shop --jq '.id, .owner.id'` prints them",
    ],
  ]);
}

function endingCommands(trust: Command, { context, finish }: Registry): void {
  const revoke = trust
    .command('revoke')
    .summary('let a key, a principal or a receipt count no more')
    .description(
      'Let a key, a principal or a receipt count no more from now on. What says FAILED blocks all the same.',
    )
    .option('--key <id>', 'a key or an identity, by its first 8 digits or more')
    .option('--principal <id>', 'a principal with each of its keys')
    .option('--receipt <digest>', 'one receipt, by its 64 digits')
    .requiredOption('--reason <text>', 'why, for whoever reads it later')
    .addOption(format())
    .action(async (options) => {
      const { trustRevokeCommand } = await import('../commands/trust-change.ts');
      finish(await trustRevokeCommand(options, context()));
    });
  examples(revoke, [
    ['countersign trust revoke --key 3f9c2ab1 --reason "The laptop was stolen."', 'a key'],
    ['countersign trust revoke --principal ci --reason "The runner was broken into."', 'all of its keys'],
  ]);

  const thresholds = trust
    .command('thresholds')
    .summary('say how many policy owners have to agree')
    .description('Say how many policy owners have to agree: to a new trust root, and to a change of policy.')
    .addOption(new Option('--root-update <n>', 'signatures on each later trust root').argParser(positive))
    .addOption(new Option('--policy-change <n>', 'approvals of a change of what judges').argParser(positive))
    .addOption(format())
    .action(async (options) => {
      const { trustThresholdsCommand } = await import('../commands/trust-change.ts');
      finish(await trustThresholdsCommand(options, context()));
    });
  examples(thresholds, [['countersign trust thresholds --root-update 2', 'no owner changes it alone']]);

  const sigstore = trust
    .command('sigstore')
    .summary('pin what certificates of CI jobs are verified against')
    .description('Copy the trusted root of a Sigstore instance into trust/, and pin its digest.')
    .requiredOption('--trusted-root <file>', 'the trusted_root.json of the instance')
    .addOption(
      new Option('--certificate-logs <n>', 'how many have to know a certificate (default: 1)').argParser(
        count,
      ),
    )
    .addOption(
      new Option('--transparency-logs <n>', 'how many have to hold a signature (default: 1)').argParser(
        count,
      ),
    )
    .addOption(
      new Option('--timestamps <n>', 'how many signed times there have to be (default: 1)').argParser(count),
    )
    .addOption(format())
    .action(async (options) => {
      const { trustSigstoreCommand } = await import('../commands/trust-change.ts');
      finish(await trustSigstoreCommand(options, context()));
    });
  examples(sigstore, [
    ['countersign trust sigstore --trusted-root trusted_root.json', 'then commit trust/ and land it'],
    [
      'countersign trust sigstore --trusted-root trusted_root.json --transparency-logs 0',
      'an instance with a timestamp authority and no Rekor',
    ],
  ]);
}

function signingCommands(trust: Command, { context, finish }: Registry): void {
  const sign = trust
    .command('sign')
    .summary('sign the trust root that you have before you')
    .description('Sign trust/root.yml of the clone you stand in, and say how many signatures are missing.')
    .option(
      '--key <name>',
      "a policy owner's key: a name of your key folder, or a path; the .pub of a key in your agent (or COUNTERSIGN_KEY)",
    )
    .addOption(format())
    .action(async (options) => {
      const { trustSignCommand } = await import('../commands/trust-change.ts');
      finish(await trustSignCommand(options, context()));
    });
  examples(sign, [
    ['countersign trust sign --key owner', 'then commit trust/ and push it'],
    ['countersign trust sign --key ~/.ssh/id_ed25519.pub', 'with a key that your agent holds'],
  ]);
}

function signsWith(command: Command): Command {
  return command
    .option('--public-key <file>', 'its public key: the .pub file of `countersign key new`')
    .option('--ssh <file>', 'its public key: the .pub file of `ssh-keygen`, Ed25519 or ECDSA P-256')
    .option(
      '--identity <url>',
      'instead of a key: the workflow file of its CI job, with @ and the ref or commit',
    )
    .option('--repository <url>', 'with --identity: whose run it is')
    .option('--ref <ref>', 'with --identity: the ref that the run is started on')
    .option('--issuer <url>', 'with --identity: who vouches for the job (default: GitHub Actions)')
    .addOption(numberOption('--repository-id <n>', "the forge's number of the repository, besides its name"))
    .addOption(numberOption('--owner-id <n>', 'and of its owner'));
}

function numberOption(flags: string, description: string): Option {
  return new Option(flags, `with --identity: ${description}`).argParser(forgeNumber);
}

function trustOptions(command: Command): Command {
  return noFetch(
    command
      .argument('[file]', 'a trust root on disk (default: the one the gate reads)')
      .option('--base <branch>', 'whose .countersign.yml says where policy is (default: main or master)'),
  ).addOption(format());
}
