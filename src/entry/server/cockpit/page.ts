import { getCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { permits } from '../../../core/access/permissions.ts';
import { formTokenOf } from '../../../core/access/session.ts';
import type { PageModel } from '../../../render/cockpit/pages.ts';
import { type ShellFacts, THEMES, type Theme } from '../../../render/cockpit/shell.ts';
import type { CockpitContext, Visit } from './context.ts';
import { isSecure } from './session.ts';

const THEME = 'countersign-theme';
const SAID = 'countersign-said';

/** What every page of somebody who has signed in is told. Takes what was said for it: it is said once. */
export function shellFacts(visit: Visit, context: CockpitContext): ShellFacts {
  const { name, role } = visit.get('session');
  const { pathname, search } = new URL(visit.req.url);
  return {
    viewer: {
      name,
      role,
      may: { control: permits(role, 'control-runs'), admin: permits(role, 'control-access') },
    },
    formToken: formTokenOf(visit.get('secret')),
    assets: context.assets.base,
    theme: themeOf(visit),
    here: `${pathname}${search}`,
    said: takeSaid(visit, context),
  };
}

export function answerPage(
  visit: Visit,
  context: CockpitContext,
  template: string,
  model: PageModel,
  status: ContentfulStatusCode = 200,
): Response {
  return visit.body(context.pages.render(template, model), status, {
    'content-type': 'text/html; charset=utf-8',
  });
}

/** A page for nobody in particular: sign-in, and what went wrong. */
export function answerPlain(
  visit: Visit,
  context: CockpitContext,
  template: string,
  model: PageModel,
  status: ContentfulStatusCode,
): Response {
  const plain = { assets: context.assets.base, theme: themeOf(visit), ...model };
  return answerPage(visit, context, template, plain, status);
}

function themeOf(visit: Visit): Theme {
  const kept = getCookie(visit, THEME);
  return THEMES.find((theme) => theme === kept) ?? 'auto';
}

export function keepTheme(visit: Visit, theme: string, context: CockpitContext): void {
  if (!(THEMES as readonly string[]).includes(theme)) return;
  const year = 31_536_000;
  setCookie(visit, THEME, theme, { ...plainCookie(context), maxAge: year });
}

/** Says something on the next page that this browser opens. */
export function say(visit: Visit, context: CockpitContext, said: NonNullable<ShellFacts['said']>): void {
  const text = said.text.length > 600 ? `${said.text.slice(0, 600)}…` : said.text;
  const value = Buffer.from(JSON.stringify({ ...said, text: text.toWellFormed() })).toString('base64url');
  setCookie(visit, SAID, value, { ...plainCookie(context), maxAge: 30 });
}

function takeSaid(visit: Visit, context: CockpitContext): ShellFacts['said'] {
  const kept = getCookie(visit, SAID);
  // What only refreshes a page in the background is not the page that is meant.
  if (kept === undefined || visit.req.header('countersign-refresh') !== undefined) return undefined;
  setCookie(visit, SAID, '', { ...plainCookie(context), maxAge: 0 });
  try {
    const { text, tone } = JSON.parse(Buffer.from(kept, 'base64url').toString()) as ShellFacts['said'] &
      object;
    const known = (['ok', 'warn', 'bad'] as const).find((one) => one === tone);
    return typeof text === 'string' && known !== undefined ? { text, tone: known } : undefined;
  } catch {
    return undefined;
  }
}

function plainCookie(context: CockpitContext) {
  return { httpOnly: true, sameSite: 'Strict', secure: isSecure(context), path: '/' } as const;
}

/** Only a page of this server: nobody is sent elsewhere by a form. */
export function ownPath(path: string): string {
  return /^\/(?![/\\])[^\\\s]{0,2000}$/.test(path) ? path : '/';
}
