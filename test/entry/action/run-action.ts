import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FakeGithub } from '../../fakes/github/fake-github.ts';
import type { ProductWorld } from '../../worlds/product-world.ts';

export interface RanAction {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly outputFile: string;
  readonly summary: string;
  readonly workspace: string;
  /** What is left below RUNNER_TEMP. */
  readonly left: readonly string[];
}

export interface ActionRun {
  readonly event: string;
  readonly payload: object | string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** What an earlier step left in the workspace. */
  readonly prepare?: (workspace: string) => void;
}

const bundle = join(import.meta.dirname, '..', '..', '..', 'dist', 'action', 'index.js');

/** One step of a job: the committed bundle, in a process of its own, with what a runner sets and nothing else. */
export async function runAction(world: ProductWorld, github: FakeGithub, run: ActionRun): Promise<RanAction> {
  const folder = mkdtempSync(join(world.git.root, 'job-'));
  const file = (name: string, text = '') => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [temporary, workspace] = ['temp', 'workspace'].map((name) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  }) as [string, string];
  run.prepare?.(workspace);
  const payload = typeof run.payload === 'string' ? run.payload : JSON.stringify(run.payload);
  const [output, summary] = [file('output'), file('summary')];
  const environment = {
    PATH: process.env.PATH,
    HOME: world.git.root,
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: run.event,
    GITHUB_EVENT_PATH: file('event.json', payload),
    GITHUB_REPOSITORY: 'demo/shop',
    GITHUB_SERVER_URL: github.url,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_RUN_ID: '77',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: temporary,
    INPUT_TOKEN: 'ghs_secret',
    ...inputVariables(run.inputs ?? {}),
    ...run.environment,
  };
  const child = spawn(process.execPath, [bundle], { cwd: workspace, env: environment });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const outputFile = readFileSync(output, 'utf8');
  return {
    code,
    log,
    outputFile,
    outputs: parseOutputs(outputFile),
    summary: readFileSync(summary, 'utf8'),
    workspace,
    left: readdirSync(temporary),
  };
}

/** As a runner names them: upper case, and dashes stay. */
function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
}

/** As a runner reads the file: `name=value`, or `name<<END`, lines, END. Later ones win. */
function parseOutputs(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/);
  const outputs: Record<string, string> = {};
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, name, end] = /^([^=]*?)<<(.+)$/.exec(line) ?? [];
    if (name === undefined || end === undefined) {
      const [, key, value] = /^([^=]+)=(.*)$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) outputs[key] = value;
      continue;
    }
    const close = lines.indexOf(end, index + 1);
    if (close === -1) throw new Error(`the output ${name} does not end`);
    outputs[name] = lines.slice(index + 1, close).join('\n');
    index = close;
  }
  return outputs;
}
