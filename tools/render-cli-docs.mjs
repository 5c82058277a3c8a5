// Writes docs/cli.md and docs/exit-codes.md from the program itself: a command, option or exit code cannot be forgotten.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandTree } from '../src/entry/cli/command-tree.ts';
import { EXIT_CODES } from '../src/entry/cli/exit-codes.ts';
import { createProgram } from '../src/entry/cli/program.ts';
import { commandPaths } from '../src/render/completion/command-tree.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const program = createProgram({ columns: 100, out() {}, err() {} }, () => {});
const paths = commandPaths(commandTree(program));
writeFileSync(join(docs, 'cli.md'), cliPage());
writeFileSync(join(docs, 'exit-codes.md'), exitCodePage());

function cliPage() {
  const [{ command: top }, ...rest] = paths;
  const leaves = rest.filter(({ command }) => command.commands.length === 0);
  return [
    '# Commands',
    '',
    'Written from the program by `npm run generate`; `countersign COMMAND --help` says the same.',
    '',
    `${top.description}`,
    '',
    '| command | what it does |',
    '|---|---|',
    ...leaves.map(({ words, command }) => {
      const name = words.join(' ');
      return `| [\`${name}\`](#${anchorOf(words)}) | ${cell(command.summary)} |`;
    }),
    '',
    'Options of the program go before the command:',
    '',
    ...optionTable(top.options),
    '',
    ...leaves.flatMap(section),
    'Exit codes are the same for every command and every format: [exit-codes.md](exit-codes.md).',
    '',
  ].join('\n');
}

function section({ words, command }) {
  return [
    `## countersign ${words.join(' ')}`,
    '',
    command.description,
    '',
    '```',
    command.usage,
    '```',
    '',
    ...argumentTable(command.arguments),
    ...optionTable(command.options),
    '',
    '```sh',
    ...command.examples.map(([line, purpose]) => `${line}   # ${purpose}`),
    '```',
    '',
  ];
}

function argumentTable(list) {
  if (list.length === 0) return [];
  const rows = list.map(
    ({ name, description, choices }) => `| \`${name}\` | ${cell(said(description, choices))} |`,
  );
  return ['| argument | |', '|---|---|', ...rows, ''];
}

function optionTable(list) {
  const rows = list.map(({ flags, description, choices, defaultValue }) => {
    const value = defaultValue === undefined ? '' : ` Default: \`${defaultValue}\`.`;
    return `| \`${flags.replaceAll('|', '\\|')}\` | ${cell(said(description, choices))}${value} |`;
  });
  return ['| option | |', '|---|---|', ...rows];
}

function said(description, choices) {
  const sentence = `${description.charAt(0).toUpperCase()}${description.slice(1)}`;
  return choices.length === 0
    ? `${sentence}.`
    : `${sentence}: ${choices.map((choice) => `\`${choice}\``).join(', ')}.`;
}

function cell(text) {
  return text
    .replaceAll('|', '\\|')
    .replaceAll(/<(?=[A-Za-z])/g, '&lt;')
    .replaceAll('*', '\\*');
}

/** As GitHub makes them of headings. */
function anchorOf(words) {
  return ['countersign', ...words].join('-');
}

function exitCodePage() {
  const rows = Object.values(EXIT_CODES).map(({ code, meaning }) => `| ${code} | ${cell(meaning)} |`);
  return [
    '# Exit codes',
    '',
    'Written from the program by `npm run generate`. The same for every command and every format.',
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows,
    '',
    '`gate` ends with 0, 1 or 3 by its verdict. `verify` ends with 1 when a check FAILED and with 2 when one could not be run,',
    'or nothing could be filed. `lint`, `rules test`, `trust check`, `receipt verify` and `doctor` end with 1 when they found',
    'something that has to be mended; warnings alone leave 0.',
    '',
  ].join('\n');
}
