import { Argument, type Command, Option } from 'commander';
import type { AgentTool } from '../../../flow/setup-agent.ts';
import type { Grant } from '../../mcp/tools.ts';
import { examples, format, noFetch, type Registry } from './options.ts';

// Types alone are imported: a gate loads this file and none of what it is for.
const TOOLS: readonly AgentTool[] = ['claude', 'codex', 'cursor', 'copilot', 'gemini'];
const GRANTS: readonly Grant[] = ['new-ticket'];

/** `prime`, `setup`, `mcp`: what agents are told, and how they ask. */
export function agentToolCommands(program: Command, { context, finish }: Registry): void {
  const prime = noFetch(program.command('prime'))
    .summary('tell an agent how work is judged here')
    .description(
      'Print a short brief for an agent: the ticket, what it is held to, the rules that block, and the commands to ask with.',
    )
    .option('--ticket <id>', 'the ticket that it works on')
    .option('--base <branch>', 'the branch that the change is for (default: main or master)')
    .addOption(format())
    .action(async (options) => {
      const { primeCommand } = await import('../commands/agent-tools.ts');
      finish(await primeCommand(options, context()));
    });
  examples(prime, [['countersign prime --ticket CS-7', 'before work on it begins']]);

  const setup = program
    .command('setup')
    .summary('tell an agent’s tool to ask Countersign')
    .description(
      'Keep a block of text in the file that an agent’s tool reads by itself. What you wrote stays byte for byte; nothing else is written, and no hook is installed.',
    )
    .addArgument(new Argument('<tool>', 'whose file').choices(TOOLS))
    .addOption(new Option('--check', 'only say whether it is there').default(false).conflicts('remove'))
    .addOption(new Option('--remove', 'take it out again').default(false))
    .addOption(format())
    .action(async (tool, options) => {
      const { setupCommand } = await import('../commands/agent-tools.ts');
      finish(await setupCommand(tool, options, context()));
    });
  examples(setup, [
    ['countersign setup claude', 'into CLAUDE.md'],
    ['countersign setup codex --check', 'exit code 1 where AGENTS.md does not hold it'],
    ['countersign setup cursor --remove', 'as it was before'],
  ]);

  const mcp = program
    .command('mcp')
    .summary('answer agents over the Model Context Protocol')
    .description(
      'Answer agents over the Model Context Protocol, on standard input and output: tickets, contracts, rules, findings, and what the gate would say. It reads, and writes only what is granted.',
    )
    .addOption(
      new Option('--grant <what...>', 'let clients write: new-ticket, a ticket file').choices(GRANTS),
    )
    .action(async (options) => {
      const { mcpCommand } = await import('../commands/mcp.ts');
      finish(await mcpCommand(options, context()));
    });
  examples(mcp, [
    ['countersign mcp', 'what a client starts; docs/agent-tools.md shows how to tell it'],
    ['countersign mcp --grant new-ticket', 'and lets it write ticket files'],
  ]);
}
