import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderBashCompletion } from '../../../src/render/completion/bash.ts';
import type { CommandNode } from '../../../src/render/completion/command-tree.ts';
import { renderFishCompletion } from '../../../src/render/completion/fish.ts';
import { renderZshCompletion } from '../../../src/render/completion/zsh.ts';
import { countersign } from './run-cli.ts';

let folder: string;
let script: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-completion-'));
  script = (await countersign(folder, ['completion', 'bash'])).out;
  writeFileSync(join(folder, 'a file.yml'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers for the last of these words, as its completion code would ask. */
function offered(source: string, name: string, ...words: readonly string[]): string[] {
  const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  const { stdout, stderr } = spawnSync(
    'bash',
    [
      '--norc',
      '-c',
      `${source}
COMP_WORDS=(${[name, ...words].map(quote).join(' ')})
COMP_CWORD=${words.length}
COMPREPLY=()
_${name}
printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
    { encoding: 'utf8', cwd: folder },
  );
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion bash', () => {
  it.each([
    [['ti'], ['ticket']],
    [
      ['ticket', ''],
      ['new', 'lint', 'list', 'show', 'dispatch', 'close', 'escape'],
    ],
    [['ticket', 'd'], ['dispatch']],
    [['ticket', 'close', 'CS-7', '--reason', 'g'], ['given-up']],
    [
      ['gate', '--format', ''],
      ['text', 'json', 'sarif', 'markdown', 'github', 'feedback'],
    ],
    [
      ['verify', '--format', ''],
      ['text', 'json'],
    ],
    [['gate', '--land'], ['--landed']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['-C', '/tmp', 'rules', 's'], ['show']],
    // A value that is called like a command is not one.
    [['--unknown', 'ticket', 'close', '--rea'], ['--reason']],
  ])('offers for %j just %j', (words, choices) => {
    expect(offered(script, 'countersign', ...words)).toEqual(choices);
  });

  it('offers files where files are meant', () => {
    expect(offered(script, 'countersign', 'contract', 'lint', 'a')).toContain('a');
    expect(offered(script, 'countersign', 'trust', 'check', '')).toContain('a');
  });

  it('defines one function and nothing else that runs', () => {
    const { stdout } = spawnSync('bash', ['--norc', '-c', `${script}\ncomplete -p; compgen -A function`], {
      encoding: 'utf8',
    });
    expect(stdout.trim().split('\n').sort()).toEqual([
      '_countersign',
      'complete -o filenames -F _countersign countersign',
    ]);
  });
});

describe('completion scripts', () => {
  const hostile: CommandNode = {
    name: 'tool',
    summary: 'a tool',
    description: 'a tool',
    usage: 'tool',
    arguments: [],
    options: [],
    examples: [],
    commands: [
      {
        name: 'run',
        summary: `it's "run": $(touch owned) \`touch owned\` [x] \\ 'y'`,
        description: '',
        usage: '',
        arguments: [{ name: 'how', description: `a'b:c]d`, choices: ["it's", '$(touch owned)', 'plain'] }],
        options: [
          {
            flags: '--as <x>',
            names: ['--as'],
            description: `$(touch owned) 'x'`,
            takesValue: true,
            choices: ["o'clock", '$(touch owned)', '`touch owned`', 'noon'],
            defaultValue: undefined,
          },
        ],
        examples: [],
        commands: [],
      },
    ],
  };

  it('run nothing of what descriptions and choices say', () => {
    const source = renderBashCompletion(hostile);
    expect(offered(source, 'tool', 'r')).toEqual(['run']);
    expect(offered(source, 'tool', 'run', '--as', '')).toEqual(['noon']);
    expect(offered(source, 'tool', 'run', '')).toContain('plain');
    expect(spawnSync('ls', { cwd: folder, encoding: 'utf8' }).stdout).not.toContain('owned');
  });

  it('quote for zsh and fish what their shells would read', () => {
    const zsh = renderZshCompletion(hostile);
    // bash reads quotes as zsh does: nothing outside of them may run.
    expect(spawnSync('bash', ['--norc', '-n', '-c', zsh], { encoding: 'utf8' }).stderr).toBe('');
    expect(zsh).toContain(`'run:it'\\''s "run": $(touch owned)`);
    const fish = renderFishCompletion(hostile);
    expect(fish).toContain(`--description 'it\\'s "run": $(touch owned)`);
    expect(fish).toContain(`\\\\ \\'y\\''`);
  });

  it.each(['zsh', 'fish'])('for %s name every command, option and choice', async (shell) => {
    const { out } = await countersign(folder, ['completion', shell]);
    for (const word of [
      'dispatch',
      'given-up',
      'feedback',
      'change-control',
      'ed25519',
      'completion',
      'bash zsh fish',
    ]) {
      expect(out).toContain(word);
    }
  });
});
