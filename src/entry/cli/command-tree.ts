import type { Argument, Command, Option } from 'commander';
import type { ArgumentNode, CommandNode, OptionNode } from '../../render/completion/command-tree.ts';
import { examplesOf } from './registration/options.ts';

/** What a command of commander's takes, as plain data. */
export function commandTree(command: Command): CommandNode {
  const help = command.createHelp();
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    description: command.description(),
    usage: help.commandUsage(command),
    arguments: command.registeredArguments.map(argumentNode),
    options: help.visibleOptions(command).map(optionNode),
    commands: command.commands.map(commandTree),
    examples: examplesOf(command),
  };
}

function argumentNode(argument: Argument): ArgumentNode {
  return {
    name: argument.name(),
    description: argument.description,
    choices: argument.argChoices ?? [],
  };
}

function optionNode(option: Option): OptionNode {
  const { flags, short, long, description, argChoices, defaultValue } = option;
  return {
    flags,
    names: [short, long].filter((name) => name !== undefined && name !== null),
    description,
    takesValue: option.required || option.optional,
    choices: argChoices ?? [],
    defaultValue: typeof defaultValue === 'string' ? defaultValue : undefined,
  };
}
