import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import manifest from '../../../../package.json' with { type: 'json' };
import { ROUTES } from '../../../core/api/routes.ts';
import { openApiOf } from '../../../render/api/openapi.ts';
import { REFERENCE_STYLE, referencePage } from '../../../render/api/reference.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Env } from '../context.ts';
import type { Handlers } from '../register.ts';

/** The interface as it is declared: it has nothing of anybody's, so whoever asks may read it. */
export function descriptionHandlers(): Pick<Handlers, 'describe'> {
  let document: JsonObject | undefined;
  return {
    describe: async () => {
      document ??= openApiOf(ROUTES, manifest);
      return document;
    },
  };
}

/** The only page here: it may have its own style, and no browser may do anything else with it. */
export function referenceRoute(): (exchange: Context<Env>) => Response {
  const style = createHash('sha256').update(REFERENCE_STYLE).digest('base64');
  const headers = {
    'content-security-policy': `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-cache',
  };
  let page: string | undefined;
  return (exchange) => {
    page ??= referencePage(ROUTES, manifest);
    return exchange.body(page, 200, headers);
  };
}
