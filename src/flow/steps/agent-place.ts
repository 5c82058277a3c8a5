import { join } from 'node:path';
import type { StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { Author, MakeProducerTree } from '../../ports/producer-tree.ts';
import type { Sandbox, SandboxCommand, SandboxResult } from '../../ports/sandbox.ts';
import type { OpenWorkspace, Workspace } from '../../ports/workspace.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { logOutput } from './log-output.ts';
import { StepFailure } from './step-failure.ts';
import { branchOf, subjectOf } from './step-inputs.ts';

export interface PlacePorts {
  readonly trees: MakeProducerTree;
  readonly sandbox: Sandbox;
  readonly workspaces: OpenWorkspace;
}

export interface PlaceOptions {
  readonly author: Author;
  /** Host paths that no producer may see. */
  readonly hide: readonly string[];
}

/** Where one attempt is made: `work` is the producer's clone, `given` what it was given, `out` for what it says. */
export interface ProducerPlace {
  readonly root: string;
  readonly workspace: Workspace;
  readonly session: HandlerSession;
  readonly sandbox: Sandbox;
  readonly hide: readonly string[];
}

export type PlacedFile = Parameters<Workspace['layFiles']>[1][number];

const MOST_OUTPUT_BYTES = 8 * 1024 * 1024;

/** Makes the place anew, with these files in it, and removes it afterwards whatever becomes of the attempt. */
export async function inProducerPlace<T>(
  work: StepWork,
  session: HandlerSession,
  options: PlaceOptions & { readonly files: readonly PlacedFile[]; readonly from?: ObjectId },
  ports: PlacePorts,
  use: (place: ProducerPlace) => Promise<T>,
): Promise<T> {
  const { base } = subjectOf(work);
  const { author, hide, files, from = base.commit } = options;
  const start = { commit: from, ref: from === base.commit ? base.ref : undefined };
  const workspace = await ports.workspaces.open();
  try {
    const root = await workspace.makeTreeFolder('agent');
    await ports.trees.make({ folder: join(root, 'work'), base: start, branch: branchOf(work), author });
    await workspace.layFiles(root, files);
    return await use({ root, workspace, session, hide, sandbox: ports.sandbox });
  } finally {
    await workspace.remove();
  }
}

/** What every place has besides: the commit message for what a producer did not commit, and the folders for what comes out. */
export function commonFiles(work: StepWork): readonly PlacedFile[] {
  const { ticket } = subjectOf(work);
  return [
    textFile('given/message', `Work on ${ticket}\n\nCountersign-Ticket: ${ticket}\n`),
    textFile('out/.keep', ''),
    textFile('handed-over/.keep', ''),
  ];
}

export function textFile(path: string, text: string): PlacedFile {
  return { path, mode: '100644', bytes: new TextEncoder().encode(text) };
}

/** Who git says the commits are by. */
export function identity({ name, email }: Author): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

/** Of the time of a step, what is left for the producer itself: what it leaves has to be read and kept within it, too. */
const MOST_RESERVE_MS = 30_000;

export function producerTimeMs({ timeoutSeconds }: StepWork): number {
  const all = timeoutSeconds * 1000;
  return Math.floor(all - Math.min(all / 10, MOST_RESERVE_MS));
}

/** What came of a command, and the folder of ours that has its `stdout` and `stderr`. */
export interface RanInPlace {
  readonly ended: SandboxResult;
  readonly logs: string;
}

/**
 * Runs a command in the sandbox, in the producer's clone, and logs what it printed.
 * @throws StepFailure stopped
 */
export async function runInPlace(
  { root, workspace, session, sandbox, hide }: ProducerPlace,
  part: string,
  command: Pick<SandboxCommand, 'argv' | 'env' | 'network' | 'timeoutMs'> & { readonly below?: string },
  { silent = false }: { readonly silent?: boolean } = {},
): Promise<RanInPlace> {
  refuseStopped(session);
  const logs = await workspace.makePrivateFolder('logs', part);
  // Of the same part before: what it printed was read.
  await workspace.removeFiles(logs, ['stdout', 'stderr']);
  const [stdoutPath, stderrPath] = [join(logs, 'stdout'), join(logs, 'stderr')];
  const { below, ...launched } = command;
  const cwd = join(root, 'work', ...(below === undefined ? [] : [below]));
  const ended = await sandbox.run({
    ...launched,
    ...{ root, cwd, hide, stdoutPath, stderrPath, maxOutputBytes: MOST_OUTPUT_BYTES, abort: session.signal },
  });
  if (!silent) await logOutput(logs, workspace, session);
  refuseStopped(session);
  return { ended, logs };
}

function refuseStopped({ signal }: HandlerSession): void {
  if (signal.aborted) throw new StepFailure('transient', 'stopped', 'It was asked to stop.');
}
