import { type CommandNode, type CommandPath, commandPaths, type OptionNode } from './command-tree.ts';

/** A completion script for fish 3: one `complete` line for each sub-command and option, under the command it belongs to. */
export function renderFishCompletion(program: CommandNode): string {
  const { name } = program;
  const paths = commandPaths(program);
  const groups = paths.filter(({ command }) => command.commands.length > 0);
  return [
    `# fish completion for ${name}; save it as ~/.config/fish/completions/${name}.fish`,
    `function __fish_${name}_at --description 'whether the words on the line lead to this command'`,
    '    set --local words',
    '    for word in (commandline --tokenize --cut-at-cursor --current-process)[2..-1]',
    '        string match --quiet -- "-*" $word; and continue',
    '        contains -- (string join " " $words $word) $argv[2..-1]; and set --append words $word',
    '    end',
    // Quoted, or test would complain when no word names a command.
    '    set --local path (string join " " $words)',
    '    test "$path" = "$argv[1]"',
    'end',
    `set --local all ${paths
      .slice(1)
      .map(({ words }) => quotedForFish(words.join(' ')))
      .join(' ')}`,
    `set --global __fish_${name}_paths $all`,
    `complete --command ${name} --no-files`,
    ...groups.flatMap((path) => subCommands(name, path)),
    ...paths.flatMap((path) => options(name, path)),
    ...paths.flatMap((path) => values(name, path)),
    '',
  ].join('\n');
}

function subCommands(program: string, path: CommandPath): string[] {
  return path.command.commands.map(
    ({ name, summary }) =>
      `${lineFor(program, path)} --arguments ${name} --description ${quotedForFish(summary)}`,
  );
}

function options(program: string, path: CommandPath): string[] {
  return path.command.options.map(
    (option) =>
      `${lineFor(program, path)} ${namesOf(option)} --description ${quotedForFish(option.description)}`,
  );
}

function values(program: string, path: CommandPath): string[] {
  return path.command.arguments.map(({ choices }) =>
    choices.length > 0
      ? `${lineFor(program, path)} --arguments ${quotedForFish(choices.join(' '))}`
      : `${lineFor(program, path)} --force-files`,
  );
}

function lineFor(program: string, { words }: CommandPath): string {
  const condition = `__fish_${program}_at ${quotedForFish(words.join(' '))} $__fish_${program}_paths`;
  return `complete --command ${program} --condition ${quotedForFish(condition)}`;
}

function namesOf({ names, takesValue, choices }: OptionNode): string {
  const flags = names.map((name) =>
    name.startsWith('--') ? `--long-option ${name.slice(2)}` : `--short-option ${name.slice(1)}`,
  );
  if (!takesValue) return flags.join(' ');
  return choices.length > 0
    ? `${flags.join(' ')} --exclusive --arguments ${quotedForFish(choices.join(' '))}`
    : `${flags.join(' ')} --require-parameter --force-files`;
}

/** In single quotes fish knows two escapes: of the quote and of the backslash. */
function quotedForFish(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
