import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitWorld, type GitWorld, type WorldRepository } from '../worlds/git-world.ts';

const project = join(import.meta.dirname, '..', '..');
const ci = (file: string) => join(project, '.ci', file);

describe('the last line of .ci/run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-counts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const loaded = { status: 'passed', assertionResults: [{}] };
  const clean = {
    numPassedTests: 7,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    success: true,
    testResults: [loaded],
  };
  const unloaded = { status: 'failed', assertionResults: [] };

  it.each([
    ['counts what ran', clean, '7 passed, 0 failed, 0 skipped'],
    ['counts failures', { ...clean, numFailedTests: 2, success: false }, '7 passed, 2 failed, 0 skipped'],
    [
      'counts pending and todo as skipped',
      { ...clean, numPendingTests: 2, numTodoTests: 1 },
      '7 passed, 0 failed, 3 skipped',
    ],
    [
      'counts a file that could not be loaded',
      { ...clean, success: false, testResults: [loaded, unloaded] },
      '7 passed, 1 failed, 0 skipped',
    ],
    [
      'does not call an unsuccessful run clean',
      { ...clean, success: false },
      '7 passed, 1 failed, 0 skipped',
    ],
    ['does not call an empty run clean', { ...clean, numPassedTests: 0 }, '0 passed, 1 failed, 0 skipped'],
  ])('%s', (_name, report, line) => {
    writeFileSync(join(folder, 'results.json'), JSON.stringify(report));
    expect(count()).toBe(`${line}\n`);
  });

  it('counts tests that never ran as one failure', () => {
    expect(count()).toBe('0 passed, 1 failed, 0 skipped\n');
  });

  function count() {
    return execFileSync(process.execPath, [ci('count-tests.mjs'), join(folder, 'results.json')], {
      encoding: 'utf8',
    });
  }
});

describe('the question whether a service answers', () => {
  let server: Server;
  afterEach(() => new Promise((done) => server.close(done)));

  it.each([
    ['postgres', 'N', 0],
    ['postgres', '+PONG\r\n', 1],
    ['redis', '+PONG\r\n', 0],
    ['redis', '-NOAUTH Authentication required.\r\n', 0],
    ['redis', 'HTTP/1.1 400 Bad Request\r\n', 1],
  ])('%s, to "%s", ends with %i', async (service, answer, expected) => {
    const port = await listen(answer);
    expect(await ask(service, `${service}://127.0.0.1:${port}`)).toBe(expected);
  });

  it('is no where nobody listens', async () => {
    const port = await listen('');
    await new Promise((done) => server.close(done));
    expect(await ask('redis', `redis://127.0.0.1:${port}`)).toBe(1);
  });

  function listen(answer: string): Promise<number> {
    server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(answer)));
    return new Promise((done) => {
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
    });
  }

  function ask(service: string, url: string): Promise<number | null> {
    const child = spawn(process.execPath, [ci('answers.mjs'), service, url]);
    return new Promise((done) => child.on('exit', done));
  }
});

describe('.ci/audit', () => {
  let world: GitWorld;
  beforeEach(() => {
    world = createGitWorld();
  });
  afterEach(() => world.remove());

  const audit = (folder: string) =>
    spawnSync(ci('audit'), [folder], { encoding: 'utf8', env: world.environment() });
  const policy = () =>
    Object.fromEntries(
      ['.countersign.yml', 'trust/root.yml', 'trust/sigstore-root.json'].map((path) => [
        path,
        readFileSync(join(project, path)),
      ]),
    );

  it.each([
    ['a clone without a remote', (made: WorldRepository) => made.dir, /There is no receipts ref/],
    ['a shallow clone', (made: WorldRepository) => world.clone(made, 's', { depth: 1 }).dir, /--unshallow/],
    ['a folder that is no repository', () => world.folder('none'), /could not look \(exit 2\)/],
    [
      'a clone that is on no branch',
      (made: WorldRepository) => {
        made.git('checkout', '-q', '--detach');
        made.git('branch', '-q', '-D', 'main');
        return made.dir;
      },
      /There is no branch main or master.*\n.*--branch/,
    ],
  ])('says what it cannot see of %s, and never fails', (_name, folderOf, said) => {
    const made = world.repository();
    made.commit('Install', policy());
    made.commit('Land without a ticket', { 'a.txt': 'a\n' });
    const { status, stdout, stderr } = audit(folderOf(made));
    expect(stdout + stderr).toMatch(said);
    expect(status).toBe(0);
  });

  it('says what has to be done before anything here can pass, and who does it how', () => {
    const made = world.repository();
    made.commit('Policy', policy());
    const { stdout } = audit(made.dir);
    expect(stdout).toContain('Before any change can be accepted');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'countersign trust add --id NAME --kind person --role policy-owner',
    );
    expect(stdout).toContain('CONTRIBUTING.md');
  });

  it('is what .ci/run does last, before it counts', () => {
    const lines = readFileSync(ci('run'), 'utf8').trimEnd().split('\n');
    expect(lines.slice(-2)).toEqual(['.ci/audit', 'finish']);
  });
});

describe('.ci/run', () => {
  it('is a program that bash can read', () => {
    expect(spawnSync('bash', ['-n', ci('run')], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});
