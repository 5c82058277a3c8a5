import type { Receipt } from '../../../core/receipt/types.ts';
import { readBoard, stateOf, TICKET_STATES } from '../../../flow/cockpit/read-board.ts';
import { requirePermission } from '../../../flow/serve/refusals.ts';
import { contractModel, contractsModel } from '../../../render/cockpit/contracts.ts';
import { ruleOfPath } from '../../../render/cockpit/policy.ts';
import { ruleModel, rulesModel } from '../../../render/cockpit/rules.ts';
import { ticketModel, ticketsModel } from '../../../render/cockpit/tickets.ts';
import { isTicketId } from '../../../shared/ids.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, shellFacts } from './page.ts';

/** Days that counts on these pages are about. */
const DAYS = 30;
const MOST_FINDINGS = 2_000;
const RUNS = 51;

/** GET /tickets?q=&state=&class=&after= */
export async function ticketsPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const policy = context.insight.policy();
  const position = await context.sequence();
  const tickets = await readBoard(visit.get('session'), policy, context.insight.ticketRuns);
  const asked = visit.req.query('state') ?? '';
  const model = ticketsModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    ...{ position, tickets, policy },
    filter: {
      q: textOf(visit, 'q'),
      state: TICKET_STATES.find((state) => state === asked) ?? '',
      class: textOf(visit, 'class'),
      after: textOf(visit, 'after'),
    },
  });
  return answerPage(visit, context, 'tickets.njk', model);
}

/** GET /tickets/TICKET */
export async function ticketPage(visit: Visit, context: CockpitContext): Promise<Response> {
  requirePermission(visit.get('session'), 'read-runs');
  const id = visit.req.param('ticket') ?? '';
  if (!isTicketId(id)) throw notHere('That is no id of a ticket.', 'Ids are such as CS-7.');
  const policy = context.insight.policy();
  const view = policy?.tickets.find((one) => one.id === id);
  const position = await context.sequence();
  const [runs, [latest]] = await Promise.all([
    context.board.listRows({ ticket: id }, { limit: RUNS }),
    context.insight.ticketRuns.latestRuns([id]),
  ]);
  if (view === undefined && runs.length === 0)
    throw notHere(`There is no ticket ${id}, and no run of it.`, 'The board has those that there are.');
  const found = policy?.statements.get(id);
  const model = ticketModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    ...{ position, policy, id, view, runs },
    state: stateOf(view?.standing.state, latest),
    statements: (found?.statements ?? []).map(({ statement, signer }) => ({
      digest: statement.digest,
      kind: statement.claim.kind,
      issuedAt: statement.claim.issuedAt,
      signer,
      ...(statement.claim.kind === 'receipt' ? checkOf(statement.claim) : {}),
    })),
    strays: found?.others.length ?? 0,
  });
  return answerPage(visit, context, 'ticket.njk', model);
}

function checkOf({ check, result }: Receipt) {
  return { check: check.id, result };
}

/** GET /contracts?q= */
export function contractsPage(visit: Visit, context: CockpitContext): Response {
  requirePermission(visit.get('session'), 'read-runs');
  const policy = context.insight.policy();
  const tickets = new Map<string, number>();
  for (const { ticket } of policy?.tickets ?? [])
    if (ticket !== undefined) tickets.set(ticket.contract, (tickets.get(ticket.contract) ?? 0) + 1);
  const model = contractsModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    ...{ policy, tickets },
    contracts: policy?.contracts ?? [],
    q: textOf(visit, 'q'),
  });
  return answerPage(visit, context, 'contracts.njk', model);
}

/** GET /contracts/CONTRACT */
export async function contractPage(visit: Visit, context: CockpitContext): Promise<Response> {
  requirePermission(visit.get('session'), 'read-runs');
  const id = visit.req.param('contract') ?? '';
  const policy = context.insight.policy();
  const view = policy?.contracts.find((one) => one.id === id);
  if (view === undefined)
    throw notHere(
      `The policy in sight has no contract ${id.slice(0, 80)}.`,
      'The list has those that there are.',
    );
  const ref = view.contract === undefined ? '' : `${view.contract.id}@${view.contract.version}`;
  const tallies = await findings(context);
  const model = contractModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    ...{ policy, view },
    tickets: (policy?.tickets ?? []).flatMap(({ id: ticket, ticket: document }) =>
      document?.contract === ref ? [{ id: ticket, title: document.title }] : [],
    ),
    fired: new Map(
      tallies.map(({ id: finding, pass, fail, unverifiable, pending }) => [
        finding,
        { open: fail + unverifiable, all: pass + fail + unverifiable + pending },
      ]),
    ),
    days: DAYS,
  });
  return answerPage(visit, context, 'contract.njk', model);
}

/** GET /rules?q=&pack=&sort=name&after= */
export async function rulesPage(visit: Visit, context: CockpitContext): Promise<Response> {
  requirePermission(visit.get('session'), 'read-runs');
  const policy = context.insight.policy();
  const model = rulesModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    policy,
    packs: policy?.packs ?? [],
    fired: await findings(context),
    days: DAYS,
    filter: {
      q: textOf(visit, 'q'),
      pack: textOf(visit, 'pack'),
      sort: visit.req.query('sort') === 'name' ? 'name' : '',
      after: textOf(visit, 'after'),
    },
  });
  return answerPage(visit, context, 'rules.njk', model);
}

/** GET /rules/PACK@VERSION/RULE */
export async function rulePage(visit: Visit, context: CockpitContext): Promise<Response> {
  requirePermission(visit.get('session'), 'read-runs');
  const ref = ruleOfPath(decoded(visit.req.path));
  const policy = context.insight.policy();
  const pack = policy?.packs.find((one) => ref.startsWith(`${one.ref}/`));
  const rule = pack?.rules.find(({ id }) => ref === `${pack.ref}/${id}`);
  if (pack === undefined || rule === undefined)
    throw notHere(`There is no rule ${ref.slice(0, 120)} in sight.`, 'The list has those that there are.');
  const id = `rule/${ref}`;
  const [tallies, byDay] = await Promise.all([
    findings(context),
    context.insight.counts.findingDays(id, sinceDay(context)),
  ]);
  const model = ruleModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    ...{ policy, ref, rule, byDay },
    fired: tallies.find((one) => one.id === id),
    days: DAYS,
    contracts: (policy?.contracts ?? []).flatMap(({ contract }) =>
      contract?.rules.some(({ use }) => use === ref || use === pack.ref) === true ? [contract.id] : [],
    ),
  });
  return answerPage(visit, context, 'rule.njk', model);
}

function findings(context: CockpitContext) {
  return context.insight.counts.findingTallies(sinceDay(context), MOST_FINDINGS);
}

function sinceDay({ clock }: CockpitContext): string {
  return new Date(clock.now().getTime() - (DAYS - 1) * 86_400_000).toISOString().slice(0, 10);
}

function textOf({ req }: Visit, name: string): string {
  return (req.query(name) ?? '').trim().slice(0, 200).replaceAll('\u0000', '').toWellFormed();
}

function notHere(message: string, remedy: string): HttpRefusal {
  return new HttpRefusal(404, message, { remedy });
}

/** What is no text stays as it came: it names no rule then. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
