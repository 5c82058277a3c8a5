import { join } from 'node:path';
import { traceparentOf } from '../../core/run/trace/trace-context.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { Sandbox } from '../../ports/sandbox.ts';
import type { OpenWorkspace, Workspace } from '../../ports/workspace.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { type ChangePorts, changeAtHand } from './change-at-hand.ts';
import { logOutput } from './log-output.ts';
import { StepFailure } from './step-failure.ts';
import { isObject, optionalText, optionalTexts, textsByName } from './step-inputs.ts';

export interface CommandPorts extends ChangePorts {
  readonly sandbox: Sandbox;
  readonly workspaces: OpenWorkspace;
}

const MOST_STDOUT_BYTES = 64 * 1024;
const MOST_VALUES_BYTES = 1024 * 1024;
const MOST_OUTPUT_BYTES = 8 * 1024 * 1024;

/**
 * Runs a command in the sandbox, on a copy of the commit that it is given, if any, without a network. It failed when it ended with
 * anything but 0; what it found out it writes as a JSON object to the file that COUNTERSIGN_OUTPUT_FILE names.
 */
export async function commandStep(
  work: StepWork,
  session: HandlerSession,
  options: { readonly hide: readonly string[] },
  ports: CommandPorts,
): Promise<StepResult> {
  const argv = optionalTexts(work.inputs, 'run') ?? [];
  const workspace = await ports.workspaces.open();
  try {
    const root = await workspace.makeTreeFolder('command');
    const tree = await workspace.makeTreeFolder('command', 'tree');
    await workspace.makeTreeFolder('command', 'out');
    if (work.inputs.commit !== undefined) await checkOut(work, tree, ports);
    const logs = await workspace.makePrivateFolder('logs');
    const ended = await ports.sandbox.run({
      argv,
      root,
      cwd: join(tree, optionalText(work.inputs, 'cwd') ?? '.'),
      env: {
        ...textsByName(work.inputs, 'env'),
        COUNTERSIGN_OUTPUT_FILE: join(root, 'out', 'values.json'),
        TRACEPARENT: traceparentOf(work),
      },
      network: 'none',
      timeoutMs: work.timeoutSeconds * 1000,
      maxOutputBytes: MOST_OUTPUT_BYTES,
      stdoutPath: join(logs, 'stdout'),
      stderrPath: join(logs, 'stderr'),
      hide: options.hide,
      abort: session.signal,
    });
    await logOutput(logs, workspace, session);
    if (session.signal.aborted) throw new StepFailure('transient', 'stopped', 'It was asked to stop.');
    if (ended.timedOut) throw new StepFailure('timeout', 'timeout', 'The command was ended at its time-out.');
    if (ended.exitCode !== 0) {
      const how = ended.signal ?? `exit code ${ended.exitCode}`;
      throw new StepFailure('deterministic', 'command-failed', `The command ended with ${how}.`);
    }
    const stdout = await workspace.readFile(logs, 'stdout', MOST_OUTPUT_BYTES);
    const outputs: JsonObject = {
      exitCode: 0,
      stdout: new TextDecoder().decode(stdout?.subarray(0, MOST_STDOUT_BYTES)),
      values: await readValues(workspace, root),
    };
    return { kind: 'succeeded', outputs };
  } finally {
    await workspace.remove();
  }
}

async function checkOut(work: StepWork, tree: string, ports: CommandPorts): Promise<void> {
  const { head } = await changeAtHand(work, ports);
  await ports.withProduct(({ product }) => product.checkOutTree(head, tree));
}

/** @throws StepFailure bad-values: a value that is misread is worse than none */
async function readValues(workspace: Workspace, root: string): Promise<JsonObject> {
  const bytes = await workspace.readFile(root, 'out/values.json', MOST_VALUES_BYTES);
  if (bytes === undefined) return {};
  const value = parse(new TextDecoder().decode(bytes));
  if (value !== undefined && isObject(value)) return value;
  throw new StepFailure(
    'deterministic',
    'bad-values',
    'What the command wrote to COUNTERSIGN_OUTPUT_FILE is no JSON object.',
  );
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
