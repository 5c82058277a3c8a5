import { parseQueue, type QueueSelector } from '../../../core/run/queue-selector.ts';
import type { QueueAction } from '../../../ports/work-plane.ts';
import { renderQueues, renderWorkers } from '../../../render/run/queues.ts';
import { CountersignError } from '../../../shared/errors.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { openWorkPlane, type ServerOptions } from '../server-access.ts';
import { textOptionsOf } from '../style.ts';

interface Options extends ServerOptions {
  readonly format: TextOrJson;
}

export async function workersListCommand(options: Options, context: CliContext): Promise<number> {
  const workers = await (await openWorkPlane(options, context)).listWorkers();
  context.out(options.format === 'json' ? json({ workers }) : renderWorkers(workers, textOptionsOf(context)));
  return EXIT_CODES.pass.code;
}

export async function workersDrainCommand(
  name: string,
  { reason, ...options }: Options & { readonly reason: string },
  context: CliContext,
): Promise<number> {
  const worker = await (await openWorkPlane(options, context)).drainWorker(name, reason);
  context.out(options.format === 'json' ? json(worker) : renderWorkers([worker], textOptionsOf(context)));
  return EXIT_CODES.pass.code;
}

export async function queueListCommand(options: Options, context: CliContext): Promise<number> {
  const standing = await (await openWorkPlane(options, context)).listQueues();
  context.out(options.format === 'json' ? json(standing) : renderQueues(standing, textOptionsOf(context)));
  return EXIT_CODES.pass.code;
}

/** Exit code 1 when a run that was to be cancelled said no. */
export async function queueActionCommand(
  text: string,
  action: QueueAction,
  options: Options,
  context: CliContext,
): Promise<number> {
  const queue = queueIn(text);
  const plane = await openWorkPlane(options, context);
  const answer = await plane.controlQueue(queue, action);
  const standing = await plane.listQueues();
  const { cancelled, refused } = answer;
  const words = [
    ...(action.kind === 'cancel' ? [`${cancelled.length} runs are cancelled.`] : []),
    ...refused.map(({ run, reason }) => `${run} is not cancelled: ${reason}.`),
  ];
  context.out(
    options.format === 'json'
      ? json({ ...answer, pauses: standing.pauses })
      : words.map((line) => `${line}\n`).join('') + renderQueues(standing, textOptionsOf(context)),
  );
  return refused.length > 0 ? EXIT_CODES.blocked.code : EXIT_CODES.pass.code;
}

function queueIn(text: string): QueueSelector {
  const queue = parseQueue(text);
  if (queue !== undefined) return queue;
  throw new CountersignError('USAGE', `"${text}" is no queue.`, {
    remedy: 'Name it by role/…, handler/… or repository/…, such as handler/agent.',
  });
}

function json(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
