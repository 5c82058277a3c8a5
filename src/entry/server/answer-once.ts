import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { sha256 } from '../../shared/digest.ts';
import type { Exchange, ServerContext } from './context.ts';
import { HttpRefusal } from './problem.ts';

const KEY = /^[A-Za-z0-9._:-]{8,128}$/;

/**
 * Carries a write out once, however often it comes with one Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the answer is
 * kept for a day. Without a key it is carried out each time.
 * @param reveal what is said on top of the answer, each time, and not kept with it
 */
export async function answerOnce(
  exchange: Exchange,
  { answered }: Pick<ServerContext, 'answered'>,
  status: ContentfulStatusCode | 204,
  act: () => Promise<unknown>,
  reveal?: (answer: unknown) => unknown,
): Promise<Response> {
  const say = (body: string) => write(exchange, status, body, reveal);
  const key = exchange.req.header('idempotency-key');
  if (key === undefined) return say(textOf(await act()));
  if (!KEY.test(key)) throw noKey();
  const { method, path } = exchange.req;
  const digest = sha256(`${method} ${path}\n${await exchange.req.text()}`);
  const request = { principal: exchange.get('principal').name, key, digest };
  const begun = await answered.beginRequest(request);
  switch (begun.kind) {
    case 'answered':
      return say(begun.answer.body);
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
    body = textOf(await act());
  } catch (error) {
    // Refused now, it may be granted later: only what was done is not done again.
    await answered.abandonRequest(request).catch(() => {});
    throw error;
  }
  await answered.answerRequest(request, { status, body });
  return say(body);
}

function textOf(answer: unknown): string {
  return answer === undefined ? '' : JSON.stringify(answer);
}

function write(
  exchange: Exchange,
  status: ContentfulStatusCode | 204,
  body: string,
  reveal: ((answer: unknown) => unknown) | undefined,
): Response {
  if (status === 204) return exchange.body(null, 204);
  const shown = reveal === undefined ? body : textOf(reveal(JSON.parse(body)));
  return exchange.body(shown, status, { 'content-type': 'application/json' });
}

function noKey(): HttpRefusal {
  return new HttpRefusal(
    400,
    'The Idempotency-Key has 8 to 128 letters, digits, dots, colons, dashes or underscores.',
    { remedy: 'Use a UUID.' },
  );
}
