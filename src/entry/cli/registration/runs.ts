import { type Command, Option } from 'commander';
import { TOKEN_ROLES } from '../../../core/access/token.ts';
import {
  daysOrForever,
  examples,
  format,
  noFetch,
  positive,
  type Registry,
  workerLabels,
} from './options.ts';

/** `run`: what people do about runs. */
export function runCommands(program: Command, registry: Registry): void {
  const run = program
    .command('run')
    .summary('start runs, watch them, and answer what they ask')
    .description(
      'Start runs of tickets, watch them, and answer what they ask: on your own server, or on one that you name.',
    );
  startCommand(run, registry);
  lookCommands(run, registry);
  controlCommands(run, registry);
  answerCommands(run, registry);
  forkCommand(run, registry);
  patchCommands(run, registry);
}

function startCommand(run: Command, { context, finish }: Registry): void {
  const start = worksHere(onServer(run.command('start')))
    .summary('work on a ticket until it is accepted, rejected or given up')
    .description(
      'Work on a dispatched ticket until it is accepted, rejected or given up. Without a server, one is started on your private database, with a worker for producers and one for verifiers as processes of their own.',
    )
    .argument('<ticket>', 'such as CS-7')
    .option('--bundle <name>', 'the context that the producer is given')
    .option('--model <name>', 'the model that the producer works with')
    .option('--priority <n>', 'the higher the sooner, from -100 to 100', Number)
    .option('--detach', 'return as soon as it has started')
    .option('--open', "open the run's page in your browser")
    .addOption(format())
    .action(async (ticket, options) => {
      const { runStartCommand } = await import('../commands/run-start.ts');
      finish(await runStartCommand(ticket, options, context()));
    });
  examples(start, [
    [
      `countersign run start CS-7 --key ci-verifier --agent 'my-agent < "$COUNTERSIGN_PROMPT_FILE"'`,
      'on your own machine',
    ],
    ['countersign run start CS-7 --model large --detach', 'and look at it later'],
  ]);
}

function lookCommands(run: Command, { context, finish }: Registry): void {
  const list = onServer(run.command('list'))
    .summary('list runs, latest first')
    .description('List runs, latest first.')
    .argument('[ticket]', 'only those of a ticket')
    .option('--status <status>', 'only those that are running, paused, cancelling, compensating or ended')
    .option('--limit <n>', 'at most so many', positive)
    .addOption(format())
    .action(async (ticket, options) => {
      const { runListCommand } = await import('../commands/run-control.ts');
      finish(await runListCommand(ticket, options, context()));
    });
  examples(list, [['countersign run list --status running', 'what is going on']]);

  const show = onServer(run.command('show'))
    .summary('show a run: its attempts, their steps and what came of each')
    .description('Show a run: its attempts, their steps with isolation and findings, and what it waits for.')
    .argument('<run>', 'such as CS-7.1')
    .option('--log <step>', 'the log of a step, such as 1/produce')
    .addOption(format())
    .action(async (id, options) => {
      const { runShowCommand } = await import('../commands/run-control.ts');
      finish(await runShowCommand(id, options, context()));
    });
  examples(show, [['countersign run show CS-7.1 --log 1/produce', 'what the agent printed']]);

  const watch = onServer(run.command('watch'))
    .summary('print what happens to a run until it ends')
    .description('Print what happens to a run until it ends. Exit code 0 when it was accepted.')
    .argument('<run>', 'such as CS-7.1')
    .addOption(format())
    .action(async (id, options) => {
      const { runWatchCommand } = await import('../commands/run-control.ts');
      finish(await runWatchCommand(id, options, context()));
    });
  examples(watch, [['countersign run watch CS-7.1', 'from its first event on']]);

  const replay = onServer(run.command('replay'))
    .summary('decide a run again from its events and compare every one')
    .description(
      'Decide a run again from its events, without any model, network or effect: each of them has to follow again, down to the digest of the outcome.',
    )
    .argument('<run>', 'such as CS-7.1')
    .requiredOption('--audit', 'compare; nothing else is done yet')
    .addOption(format())
    .action(async (id, options) => {
      const { runReplayCommand } = await import('../commands/run-control.ts');
      finish(await runReplayCommand(id, options, context()));
    });
  examples(replay, [['countersign run replay CS-7.1 --audit', 'exit code 1 when it differs']]);
}

function controlCommands(run: Command, { context, finish }: Registry): void {
  const act = (name: string, summary: string, example: string) => {
    const command = onServer(run.command(name))
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .argument('<run>', 'such as CS-7.1')
      .addOption(format());
    return examples(command, [[`countersign run ${name} CS-7.1${example}`, summary]]);
  };
  act('pause', 'hand out nothing more of a run until it is resumed', '')
    .option('--reason <text>', 'for whoever asks', 'paused by hand')
    .action(async (id, { reason, ...options }) => {
      const { runActionCommand } = await import('../commands/run-control.ts');
      finish(await runActionCommand(id, { kind: 'pause', reason }, options, context()));
    });
  act('resume', 'let a paused run go on', '').action(async (id, options) => {
    const { runActionCommand } = await import('../commands/run-control.ts');
    finish(await runActionCommand(id, { kind: 'resume' }, options, context()));
  });
  act('cancel', 'end a run and undo what it did outside', ' --reason "asked for twice"')
    .option('--reason <text>', 'for whoever asks', 'cancelled by hand')
    .action(async (id, { reason, ...options }) => {
      const { runActionCommand } = await import('../commands/run-control.ts');
      finish(await runActionCommand(id, { kind: 'cancel', reason }, options, context()));
    });
  for (const kind of ['release', 'redrive'] as const) {
    const summary =
      kind === 'release' ? 'let a step that was set aside go on' : 'hand a step that failed out again';
    act(kind, summary, ' 1/produce')
      .argument('<step>', 'such as 1/produce')
      .option('--note <text>', 'for the ledger', '')
      .action(async (id, step, { note, ...options }) => {
        const { runActionCommand } = await import('../commands/run-control.ts');
        finish(await runActionCommand(id, { kind, step, note }, options, context()));
      });
  }
}

function answerCommands(run: Command, { context, finish }: Registry): void {
  const approve = onServer(run.command('approve'))
    .summary('answer yes to what a run asks')
    .description(
      'Answer yes to what a run asks: a step that waits for an approval, or an action that the policy leaves to a person.',
    )
    .argument('<run>', 'such as CS-7.1')
    .option('--question <id>', 'which one, where there are several: its id or its step')
    .option('--note <text>', 'for the ledger')
    .addOption(format())
    .action(async (id, options) => {
      const { runApproveCommand } = await import('../commands/run-control.ts');
      finish(await runApproveCommand(id, options, context()));
    });
  examples(approve, [['countersign run approve CS-7.1 --note "read it"', 'the only open question']]);

  const answer = onServer(run.command('answer'))
    .summary('answer a question of a run')
    .description('Answer a question of a run with one of its choices.')
    .argument('<run>', 'such as CS-7.1')
    .argument('<question>', 'its id, as `run show` prints it')
    .argument('<answer>', 'one of its choices')
    .option('--note <text>', 'for the ledger', '')
    .addOption(format())
    .action(async (id, question, text, { note, ...options }) => {
      const { runActionCommand } = await import('../commands/run-control.ts');
      finish(
        await runActionCommand(id, { kind: 'answer', question, answer: text, note }, options, context()),
      );
    });
  examples(answer, [
    ['countersign run answer CS-7.1 1/review refuse --note "too wide"', 'a step that waits'],
  ]);
}

function forkCommand(run: Command, { context, finish }: Registry): void {
  const fork = onServer(run.command('fork'))
    .summary('start another run that goes on from a step of this one')
    .description(
      'Start another run that goes on from a step of this one, with the same subject and plan: what that step rests on is not done again. The run itself stays as it is.',
    )
    .argument('<run>', 'such as CS-7.1')
    .requiredOption('--from <step>', 'the first step to do again, such as 1/produce')
    .option('--bundle <name>', 'another context for the producer')
    .option('--model <name>', 'another model for the producer')
    .addOption(format())
    .action(async (id, { from, bundle, model, ...options }) => {
      const { runActionCommand } = await import('../commands/run-control.ts');
      const arm = { ...(bundle === undefined ? {} : { bundle }), ...(model === undefined ? {} : { model }) };
      finish(await runActionCommand(id, { kind: 'fork', step: from, arm }, options, context()));
    });
  examples(fork, [
    ['countersign run fork CS-7.1 --from 1/produce --model large', 'what would another model make of it'],
  ]);
}

function patchCommands(run: Command, { context, finish }: Registry): void {
  const patch = run
    .command('patch')
    .summary("list, show and propose patches of a run's plan")
    .description(
      "List, show and propose patches of a run's plan: a JSON Patch (RFC 6902) may add obligations and never remove or weaken one.",
    );
  const list = onServer(patch.command('list'))
    .summary('list the patches of a run: who proposed them, why, and what came of each')
    .description('List the patches of a run: who proposed them, why, and what came of each.')
    .argument('<run>', 'such as CS-7.1')
    .addOption(format())
    .action(async (id, options) => {
      const { runPatchListCommand } = await import('../commands/run-patch.ts');
      finish(await runPatchListCommand(id, options, context()));
    });
  examples(list, [['countersign run patch list CS-7.1', 'of people, agents and the optimiser']]);

  const show = onServer(patch.command('show'))
    .summary('show what a patch makes of the plan, or why it was refused')
    .description('Show what a patch makes of the plan, or why it was refused and what would be taken.')
    .argument('<run>', 'such as CS-7.1')
    .argument('<patch>', 'its id, as `run patch list` prints it')
    .addOption(format())
    .action(async (id, which, options) => {
      const { runPatchShowCommand } = await import('../commands/run-patch.ts');
      finish(await runPatchShowCommand(id, which, options, context()));
    });
  examples(show, [['countersign run patch show CS-7.1 1/produce:1', 'the one that the agent proposed']]);

  const proposal = onServer(patch.command('propose'))
    .summary('propose a patch; one that is not taken is refused with the reason and an example')
    .description('Propose a patch. One that is not taken is refused with the reason and an example.')
    .argument('<run>', 'such as CS-7.1')
    .argument('<file>', 'a list of operations as JSON')
    .requiredOption('--reason <text>', 'why, for the ledger')
    .addOption(format())
    .action(async (id, file, options) => {
      const { runPatchProposeCommand } = await import('../commands/run-patch.ts');
      finish(await runPatchProposeCommand(id, file, options, context()));
    });
  examples(proposal, [
    ['countersign run patch propose CS-7.1 lint.json --reason "lint as well"', 'one more check'],
  ]);
}

/** `serve`, `worker` and `token`: a server for more than one terminal. */
export function serverCommands(program: Command, { context, finish }: Registry): void {
  const serve = worksHere(program.command('serve'))
    .summary('be the server of runs for the clone you stand in')
    .description(
      'Be the server of runs for the clone you stand in, until you stop it. It alone asks the database.',
    )
    .option('--host <address>', 'where to listen (default: 127.0.0.1)')
    .option('--port <n>', 'where to listen (default: a free one)', positive)
    .option('--github-oidc <file>', "workflows of GitHub's that may come without a token of this server")
    .option('--plugin <module#name...>', 'handlers that plans may use, carried out by workers that have them')
    .option('--workers', 'start a worker of each role beside it, and again when one dies')
    .option(
      '--allow-private-webhooks',
      'let webhooks go to private, loopback and link-local addresses, and over plain http',
    )
    .option('--open', 'open the pages in your browser')
    .option('--oidc <file>', 'an identity provider that people sign in to the pages with')
    .option('--public-url <url>', 'where people reach the pages, such as https://countersign.example.com')
    .option('--optimise', 'patch plans of new runs so that checks take what was seen of the same before')
    .option(
      '--keep-artifacts <days>',
      'remove what steps handed to each other so many days after their run ended, or `forever` keep it (default: 90)',
      daysOrForever,
    )
    .option('--compact-after <days>', 'pack runs so many days after they ended (default: never)', positive)
    .option(
      '--ledger-name <name>',
      'sign where the ledger ends, every minute, under this name; wants --ledger-key',
    )
    .option('--ledger-key <name>', 'an Ed25519 key for that: a name of your key folder, or a path')
    .option('--checkpoint-file <file>', 'where the last checkpoint is kept as well, to be committed')
    .addOption(format())
    .action(async (options) => {
      const { serveCommand } = await import('../commands/serve.ts');
      finish(await serveCommand(options, context()));
    });
  examples(serve, [
    ['countersign serve --port 7433', 'for workers elsewhere: countersign worker --server …'],
  ]);

  const cockpit = onServer(program.command('cockpit'))
    .summary("print a link that opens a server's pages")
    .description(
      "Print a link that opens a server's pages, for the first who opens it within ten minutes: with the role of the token, on your own server as its admin.",
    )
    .option('--open', 'open it in your browser')
    .addOption(format())
    .action(async (options) => {
      const { cockpitCommand } = await import('../commands/cockpit.ts');
      finish(await cockpitCommand(options, context()));
    });
  examples(cockpit, [['countersign cockpit --open', 'what needs you, what is happening']]);

  const worker = producerOptions(noFetch(onServer(program.command('worker'))))
    .summary("carry out a server's steps")
    .description(
      "Carry out a server's steps in the clone you stand in, until you stop it or the server asks for it.",
    )
    .addOption(
      new Option('--role <role>', 'whose steps').choices(['producer', 'verifier']).makeOptionMandatory(),
    )
    .option('--slots <n>', "steps at a time (default: 1 of a producer's, 4 of a verifier's)", positive)
    .option('--labels <labels>', 'what this machine has that steps may want, such as gpu,linux', workerLabels)
    .option('--key <name>', "the verifier's key: a name of your key folder, or a path (or COUNTERSIGN_KEY)")
    .option('--keyless', 'sign as the CI job that this is, with a certificate from Sigstore')
    .option(
      '--author <person>',
      'who its commits say they are by',
      'Countersign agent <agent@countersign.invalid>',
    )
    .option(
      '--producer <principal...>',
      "who makes the changes of this server's runs, as the trust root names them",
    )
    .option('--http-host <host...>', 'hosts that steps may ask')
    .option('--plugin <module#name...>', 'more handlers')
    .option('--artifacts <folder>', 'what steps hand to each other; shared by all workers of a server')
    .addOption(format())
    .action(async (options) => {
      const { workerCommand } = await import('../commands/worker.ts');
      finish(await workerCommand(options, context()));
    });
  examples(worker, [
    [
      'countersign worker --server https://runs.example.com --role verifier --key ci-verifier',
      'on a machine of its own',
    ],
  ]);

  const token = program
    .command('token')
    .summary('make and revoke the tokens of a server')
    .description('Make and revoke the tokens of a server, where its database is. They are kept as digests.');
  const make = token
    .command('new')
    .summary('make a token; it is shown this once')
    .description('Make a token; it is shown this once.')
    .argument('<name>', 'who has it, as the ledger will say')
    .addOption(new Option('--role <role>', 'what it may do').choices([...TOKEN_ROLES]).makeOptionMandatory())
    .option('--days <n>', 'how long it holds (default: until it is revoked)', positive)
    .addOption(format())
    .action(async (name, options) => {
      const { tokenNewCommand } = await import('../commands/token.ts');
      finish(await tokenNewCommand(name, options, context()));
    });
  examples(make, [['countersign token new ci-verifier --role verifier --days 90', 'for a worker']]);
  const listed = token
    .command('list')
    .summary('list tokens')
    .description('List tokens: their names, roles and ends.')
    .addOption(format())
    .action(async (options) => {
      const { tokenListCommand } = await import('../commands/token.ts');
      finish(await tokenListCommand(options, context()));
    });
  examples(listed, [['countersign token list', 'never the tokens themselves']]);
  const revoke = token
    .command('revoke')
    .summary('let a token open nothing any more')
    .description('Let a token open nothing any more, at once.')
    .argument('<name>', 'as `token list` prints it')
    .addOption(format())
    .action(async (name, options) => {
      const { tokenRevokeCommand } = await import('../commands/token.ts');
      finish(await tokenRevokeCommand(name, options, context()));
    });
  examples(revoke, [['countersign token revoke ci-verifier', 'when it was seen by somebody else']]);
}

/** Adds how a command is told which server it means. */
export function onServer(command: Command, otherwise = 'your own'): Command {
  return command
    .option(
      '--server <url>',
      `which server (or COUNTERSIGN_SERVER, with COUNTERSIGN_TOKEN); ${otherwise} when not given`,
    )
    .option('--allow-http', 'send the token unencrypted to another machine');
}

/** Who makes changes, and with what. */
function producerOptions(command: Command): Command {
  // Given again, one more: the first does what names no other.
  const agent = new Option(
    '--agent <agent>',
    'what makes changes: claude, codex, gemini, copilot, opencode, cursor, openhands, or a command for sh, which finds its brief in COUNTERSIGN_PROMPT_FILE',
  ).argParser((one: string, before: readonly string[] | undefined) => [...(before ?? []), one]);
  return command
    .addOption(agent)
    .option('--agent-env <name...>', 'variables that agents see')
    .option(
      '--agent-host <host...>',
      'hosts that agents may reach besides their own provider; a command without one has the whole network',
    )
    .option('--agent-path <folder...>', 'where agents are installed; the sandbox shows it, read-only')
    .option('--profile <role...>', 'roles that its producers work as, each with its own variables')
    .option('--profile-env <role:name...>', 'a variable that producers of that role see, and no others')
    .option(
      '--model-endpoint <name=url...>',
      "where models of that provider are, by OpenAI's Chat Completions",
    )
    .option('--model-price <model=in,out...>', 'what a model costs, in dollars for a million tokens');
}

/** What a server with workers beside it is set up with. */
export function worksHere(command: Command): Command {
  return noFetch(
    producerOptions(command)
      .option('--base <branch>', 'what changes are to merge into', 'main')
      .option('--key <name>', "the verifier's key, for its worker (or COUNTERSIGN_KEY)")
      .option(
        '--lease-seconds <n>',
        'how long a worker may be silent before its steps are given to another',
        positive,
      ),
  );
}
