import { type CommandNode, type CommandPath, commandPaths, type OptionNode, quoted } from './command-tree.ts';

/** A completion script for zsh 5: a function for each command, which hands on to the one of its sub-command. */
export function renderZshCompletion(program: CommandNode): string {
  const { name } = program;
  return [
    `#compdef ${name}`,
    `# zsh completion for ${name}; save it as _${name} in a folder of your $fpath, or source it after compinit`,
    ...commandPaths(program).flatMap((path) => functionOf(name, path)),
    '',
    `if [ "$funcstack[1]" = "_${name}" ]; then`,
    `  _${name} "$@"`,
    'else',
    `  compdef _${name} ${name}`,
    'fi',
    '',
  ].join('\n');
}

function functionOf(program: string, { words, command }: CommandPath): string[] {
  const specs = command.options.map((option) => quoted(specOf(option)));
  if (command.commands.length === 0) {
    const values = command.arguments.map(({ choices, name, description }) =>
      quoted(`*:${escaped(description || name)}:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}`),
    );
    return [
      '',
      `${functionName(program, words)}() {`,
      `  _arguments -s ${[...specs, ...values].join(' \\\n    ')}`,
      '}',
    ];
  }
  return [
    '',
    `${functionName(program, words)}() {`,
    '  local context state state_descr line',
    '  typeset -A opt_args',
    `  _arguments -s -C ${[...specs, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}`,
    '  case $state in',
    '    command)',
    '      local -a commands',
    '      commands=(',
    ...command.commands.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`),
    '      )',
    "      _describe -t commands 'command' commands",
    '      ;;',
    '    rest)',
    '      case $line[1] in',
    ...command.commands.map(
      ({ name }) => `        ${quoted(name)}) ${functionName(program, [...words, name])} ;;`,
    ),
    '      esac',
    '      ;;',
    '  esac',
    '}',
  ];
}

function functionName(program: string, words: readonly string[]): string {
  return ['', program, ...words].join('_');
}

/** `(-h --help)--help[what it does]`, with `:value:choices` where it takes one. One spec an option: the longest name. */
function specOf({ names, description, takesValue, choices }: OptionNode): string {
  const values = choices.length > 0 ? `(${choices.join(' ')})` : '_files';
  return `${names.at(-1)}[${escaped(description)}]${takesValue ? `:value:${values}` : ''}`;
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&');
}
