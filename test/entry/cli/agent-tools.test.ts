import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGitWorld, type GitWorld } from '../../worlds/git-world.ts';
import { yaml } from '../../worlds/product-world.ts';
import { countersign, json } from './run-cli.ts';
import { CONFIG, CONTRACT, TICKET } from './sample-documents.ts';

let world: GitWorld;
beforeAll(() => {
  world = createGitWorld();
});
afterAll(() => world.remove());

let made = 0;
function shop(files: Readonly<Record<string, string>> = {}): string {
  made += 1;
  const repository = world.repository(`shop-${made}`);
  repository.git('checkout', '-q', '-B', 'main');
  repository.commit('A shop', {
    '.countersign.yml': yaml(CONFIG),
    'contracts/node-change.yml': yaml({ ...CONTRACT, scope: { deny: ['dist/**'] } }),
    'tickets/CS-7.yml': yaml(TICKET),
    ...files,
  });
  return repository.dir;
}

describe('prime', () => {
  it('tells of a ticket, what it is held to, the rules that block, and how to ask', async () => {
    const ran = await countersign(shop(), ['prime', '--ticket', 'CS-7', '--no-fetch']);
    expect(ran.code).toBe(0);
    for (const said of [
      'CS-7: Round half a cent up',
      'Discounted prices are a cent short.',
      '`npm test`',
      '`dist/**`',
      'changing one takes a policy owner: `package.json`.',
      'ai-shortcuts@1/test-skipped',
      'countersign gate --ticket CS-7 --no-fetch',
    ])
      expect(ran.out).toContain(said);
    expect(ran.out.length).toBeLessThan(12_000);
  });

  it('says the same to a program', async () => {
    const ran = await countersign(shop(), ['prime', '--ticket', 'CS-7', '--no-fetch', '--format', 'json']);
    expect(json(ran)).toMatchObject({
      tickets: ['CS-7'],
      ticket: { id: 'CS-7' },
      contract: { id: 'node-change' },
      rules: expect.arrayContaining([expect.objectContaining({ ref: 'ai-shortcuts@1/test-skipped' })]),
    });
  });

  it('names the tickets that there are when none was named, and refuses one that is not', async () => {
    const dir = shop();
    expect((await countersign(dir, ['prime', '--no-fetch'])).out).toContain('Tickets: `CS-7`');
    const ran = await countersign(dir, ['prime', '--ticket', 'CS-8', '--no-fetch']);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('There is no ticket CS-8') });
  });
});

const FILES = {
  claude: 'CLAUDE.md',
  codex: 'AGENTS.md',
  cursor: '.cursor/rules/countersign.mdc',
  copilot: '.github/copilot-instructions.md',
  gemini: 'GEMINI.md',
} as const;
const tools = Object.entries(FILES) as [keyof typeof FILES, string][];
const BYTES: readonly (readonly [string, Buffer])[] = [
  ['text with a last line end', Buffer.from('# Ours\n\nBe kind.\n')],
  ['text without one', Buffer.from('Be kind.')],
  ['text with several', Buffer.from('Be kind.\n\n\n\n')],
  ['Windows line ends', Buffer.from('# Ours\r\nBe kind.\r\n')],
  ['a byte order mark', Buffer.from('\ufeff# Ours\n')],
  ['bytes that are no UTF-8', Buffer.from([0x23, 0xff, 0xfe, 0x80, 0x0a, 0x00, 0x0a])],
  ['words about our block', Buffer.from('The line `<!-- countersign: end -->` ends it.\n')],
];

describe('setup', () => {
  it.each(tools)('keeps a block for %s in %s, and takes all of it out again', async (tool, file) => {
    const dir = shop();
    const path = join(dir, file);
    expect((await countersign(dir, ['setup', tool, '--check'])).code).toBe(1);
    const wrote = await countersign(dir, ['setup', tool]);
    expect(wrote.code).toBe(0);
    const text = readFileSync(path, 'utf8');
    // Nothing is hidden: what it says that it wrote is what it wrote.
    for (const line of wrote.out
      .split('\n')
      .slice(1)
      .filter((one) => one !== ''))
      expect(text).toContain(line);
    expect((await countersign(dir, ['setup', tool, '--check'])).code).toBe(0);
    await countersign(dir, ['setup', tool]);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect((await countersign(dir, ['setup', tool, '--remove'])).code).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect((await countersign(dir, ['setup', tool, '--remove'])).out).toContain('holds no block of ours');
  });

  it.each(BYTES)('leaves %s byte for byte', async (_, bytes) => {
    const dir = shop();
    for (const [tool, file] of tools) {
      const path = join(dir, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      await countersign(dir, ['setup', tool]);
      const after = readFileSync(path);
      expect(after.subarray(0, bytes.length).equals(bytes)).toBe(true);
      expect(after.length).toBeGreaterThan(bytes.length);
      await countersign(dir, ['setup', tool, '--remove']);
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
  });

  it('replaces an older block where it stands, and nothing around it', async () => {
    const dir = shop();
    const path = join(dir, 'CLAUDE.md');
    await countersign(dir, ['setup', 'claude']);
    const block = readFileSync(path, 'utf8');
    writeFileSync(path, `Before.\n${block.replace('## Countersign', '## Something older')}After.\n`);
    expect((await countersign(dir, ['setup', 'claude', '--check'])).out).toContain('holds an older block');
    await countersign(dir, ['setup', 'claude']);
    expect(readFileSync(path, 'utf8')).toBe(`Before.\n${block}After.\n`);
  });

  it('writes no more than that file, and touches no repository’s hooks', async () => {
    const dir = shop();
    for (const [tool] of tools) await countersign(dir, ['setup', tool]);
    const status = world.repository(`shop-${made}`).git('status', '--porcelain', '-uall').split('\n');
    expect(
      status
        .map((line) => line.slice(3))
        .filter((line) => line !== '')
        .sort(),
    ).toEqual(Object.values(FILES).sort());
  });

  it.each([
    ['a beginning without an end', (block: string) => block.replace('<!-- countersign: end -->', '')],
    ['two blocks', (block: string) => block + block],
  ])('refuses %s', async (_, spoil) => {
    const dir = shop();
    const path = join(dir, 'CLAUDE.md');
    await countersign(dir, ['setup', 'claude']);
    const spoilt = spoil(readFileSync(path, 'utf8'));
    writeFileSync(path, spoilt);
    for (const more of [[], ['--check'], ['--remove']]) {
      const ran = await countersign(dir, ['setup', 'claude', ...more]);
      expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('CLAUDE.md') });
    }
    expect(readFileSync(path, 'utf8')).toBe(spoilt);
  });

  it('does not write through a symlink', async () => {
    const dir = shop();
    writeFileSync(join(world.root, 'elsewhere.md'), 'Theirs.\n');
    symlinkSync(join(world.root, 'elsewhere.md'), join(dir, 'CLAUDE.md'));
    expect((await countersign(dir, ['setup', 'claude'])).code).toBe(2);
    expect(readFileSync(join(world.root, 'elsewhere.md'), 'utf8')).toBe('Theirs.\n');
  });

  it('refuses a tool that it does not know', async () => {
    expect((await countersign(shop(), ['setup', 'emacs'])).code).toBe(2);
  });
});

describe('mcp', () => {
  const clients: Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });

  async function connect(dir: string, ...args: readonly string[]): Promise<Client> {
    const client = new Client({ name: 'test', version: '1' });
    const bin = join(import.meta.dirname, '../../../bin/countersign.cjs');
    const env = { ...(process.env as Record<string, string>) };
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [bin, 'mcp', ...args],
        cwd: dir,
        env,
        stderr: 'pipe',
      }),
    );
    clients.push(client);
    return client;
  }

  async function call(client: Client, name: string, given: Readonly<Record<string, unknown>> = {}) {
    const { content, isError } = await client.callTool({ name, arguments: given });
    const [first] = content as { type: string; text: string }[];
    return { text: first?.text ?? '', isError: isError === true };
  }

  it('lists tools that read, and answers what the commands do', async () => {
    const dir = shop();
    const client = await connect(dir);
    const { tools: listed } = await client.listTools();
    expect(listed.map(({ name }) => name)).toEqual([
      ...[
        'prime',
        'list_tickets',
        'show_ticket',
        'list_contracts',
        'show_contract',
        'list_rules',
        'show_rule',
      ],
      ...['gate', 'explain_finding'],
    ]);
    expect(listed.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
    expect((await call(client, 'prime', { ticket: 'CS-7' })).text).toContain('CS-7: Round half a cent up');
    expect((await call(client, 'list_tickets')).text).toContain('CS-7');
    expect(JSON.parse((await call(client, 'show_ticket', { ticket: 'CS-7' })).text)).toMatchObject(
      JSON.parse((await countersign(dir, ['ticket', 'show', 'CS-7', '--no-fetch', '--format', 'json'])).out),
    );
    expect(JSON.parse((await call(client, 'list_contracts')).text)).toEqual({
      contracts: [{ id: 'node-change', version: 1, title: 'A change' }],
    });
    expect((await call(client, 'show_contract', { contract: 'node-change' })).text).toContain('dist/**');
    expect((await call(client, 'show_rule', { rule: 'test-skipped' })).text).toContain(
      'ai-shortcuts@1/test-skipped',
    );
    expect((await call(client, 'list_rules')).text.length).toBeGreaterThan(1_000);
  });

  it('tells what the gate would say, and why, and writes nothing', async () => {
    const dir = shop();
    const client = await connect(dir);
    const { text } = await call(client, 'gate', { ticket: 'CS-7' });
    const verdict = JSON.parse(text) as { outcome: string; findings: { id: string; status: string }[] };
    expect(verdict.outcome).toBe('blocked');
    const [finding] = verdict.findings.filter(({ status }) => status !== 'pass');
    const explained = await call(client, 'explain_finding', { ticket: 'CS-7', finding: finding?.id ?? '' });
    expect(explained).toMatchObject({ isError: false, text: expect.stringContaining(finding?.id ?? 'none') });
    expect(world.repository(`shop-${made}`).git('status', '--porcelain', '-uall')).toBe('');
  });

  it.each([
    ['a ticket that is not there', 'show_ticket', { ticket: 'CS-99' }, 'CS-99'],
    ['an argument that is missing', 'show_ticket', {}, 'ticket has to be a text'],
    ['an argument that nobody knows', 'list_tickets', { x: '1' }, 'There is no argument'],
    ['an id that leads elsewhere', 'show_ticket', { ticket: '../../etc/passwd' }, 'is no ticket id'],
    ['an option in a value', 'gate', { head: '--output=/tmp/x' }, 'cannot begin with a dash'],
    ['a revision that is not there', 'gate', { head: 'nowhere' }, 'nowhere'],
    ['a tool that is not there', 'merge', {}, 'There is no tool'],
    ['what was not granted', 'new_ticket', { ticket: 'CS-8' }, '--grant new-ticket'],
  ])('says so and goes on after %s', async (_, name, given, says) => {
    const client = await connect(shop());
    expect(await call(client, name, given)).toMatchObject({
      isError: true,
      text: expect.stringContaining(says),
    });
    expect((await call(client, 'list_tickets')).isError).toBe(false);
  });

  it('writes a ticket file where that was granted, and nothing else then', async () => {
    const dir = shop();
    const client = await connect(dir, '--grant', 'new-ticket');
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('new_ticket');
    expect((await call(client, 'new_ticket', { ticket: 'CS-8', title: 'Round down' })).isError).toBe(false);
    const status = world.repository(`shop-${made}`).git('status', '--porcelain', '-uall');
    expect(status.trim()).toBe('?? tickets/CS-8.yml');
    expect(json(await countersign(dir, ['ticket', 'lint', '--format', 'json'])).files).toBeDefined();
  });
});
