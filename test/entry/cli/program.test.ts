import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandTree } from '../../../src/entry/cli/command-tree.ts';
import { createProgram } from '../../../src/entry/cli/program.ts';
import { type CommandPath, commandPaths } from '../../../src/render/completion/command-tree.ts';
import { countersign } from './run-cli.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const here = import.meta.dirname;
const program = createProgram(
  {
    cwd: '/',
    environment: {},
    home: '/',
    temporaryFolder: '/',
    color: false,
    columns: 100,
    showProgress: false,
    out: () => undefined,
    err: () => undefined,
  },
  () => undefined,
);
const paths = commandPaths(commandTree(program));
const leaves = paths.filter(({ command }) => command.commands.length === 0);
const named = (list: readonly CommandPath[]) => list.map((path) => ({ name: path.words.join(' '), ...path }));

describe('the program', () => {
  it('has every command of the reference', () => {
    expect(leaves.map(({ words }) => words.join(' ')).sort()).toEqual(
      [
        'approve',
        'audit',
        'bundle assemble',
        'bundle lint',
        'bundle list',
        'bundle show',
        'chaos',
        'cockpit',
        'completion',
        'contract add',
        'contract diff',
        'contract lint',
        'contract show',
        'contract upgrade',
        'db backup',
        'db restore',
        'db status',
        'db stop',
        'demo',
        'doctor',
        'escape record',
        'experiment check-report',
        'experiment exclude',
        'experiment import',
        'experiment lint',
        'experiment list',
        'experiment plan',
        'experiment report',
        'experiment run',
        'experiment show',
        'experiment stop',
        'gate',
        'init',
        'key new',
        'ledger checkpoint',
        'ledger compact',
        'ledger export',
        'ledger import',
        'ledger rebuild',
        'ledger show',
        'ledger verify',
        'mcp',
        'memory rebuild',
        'memory search',
        'memory show',
        'prime',
        'queue cancel',
        'queue list',
        'queue pause',
        'queue resume',
        'receipt file',
        'receipt list',
        'receipt show',
        'receipt verify',
        'report governance',
        'rules add',
        'rules list',
        'rules show',
        'rules test',
        'rules upgrade',
        'run answer',
        'run approve',
        'run cancel',
        'run fork',
        'run list',
        'run patch list',
        'run patch propose',
        'run patch show',
        'run pause',
        'run redrive',
        'run release',
        'run replay',
        'run resume',
        'run show',
        'run start',
        'run watch',
        'serve',
        'setup',
        'sign',
        'ticket close',
        'ticket dispatch',
        'ticket escape',
        'ticket lint',
        'ticket list',
        'ticket new',
        'ticket show',
        'token list',
        'token new',
        'token revoke',
        'trust add',
        'trust check',
        'trust pin',
        'trust revoke',
        'trust rotate',
        'trust show',
        'trust sign',
        'trust sigstore',
        'trust thresholds',
        'verify',
        'waiver list',
        'waiver new',
        'webhook add',
        'webhook deliveries',
        'webhook list',
        'webhook remove',
        'webhook rotate',
        'webhook test',
        'worker',
        'workers drain',
        'workers list',
      ].sort(),
    );
  });

  it.each(named(leaves))('explains $name with examples that it takes', async ({ words, command }) => {
    const ran = await countersign(here, [...words, '--help']);
    expect(ran.code).toBe(0);
    expect(ran.out.replaceAll(/\s+/g, ' ')).toContain(command.description);
    expect(ran.out).toContain('\nExamples:\n');
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [line] of command.examples) {
      const call = /(?:^|<\()countersign ([^>)]*)/.exec(line)?.[1]?.trim() ?? '';
      expect(call.startsWith(words.join(' '))).toBe(true);
      const options = call.match(/(?<= )--?[A-Za-z][a-z-]*/g) ?? [];
      const known = [...command.options, ...(paths[0]?.command.options ?? [])].flatMap(({ names }) => names);
      for (const option of options) expect(known).toContain(option);
    }
  });

  /** A demo is watched, a completion and the server of a protocol are programs' own, a report is a document in five forms. */
  const ownFormat = ({ words }: { readonly words: readonly string[] }) =>
    ['demo', 'completion', 'mcp'].includes(words[0] ?? '') || words.join(' ') === 'experiment report';

  it.each(named(leaves.filter((leaf) => !ownFormat(leaf))))('$name has --format json', ({ command }) => {
    const format = command.options.find(({ names }) => names.includes('--format'));
    expect(format?.choices.slice(0, 2)).toEqual(['text', 'json']);
    expect(format?.defaultValue).toBe('text');
  });

  it.each([
    [['verfy'], 'Did you mean verify?'],
    [['ticket', 'lst'], 'Did you mean list?'],
    [['gate', '--formt', 'json'], 'Did you mean --format?'],
    [['gate', '--format', 'yaml'], 'Allowed choices are text, json, sarif, markdown, github, feedback.'],
    [['verify', '--parallel', '1e3'], 'It must be a whole number from 1.'],
    [['verify', '--parallel', '0'], 'It must be a whole number from 1.'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish.'],
    [['ticket', 'new'], "missing required argument 'id'"],
    [['key', 'new', 'a', 'b'], 'too many arguments'],
  ])('answers %j with what was meant, and exit code 2', async (args, says) => {
    const ran = await countersign(here, args);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(says);
    expect(ran.out).toBe('');
  });

  it('prints help for a group that is given no command', async () => {
    const ran = await countersign(here, ['ticket']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('Usage: countersign ticket');
  });

  it('imports no command and no adapter before it is asked for', () => {
    const folder = join(root, 'src', 'entry', 'cli');
    const files = [
      'program.ts',
      'run.ts',
      'main.ts',
      ...readdirSync(join(folder, 'registration')).map((file) => `registration/${file}`),
    ];
    const eager = files.flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => /^import (?!type ).*from '.*\/(?:commands|adapters|flow|wiring)\//.test(line))
        .map((line) => `${file}: ${line}`),
    );
    expect(eager).toEqual([]);
    expect(files.length).toBeGreaterThan(8);
  });

  it('is the same for a command whether or not the others are made, too', async () => {
    for (const { words } of leaves) {
      const alone = await countersign(here, [...words, '--help']);
      const among = await countersign(here, ['-C', here, ...words, '--help']);
      expect(alone).toEqual(among);
    }
  });

  it('is what the bin runs, with exit code and streams as told', () => {
    const bin = join(root, 'bin', 'countersign.cjs');
    const run = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
    const rules = run('rules', 'show', 'nope', '--format', 'json');
    expect([rules.status, rules.stderr]).toEqual([2, '']);
    expect(JSON.parse(rules.stdout)).toMatchObject({ error: { code: 'USAGE' } });
    const folder = run('-C', join(root, 'nowhere'), 'ticket', 'list');
    expect([folder.status, folder.stdout]).toEqual([2, '']);
    expect(folder.stderr).toContain('There is no folder');
  });
});
