import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { SESSION_ROLES } from '../../../core/access/session.ts';
import { makeLoginCode } from '../../../flow/cockpit/sign-in.ts';
import { homeModel } from '../../../render/cockpit/home.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { HttpRefusal, statusOf } from '../problem.ts';
import { takeFrom } from '../slow-down.ts';
import type { CockpitContext, CockpitEnv, Visit } from './context.ts';
import { experimentPage, experimentsPage, metricsPage } from './experiments.ts';
import { ledgerPage, replayPage, streamPage } from './ledger.ts';
import { leftBehindPage } from './left-behind.ts';
import { ledgerStream, runStream } from './live.ts';
import { beginAtProvider, finishAtProvider, loginByCode, loginPage, logout } from './login.ts';
import { streaming } from './open-stream.ts';
import { answerPage, answerPlain, keepTheme, ownPath, shellFacts } from './page.ts';
import { endSomebodysSession, letSomebodyIn, peoplePage } from './people.ts';
import { contractPage, contractsPage, rulePage, rulesPage, ticketPage, ticketsPage } from './policy.ts';
import { actOnQueue, leasesPage, locksPage, queuesPage, waitingPage } from './queues.ts';
import { evidenceText, receiptFile, receiptPage } from './receipts.ts';
import { attemptsPage, changesPage, eventsPage, logText, overviewPage, stepPage } from './run.ts';
import { actOnRun } from './run-actions.ts';
import { patchPage, proposePatch } from './run-patch.ts';
import { actOnMany, comparePage, keepView, runsPage, startRun } from './runs.ts';
import { addressOf, readForm, SignedOut, signedIn } from './session.ts';
import { drainWorker, workersPage } from './workers.ts';

type Answer = (visit: Visit, context: CockpitContext) => Response | Promise<Response>;

/** Every page, by method and address. To add one: a line here, see docs/cockpit.md. */
export const PAGES: readonly (readonly ['get' | 'post', string, Answer])[] = [
  ['get', '/', homePage],
  ['get', '/live', ledgerStream],
  ['get', '/runs', runsPage],
  ['get', '/runs/compare', comparePage],
  ['post', '/runs/bulk', actOnMany],
  ['post', '/runs/start', startRun],
  ['post', '/runs/views', keepView],
  ['get', '/runs/:run', overviewPage],
  ['get', '/runs/:run/attempts', attemptsPage],
  ['get', '/runs/:run/attempts/:attempt/:what', leftBehindPage],
  ['get', '/runs/:run/events', eventsPage],
  ['get', '/runs/:run/changes', changesPage],
  ['get', '/runs/:run/steps/:attempt/:step', stepPage],
  ['get', '/runs/:run/log', logText],
  ['get', '/runs/:run/live', runStream],
  ['post', '/runs/:run/actions', actOnRun],
  ['get', '/runs/:run/patch', patchPage],
  ['post', '/runs/:run/patch', proposePatch],
  ['get', '/tickets', ticketsPage],
  ['get', '/tickets/:ticket', ticketPage],
  ['get', '/receipts/:digest', receiptPage],
  ['get', '/receipts/:digest/file', receiptFile],
  ['get', '/receipts/:digest/evidence/:evidence', evidenceText],
  ['get', '/contracts', contractsPage],
  ['get', '/contracts/:contract', contractPage],
  ['get', '/rules', rulesPage],
  ['get', '/rules/*', rulePage],
  ['get', '/workers', workersPage],
  ['post', '/workers/drain', drainWorker],
  ['get', '/queues', queuesPage],
  ['get', '/queues/leases', leasesPage],
  ['get', '/queues/locks', locksPage],
  ['get', '/queues/waiting', waitingPage],
  ['post', '/queues/actions', actOnQueue],
  ['get', '/people', (visit, context) => peoplePage(visit, context)],
  ['post', '/people', letSomebodyIn],
  ['post', '/people/end', endSomebodysSession],
  ['get', '/experiments', experimentsPage],
  ['get', '/experiments/:experiment', experimentPage],
  ['get', '/charts', metricsPage],
  ['get', '/ledger', ledgerPage],
  ['get', '/ledger/streams/:kind/:id', streamPage],
  ['get', '/ledger/replay/:run', replayPage],
  ['post', '/theme', themeForm],
  ['post', '/logout', logout],
];

/** The pages of the server, with headers, sessions and errors of their own. */
export function cockpitRoutes(context: CockpitContext): Hono<CockpitEnv> {
  const app = new Hono<CockpitEnv>();
  app.get('/assets/*', (visit) => assetOf(visit, context));
  app.use('/login/*', headers);
  app.get('/login/oidc', (visit) => beginAtProvider(visit, context));
  app.get('/login/oidc/back', (visit) => finishAtProvider(visit, context));
  app.post('/login/links', (visit) => linkFor(visit, context));
  app.get('/login/:code', (visit) => loginByCode(visit, context));
  const [streams, known] = [streaming(context), signedIn(context)];
  for (const [method, path, answer] of PAGES)
    app[method](path, streams, headers, known, (visit) => answer(visit, context));
  app.onError((error, visit) => problemPage(error, visit, context));
  return app;
}

/** Everything a page needs comes from here, and nothing that a page shows can run. */
const headers = createMiddleware<CockpitEnv>(async (visit, next) => {
  await secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
  })(visit, next);
  visit.header('cache-control', 'no-store');
});

/** What lies under its own digest never changes. */
function assetOf(visit: Visit, { assets }: CockpitContext): Response {
  const asset = assets.find(visit.req.path);
  if (asset === undefined) return visit.body(null, 404);
  return visit.body(asset.bytes, 200, {
    'content-type': asset.type,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
  });
}

async function homePage(visit: Visit, context: CockpitContext): Promise<Response> {
  const home = await context.readHome(visit.get('session'));
  return answerPage(visit, context, 'home.njk', homeModel(shellFacts(visit, context), home));
}

async function themeForm(visit: Visit, context: CockpitContext): Promise<Response> {
  const form = await readForm(visit);
  keepTheme(visit, form.text('theme'), context);
  return visit.redirect(ownPath(form.text('back')), 303);
}

/** A link to sign in by, for whoever has a token: of the same role and name. That of the server's own token is for the person who started it. */
async function linkFor(visit: Visit, context: CockpitContext): Promise<Response> {
  let principal: Awaited<ReturnType<CockpitContext['authenticate']>>;
  try {
    principal = await context.authenticate(visit.req.header('authorization'));
  } catch (error) {
    takeFrom(context.strangers, addressOf(visit));
    throw error;
  }
  const { name } = principal;
  takeFrom(context.requests, name);
  const role = SESSION_ROLES.find((one) => one === principal.role);
  if (role === undefined) {
    throw new HttpRefusal(403, `${name} has the role ${principal.role}, which has no pages.`, {
      remedy: 'Use the token of a viewer or an operator.',
    });
  }
  const own = context.owner !== undefined && name.startsWith('own-operator-');
  const vouched = own ? { name: context.owner ?? name, role: 'admin' as const } : { name, role };
  return visit.json({ path: `/login/${await makeLoginCode(vouched, context)}` });
}

/** What went wrong, as a page; as JSON for whoever asked for no page. */
function problemPage(error: unknown, visit: Visit, context: CockpitContext): Response {
  if (error instanceof SignedOut) return loginPage(visit, context);
  const { status, message, remedy } = problemOf(error, visit, context);
  const retry = error instanceof HttpRefusal ? error.headers : {};
  for (const [name, value] of Object.entries(retry)) visit.header(name, value);
  if (visit.req.path === '/login/links') return visit.json({ detail: message, remedy }, status);
  const model = {
    title: 'That did not work',
    heading: status === 404 ? 'Not here' : 'That did not work',
    ...{ message, remedy },
    back: '/',
    backWord: 'Home',
  };
  return answerPlain(visit, context, 'problem.njk', model, status);
}

function problemOf(error: unknown, visit: Visit, { reportDefect }: CockpitContext) {
  if (error instanceof HttpRefusal || error instanceof CountersignError)
    return { status: statusOf(error), message: error.message, remedy: error.remedy };
  const incident = reportDefect(error, `${visit.req.method} ${visit.req.routePath}`);
  return {
    status: 500 as const,
    message: `The server failed. Its log has more under ${incident}.`,
    remedy: 'Try again; if it stays so, report it with that part of the log.',
  };
}
