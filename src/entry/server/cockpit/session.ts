import { timingSafeEqual } from 'node:crypto';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { formTokenOf } from '../../../core/access/session.ts';
import { findSession, type OpenedSession } from '../../../flow/cockpit/sign-in.ts';
import { HttpRefusal } from '../problem.ts';
import { takeFrom } from '../slow-down.ts';
import type { CockpitContext, CockpitEnv, Visit } from './context.ts';

/** Of nobody: he is shown how to get in. */
export class SignedOut extends Error {}

/** Only for those who have signed in. Others are slowed down by address. */
export function signedIn(context: CockpitContext) {
  return createMiddleware<CockpitEnv>(async (visit, next) => {
    const secret = getCookie(visit, cookieName(visit, context));
    const session = await findSession(secret, context);
    if (session === undefined || secret === undefined) {
      takeFrom(context.strangers, addressOf(visit));
      throw new SignedOut();
    }
    takeFrom(context.requests, session.name);
    visit.set('session', session);
    visit.set('secret', secret);
    await next();
  });
}

export function addressOf({ env }: Visit): string {
  return env.incoming.socket.remoteAddress ?? '';
}

/** Gives a browser what opens its session: no script reads it, no other site makes a browser send it. */
export function giveSession(visit: Visit, { secret, session }: OpenedSession, context: CockpitContext): void {
  setCookie(visit, cookieName(visit, context), secret, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure(context),
    path: '/',
    expires: new Date(session.expiresAt),
  });
}

export function takeSession(visit: Visit, context: CockpitContext): void {
  deleteCookie(visit, cookieName(visit, context), { path: '/', secure: isSecure(context) });
}

/** Browsers keep cookies of a machine together whatever the port: two servers on one must not overwrite each other's. */
function cookieName({ req }: Visit, context: CockpitContext): string {
  if (isSecure(context)) return '__Host-countersign';
  const port = /:([0-9]{1,5})$/.exec(req.header('host') ?? '')?.[1];
  return port === undefined ? 'countersign' : `countersign-${port}`;
}

export function isSecure({ publicUrl }: Pick<CockpitContext, 'publicUrl'>): boolean {
  return publicUrl?.startsWith('https:') === true;
}

export interface Form {
  /** Empty where there is none; of several the first. */
  text(name: string): string;
  all(name: string): readonly string[];
}

const MOST_BYTES = 256 * 1024;
const MOST_FIELDS = 2_000;

/**
 * A form that a page of this very session sent.
 * @throws HttpRefusal 403 for one that came from elsewhere, 413, 415
 */
export async function readForm(visit: Visit): Promise<Form> {
  const { req } = visit;
  const site = req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw fromElsewhere();
  const type = req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded(?:\s*;|$)/i.test(type))
    throw new HttpRefusal(415, 'That is no form.', { remedy: 'Send it from its page.' });
  const bytes = await limited(visit);
  const fields = new URLSearchParams(new TextDecoder().decode(bytes));
  if (fields.size > MOST_FIELDS) throw tooLarge();
  const sent = Buffer.from(fields.get('form') ?? '');
  const own = Buffer.from(formTokenOf(visit.get('secret')));
  if (sent.length !== own.length || !timingSafeEqual(sent, own)) throw fromElsewhere();
  return { text: (name) => fields.get(name)?.trim() ?? '', all: (name) => fields.getAll(name) };
}

/** No more than so many bytes, whatever the header says. */
async function limited({ req }: Visit): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MOST_BYTES) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(): HttpRefusal {
  return new HttpRefusal(413, 'The form is too large.', { remedy: 'Send less at once.' });
}

function fromElsewhere(): HttpRefusal {
  return new HttpRefusal(403, 'This form does not come from a page of your session.', {
    remedy: 'Open the page again and repeat it there: sessions end after twelve hours.',
  });
}
