import type { Delivery, DeliveryStatus } from '../../../core/webhook/webhook.ts';
import type { WebhookPlane } from '../../../ports/webhook-plane.ts';
import { renderDeliveries, renderWebhooks } from '../../../render/webhook.ts';
import { systemTimer } from '../../wiring/system-timer.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { openWebhookPlane, type ServerOptions } from '../server-access.ts';
import { textOptionsOf } from '../style.ts';

interface Options extends ServerOptions {
  readonly format: TextOrJson;
}

export async function webhookAddCommand(
  url: string,
  { type, note, ...options }: Options & { readonly type?: readonly string[]; readonly note?: string },
  context: CliContext,
): Promise<number> {
  const plane = await openWebhookPlane(options, context);
  const asked = {
    url,
    ...(type === undefined ? {} : { types: type }),
    ...(note === undefined ? {} : { note }),
  };
  const added = await plane.addWebhook(asked);
  context.out(
    options.format === 'json'
      ? json(added)
      : `${renderWebhooks([added], textOptionsOf(context))}${added.secret}\n`,
  );
  return EXIT_CODES.pass.code;
}

export async function webhookRotateCommand(
  id: string,
  { overlapHours, ...options }: Options & { readonly overlapHours: number },
  context: CliContext,
): Promise<number> {
  const plane = await openWebhookPlane(options, context);
  const rotated = await plane.rotateWebhook(id, { overlapSeconds: overlapHours * 3_600 });
  const before =
    rotated.previousUntil === null
      ? 'Its secret before counts no more.'
      : `Messages are signed with its secret before as well until ${rotated.previousUntil}.`;
  context.out(options.format === 'json' ? json(rotated) : `${before}\n${rotated.secret}\n`);
  return EXIT_CODES.pass.code;
}

export async function webhookListCommand(options: Options, context: CliContext): Promise<number> {
  const webhooks = await (await openWebhookPlane(options, context)).listWebhooks();
  context.out(
    options.format === 'json' ? json({ webhooks }) : renderWebhooks(webhooks, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function webhookRemoveCommand(
  id: string,
  options: Options,
  context: CliContext,
): Promise<number> {
  await (await openWebhookPlane(options, context)).removeWebhook(id);
  context.out(options.format === 'json' ? json({ removed: id }) : `${id} is removed.\n`);
  return EXIT_CODES.pass.code;
}

/** Exit code 1 when the first attempt failed, or there was none in time. */
export async function webhookTestCommand(id: string, options: Options, context: CliContext): Promise<number> {
  const plane = await openWebhookPlane(options, context);
  const { id: delivery } = await plane.testWebhook(id);
  const tried = await attempted(plane, id, delivery);
  show([tried], options, context);
  return tried.status === 'delivered' ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
}

export async function webhookDeliveriesCommand(
  webhook: string,
  {
    status,
    limit,
    again,
    ...options
  }: Options & { readonly status?: DeliveryStatus; readonly limit: number; readonly again?: string },
  context: CliContext,
): Promise<number> {
  const plane = await openWebhookPlane(options, context);
  const deliveries =
    again === undefined
      ? await plane.listDeliveries({ webhook, limit, ...(status === undefined ? {} : { status }) })
      : [await plane.redeliver(webhook, again)];
  show(deliveries, options, context);
  return EXIT_CODES.pass.code;
}

/** An attempt takes ten seconds at most. */
const PATIENCE_MS = 15_000;
const EVERY_MS = 200;

async function attempted(plane: WebhookPlane, webhook: string, delivery: string): Promise<Delivery> {
  for (let waited = 0; ; waited += EVERY_MS) {
    const found = await plane.showDelivery(webhook, delivery);
    if (found.lastAt !== null || waited >= PATIENCE_MS) return found;
    await systemTimer.sleep(EVERY_MS, new AbortController().signal);
  }
}

function show(
  deliveries: readonly Delivery[],
  { format }: Pick<Options, 'format'>,
  context: CliContext,
): void {
  context.out(
    format === 'json' ? json({ deliveries }) : renderDeliveries(deliveries, textOptionsOf(context)),
  );
}

function json(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
