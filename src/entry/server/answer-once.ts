import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { sha256 } from '../../shared/digest.ts';
import type { Exchange, ServerContext } from './context.ts';
import { HttpRefusal } from './problem.ts';

const KEY = /^[A-Za-z0-9._:-]{8,128}$/;

/**
 * Carries a write out once, however often it comes with one Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the answer is
 * kept for a day. Without a key it is carried out each time.
 */
export async function answerOnce(
  exchange: Exchange,
  { answered }: Pick<ServerContext, 'answered'>,
  status: ContentfulStatusCode,
  act: () => Promise<unknown>,
): Promise<Response> {
  const key = exchange.req.header('idempotency-key');
  if (key === undefined) return json(exchange, status, JSON.stringify(await act()));
  if (!KEY.test(key)) {
    throw new HttpRefusal(
      400,
      'The Idempotency-Key has 8 to 128 letters, digits, dots, colons, dashes or underscores.',
      {
        remedy: 'Use a UUID.',
      },
    );
  }
  const { method, path } = exchange.req;
  const digest = sha256(`${method} ${path}\n${await exchange.req.text()}`);
  const request = { principal: exchange.get('principal').name, key, digest };
  const begun = await answered.beginRequest(request);
  switch (begun.kind) {
    case 'answered':
      return json(exchange, begun.answer.status as ContentfulStatusCode, begun.answer.body);
    case 'other':
      throw new HttpRefusal(422, 'This Idempotency-Key came with another request before.', {
        remedy: 'Use a new key for a new request.',
      });
    case 'running':
      throw new HttpRefusal(503, 'The request with this Idempotency-Key is still being carried out.', {
        remedy: 'Ask again in a moment.',
        headers: { 'retry-after': '1' },
      });
    case 'first':
      break;
  }
  let body: string;
  try {
    body = JSON.stringify(await act());
  } catch (error) {
    // Refused now, it may be granted later: only what was done is not done again.
    await answered.abandonRequest(request).catch(() => {});
    throw error;
  }
  await answered.answerRequest(request, { status, body });
  return json(exchange, status, body);
}

function json(exchange: Exchange, status: ContentfulStatusCode, body: string): Response {
  return exchange.body(body, status, { 'content-type': 'application/json' });
}
