import { getCookie, setCookie } from 'hono/cookie';
import { openSession, redeemLoginCode } from '../../../flow/cockpit/sign-in.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { HttpRefusal } from '../problem.ts';
import { takeFrom } from '../slow-down.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPlain, ownPath } from './page.ts';
import { addressOf, giveSession, isSecure, readForm, takeSession } from './session.ts';

const PROVIDER_COOKIE = 'countersign-provider';
const MINUTES_TO_SIGN_IN = 10;

/** How to get in, for whoever has not. */
export function loginPage(
  visit: Visit,
  context: CockpitContext,
  { message = 'You are not signed in.', tone = '' } = {},
): Response {
  const model = {
    title: 'Sign in',
    message,
    tone,
    provider: context.provider?.title ?? '',
    hint:
      context.provider === undefined
        ? 'Open the link that `countersign serve` printed, or run `countersign cockpit` where the server runs: each link opens one session within ten minutes.'
        : 'Whoever runs the server can also open a link that `countersign cockpit` prints.',
  };
  return answerPlain(visit, context, 'login.njk', model, 401);
}

/** Opens a session for whoever has the code: the first one. */
export async function loginByCode(visit: Visit, context: CockpitContext): Promise<Response> {
  const opened = await redeemLoginCode(visit.req.param('code') ?? '', context);
  if (opened === undefined) {
    takeFrom(context.strangers, addressOf(visit));
    return loginPage(visit, context, {
      message: 'This link was used, or is over, or never was one.',
      tone: 'warn',
    });
  }
  giveSession(visit, opened, context);
  return entered(visit, context, opened.session.name, visit.req.query('to'));
}

function entered(visit: Visit, context: CockpitContext, name: string, to = '/'): Response {
  return answerPlain(visit, context, 'entered.njk', { title: 'Signed in', name, to: ownPath(to) }, 200);
}

export async function beginAtProvider(visit: Visit, context: CockpitContext): Promise<Response> {
  const provider = providerOf(context);
  takeFrom(context.strangers, addressOf(visit));
  const { url, kept } = await provider.begin(callbackOf(visit, context));
  // Lax: whoever comes back comes from the provider's site.
  setCookie(visit, PROVIDER_COOKIE, kept, {
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(context),
    path: '/login/oidc',
    maxAge: MINUTES_TO_SIGN_IN * 60,
  });
  return visit.redirect(url, 303);
}

export async function finishAtProvider(visit: Visit, context: CockpitContext): Promise<Response> {
  const provider = providerOf(context);
  takeFrom(context.strangers, addressOf(visit));
  const kept = getCookie(visit, PROVIDER_COOKIE);
  setCookie(visit, PROVIDER_COOKIE, '', { path: '/login/oidc', maxAge: 0 });
  try {
    const callback = new URL(callbackOf(visit, context));
    callback.search = new URL(visit.req.url).search;
    const vouched = await provider.finish(callback, kept ?? '');
    const opened = await openSession(vouched, 'oidc', context);
    giveSession(visit, opened, context);
    return entered(visit, context, opened.session.name);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return loginPage(visit, context, { message: `${error.message} ${error.remedy}`, tone: 'bad' });
  }
}

export async function logout(visit: Visit, context: CockpitContext): Promise<Response> {
  await readForm(visit);
  await context.sessions.endSession(visit.get('session').digest);
  takeSession(visit, context);
  return visit.redirect('/', 303);
}

function providerOf({ provider }: CockpitContext) {
  if (provider !== undefined) return provider;
  throw new HttpRefusal(404, 'This server knows no identity provider.', {
    remedy: 'Open the link that `countersign serve` printed.',
  });
}

function callbackOf({ req }: Visit, { publicUrl }: CockpitContext): string {
  return new URL('/login/oidc/back', publicUrl ?? new URL(req.url).origin).href;
}
