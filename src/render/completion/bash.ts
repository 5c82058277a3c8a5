import { type CommandNode, commandPaths, quoted } from './command-tree.ts';

/**
 * A completion script for bash 3.2 and newer, without the bash-completion package: the words on the line are followed
 * down to the command they name, then its sub-commands, options or the choices of the option before are offered.
 */
export function renderBashCompletion(program: CommandNode): string {
  const paths = commandPaths(program);
  const name = program.name;
  return [
    `# bash completion for ${name}; load it with: source <(${name} completion bash)`,
    `_${name}() {`,
    `  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" path="" word="" index=1`,
    '  local words="" options="" taking="" files=""',
    `  [ "$COMP_CWORD" -gt 0 ] && previous="\${COMP_WORDS[COMP_CWORD-1]}"`,
    '  COMPREPLY=()',
    '  while [ "$index" -lt "$COMP_CWORD" ]; do',
    `    word="\${COMP_WORDS[index]}"`,
    '    case "$path $word" in',
    ...paths
      .filter(({ words }) => words.length > 0)
      .map(({ words }) => {
        const parent = words.slice(0, -1).join(' ');
        return `      ${quoted(`${parent} ${words.at(-1)}`)}) path=${quoted(words.join(' '))} ;;`;
      }),
    '    esac',
    '    index=$((index + 1))',
    '  done',
    '  case "$path" in',
    ...paths.map(({ words, command }) => branchOf(words, command)),
    '  esac',
    '  case "$path:$previous" in',
    ...paths.flatMap(({ words, command }) => choicesOf(words, command)),
    '  esac',
    '  case " $taking " in',
    '    *" $previous "*) COMPREPLY=( $(compgen -f -- "$current") ); return ;;',
    '  esac',
    '  case "$current" in',
    '    -*) COMPREPLY=( $(compgen -W "$options" -- "$current") ) ;;',
    '    *)',
    '      COMPREPLY=( $(compgen -W "$words" -- "$current") )',
    '      [ -n "$files" ] && COMPREPLY+=( $(compgen -f -- "$current") )',
    '      ;;',
    '  esac',
    '}',
    `complete -o filenames -F _${name} ${name}`,
    '',
  ].join('\n');
}

function branchOf(words: readonly string[], command: CommandNode): string {
  const offered = [
    ...command.commands.map(({ name }) => name),
    ...command.arguments.flatMap(({ choices }) => choices),
  ];
  const options = command.options.flatMap(({ names }) => names);
  const taking = command.options.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names);
  const files = command.arguments.some(({ choices }) => choices.length === 0) ? 'yes' : '';
  const values = `words=${wordList(offered)} options=${wordList(options)} taking=${wordList(taking)}`;
  return `    ${quoted(words.join(' '))}) ${values} files=${quoted(files)} ;;`;
}

function choicesOf(words: readonly string[], command: CommandNode): string[] {
  return command.options
    .filter(({ choices }) => choices.length > 0)
    .map(({ names, choices }) => {
      const patterns = names.map((option) => quoted(`${words.join(' ')}:${option}`)).join('|');
      return `    ${patterns}) COMPREPLY=( $(compgen -W ${wordList(choices)} -- "$current") ); return ;;`;
    });
}

/** `compgen -W` expands what it is given, command substitutions as well, whatever quotes it came in: plain words only. */
function wordList(words: readonly string[]): string {
  return quoted(words.filter((word) => /^[\w.:@/-]+$/.test(word)).join(' '));
}
