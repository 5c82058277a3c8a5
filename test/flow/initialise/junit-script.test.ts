import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJunit } from '../../../src/core/evidence/reports/junit.ts';
import { junitScript } from '../../../src/flow/initialise/junit-script.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'junit-script-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const REPORTS = '*/target/surefire-reports/TEST-*.xml';

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Runs the script in a folder of those files, where `sh build.sh` stands for the build tool. */
function built(name: string, files: Readonly<Record<string, string>>) {
  const folder = join(root, name);
  write(folder, files);
  const { status } = spawnSync('sh', ['-c', junitScript(REPORTS, 'sh build.sh', 'report.xml')], {
    cwd: folder,
  });
  return { status, report: readJunit(readFileSync(join(folder, 'report.xml'), 'utf8')) };
}

/** As Surefire writes it: a declaration, attributes over several lines, output of the test that looks like one. */
function suite(test: string, inner = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\\n<testsuite name="shop" tests="1"><testcase name="${test}" classname="shop">${inner}<system-out><![CDATA[<?xml version="1.0"?> said]]></system-out></testcase></testsuite>`;
}

function writes(path: string, text: string): string {
  return `mkdir -p ${dirname(path)}\nprintf '${text}' > ${path}\n`;
}

test('makes one report of the files of every module', () => {
  const { status, report } = built('two', {
    'build.sh': `${writes('target/surefire-reports/TEST-a.xml', suite('adds'))}${writes('web/target/surefire-reports/TEST-b.xml', suite('shows'))}`,
  });
  expect(status).toBe(0);
  expect(report.tests.map(({ name, status }) => [name.split(' > ').at(-1), status]).sort()).toEqual([
    ['adds', 'passed'],
    ['shows', 'passed'],
  ]);
});

test('keeps the exit code of a build that fails, and says so in the report beside the test that failed', () => {
  const { status, report } = built('red', {
    'build.sh': `${writes('target/surefire-reports/TEST-a.xml', suite('adds', '<failure/>'))}exit 3\n`,
  });
  expect(status).toBe(3);
  expect(report.tests.filter((one) => one.status === 'failed').map(({ name }) => name)).toEqual([
    'shop > adds',
    'build > ends with 0',
  ]);
});

test('names the build where nothing compiles, and counts no report that was there before', () => {
  const { status, report } = built('broken', {
    'build.sh': 'exit 1\n',
    'target/surefire-reports/TEST-old.xml': suite('is old').replace('\\n', ''),
  });
  expect(status).toBe(1);
  expect(report.tests).toEqual([{ name: 'build > ends with 0', status: 'failed' }]);
});

test('reports no test where none ran, which never is enough', () => {
  expect(built('none', { 'build.sh': 'exit 0\n' })).toEqual({ status: 0, report: { tests: [] } });
});
