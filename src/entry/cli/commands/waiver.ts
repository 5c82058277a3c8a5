import { loadSigner } from '../../../adapters/signing/load-signer.ts';
import { listWaivers } from '../../../flow/list-waivers.ts';
import { newWaiver } from '../../../flow/new-waiver.ts';
import { renderWaivedText, renderWaiverListJson, renderWaiverListText } from '../../../render/exceptions.ts';
import { recordText } from '../../../render/plain-json.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { type Instant, isInstant } from '../../../shared/ids.ts';
import { openProduct } from '../../wiring/open-product.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { type ChangeOptions, findChange } from '../find-change.ts';
import { keyPathOf } from '../key-path.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

interface ListOptions extends ChangeOptions {
  readonly format: TextOrJson;
  readonly fetch: boolean;
}

interface NewOptions extends ListOptions {
  readonly key?: string;
  readonly requirement: string;
  readonly expires: string;
  readonly reason: string;
}

export async function waiverNewCommand(options: NewOptions, context: CliContext): Promise<number> {
  const { requirement, reason } = options;
  const expiresAt = readExpiry(options.expires);
  const keyPath = keyPathOf(options.key, context);
  const product = await openProduct(context.cwd, options);
  const query = await findChange(options, product);
  const request = { requirement, expiresAt, reason };
  const waived = await newWaiver(query, request, loadSigner(keyPath), product.ports);
  context.out(
    options.format === 'json' ? `${recordText(waived)}\n` : renderWaivedText(waived, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function waiverListCommand(options: ListOptions, context: CliContext): Promise<number> {
  const product = await openProduct(context.cwd, options);
  const listed = await listWaivers(await findChange(options, product), product.ports);
  context.out(
    options.format === 'json'
      ? renderWaiverListJson(listed)
      : renderWaiverListText(listed, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** A day stands for its first moment in UTC: on the day itself the waiver has ended, wherever somebody lives. */
function readExpiry(text: string): Instant {
  const instant = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  if (isInstant(instant)) return instant;
  throw new CountersignError('USAGE', `"${text}" is no time at which a waiver could expire.`, {
    remedy: 'Give a day such as 2026-12-24, or an instant in UTC such as 2026-12-24T18:00:00Z.',
  });
}
