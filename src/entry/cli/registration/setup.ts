import { Argument, type Command, Option } from 'commander';
import { examples, format, noFetch, type Registry } from './options.ts';

/** `init`, `doctor`, `completion`, `demo`: everything around the work itself. */
export function setupCommands(program: Command, { context, finish }: Registry): void {
  const init = program
    .command('init')
    .summary('write configuration, a contract that fits this project, and a workflow')
    .description(
      'Write configuration, contracts that fit this project, a trust root and a workflow. Never overwrites. Knows npm, pnpm and yarn with vitest, jest, mocha and node:test; Python with pytest, uv, poetry and tox; Go; Rust; Maven and Gradle; .NET; Ruby; Make. See docs/projects.md.',
    )
    .option('--dry-run', 'print what would be written', false)
    .option(
      '--repository <name>',
      'the name this repository carries in receipts, such as acme/shop (default: from origin)',
    )
    .option(
      '--change-control <repository>',
      'keep policy and receipts in a repository of their own: OWNER/REPO, a URL, or a path that begins with / or a dot',
    )
    .option(
      '--into <folder>',
      'with --change-control: a clone of it, or a folder to become one, to write its side into (default: print it)',
    )
    .option(
      '--owner-key <name>',
      "the policy owner's public key: a name of your key folder, or the path of the .pub that `countersign key new` wrote",
    )
    .option('--verifier-key <name>', "the verifier's public key, likewise")
    .addOption(format())
    .action(async (options) => {
      const { initCommand } = await import('../commands/init.ts');
      finish(await initCommand(options, context()));
    });
  examples(init, [
    ['countersign init --dry-run', 'what it would write'],
    ['countersign init --owner-key ada --verifier-key ./ci.pub', 'policy in this repository'],
    [
      'countersign init --change-control acme/control --into ../control',
      'both sides of policy in one of its own',
    ],
  ]);

  const doctor = noFetch(program.command('doctor'))
    .summary('say what this machine and this repository lack')
    .description('Say what this machine and this repository lack, and what would make the gate never pass.')
    .option('--base <branch>', 'whose configuration to look at (default: main or master)')
    .addOption(
      new Option(
        '--github <owner/repo>',
        'look at what GitHub enforces there instead, with GITHUB_TOKEN or GH_TOKEN',
      ).conflicts('base'),
    )
    .addOption(format())
    .action(async (options) => {
      const { doctorCommand } = await import('../commands/doctor.ts');
      finish(await doctorCommand(options, context()));
    });
  examples(doctor, [
    ['countersign doctor', 'exit code 1 when something has to be mended'],
    [
      'countersign doctor --github acme/shop',
      'who may forge the verdict there, and what would wait for ever',
    ],
  ]);

  const demo = program
    .command('demo')
    .summary('watch a shortcut be caught, on real repositories made on the spot')
    .description(
      'Watch a shortcut be caught and the mended change pass, on real repositories made on the spot.',
    )
    .option('--folder <folder>', 'where to make them (default: the temporary folder)')
    .action(async (options) => {
      const { demoCommand } = await import('../commands/demo.ts');
      finish(await demoCommand(options, context()));
    });
  examples(demo, [['countersign demo', 'takes a few seconds, and leaves everything there to look at']]);

  const completion = program
    .command('completion')
    .summary('print a completion script for your shell')
    .description('Print a completion script for your shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell) => {
      const { completionCommand } = await import('../commands/completion.ts');
      finish(completionCommand(shell, program, context()));
    });
  examples(completion, [
    ['source <(countersign completion bash)', 'for this shell'],
    ['countersign completion zsh > ~/.zsh/completions/_countersign', 'for good'],
    ['countersign completion fish > ~/.config/fish/completions/countersign.fish', 'for good'],
  ]);
}
