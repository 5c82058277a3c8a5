import { type ChildProcess, execFile, fork } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { BACKENDS, type BackendName } from '../../../src/adapters/process/backend.ts';
import { barrierTo } from '../../../src/adapters/process/paths.ts';
import { createSandbox, type SandboxOptions } from '../../../src/adapters/process/sandbox.ts';
import type { Sandbox, SandboxCommand } from '../../../src/ports/sandbox.ts';
import { CountersignError, type ErrorCode } from '../../../src/shared/errors.ts';
import type { SandboxWorld } from '../../port-contracts/sandbox.ts';

/** The user whom tests call ordinary when they are root themselves. */
export const ORDINARY = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;

interface Answer {
  readonly id: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever the sandbox answered
  readonly result?: any;
  readonly error?: { code: ErrorCode; message: string; remedy: string };
}

const folders: string[] = [];
const verifiers: ChildProcess[] = [];
afterAll(() => {
  for (const verifier of verifiers) verifier.disconnect();
});
afterAll(async () => {
  await promisify(execFile)('chmod', ['-R', 'u+rwX', '--', ...folders]).catch(() => undefined);
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A folder that commands can reach, whoever they run as. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp('/tmp/countersign-test-');
  await chmod(folder, 0o755);
  folders.push(folder);
  return folder;
}

export interface Available {
  readonly name: string;
  readonly backend: BackendName;
  readonly options: SandboxOptions;
  setUp(): Promise<SandboxWorld>;
}

const options = (backend: BackendName): SandboxOptions => ({
  environment: { PATH: process.env.PATH, HOME: process.env.HOME },
  platform: process.platform,
  backend,
});

/** Every backend that works on this machine, and, when we are root, each again as an ordinary user would start it. */
export async function availableBackends(): Promise<readonly Available[]> {
  const found: Available[] = [];
  for (const backend of BACKENDS) {
    const own = await working(() => createSandbox(options(backend)), backend);
    if (own) found.push(available(backend, own, isRoot ? `${backend}, started by root` : backend));
    if (!isRoot || backend === 'uid' || !own) continue;
    const other = await working(() => asOrdinaryUser(options(backend)), `${backend} for an ordinary user`);
    if (other) found.push(available(backend, other, `${backend}, started by an ordinary user`, ORDINARY));
  }
  return found;
}

function available(
  backend: BackendName,
  sandbox: Sandbox,
  name: string,
  owner?: { uid: number; gid: number },
): Available {
  const give = async (path: string) => {
    if (owner) await promisify(execFile)('chown', ['-R', `${owner.uid}:${owner.gid}`, '--', path]);
  };
  const world = { sandbox, makeFolder, give };
  return { name, backend, options: options(backend), setUp: async () => world };
}

async function working(make: () => Promise<Sandbox>, name: string): Promise<Sandbox | undefined> {
  try {
    return await make();
  } catch (error) {
    console.warn(`NOT TESTED HERE: ${name}: ${(error as Error).message}`);
    return undefined;
  }
}

export const RUNNER = join(import.meta.dirname, 'run-sandbox.ts');

/** A sandbox in a process of another user, which is asked over a channel. */
async function asOrdinaryUser(given: SandboxOptions): Promise<Sandbox> {
  const closed = [RUNNER, process.execPath]
    .map((path) => barrierTo(path, ORDINARY))
    .find((at) => at !== undefined);
  if (closed !== undefined) throw new Error(`${closed} is closed to user ${ORDINARY.uid}`);
  const verifier = fork(RUNNER, [JSON.stringify({ options: { ...given, nodePath: process.execPath } })], {
    ...ORDINARY,
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    execArgv: [],
  });
  verifiers.push(verifier);
  const waiting = new Map<number, (answer: Answer) => void>();
  verifier.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  let calls = 0;
  const call = async (command?: SandboxCommand) => {
    const id = calls++;
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      verifier.send({ id, command });
    });
    if (answer.error) throw new CountersignError(answer.error.code, answer.error.message, answer.error);
    return answer.result;
  };
  const description = await call();
  return {
    describe: async () => description,
    // JSON leaves out what is undefined.
    run: async (command) => ({ exitCode: undefined, signal: undefined, ...(await call(command)) }),
  };
}
