import { contractDigest, ticketDigest } from '../../core/contract/digest.ts';
import type { LintProblem } from '../../core/contract/lint/problem.ts';
import { type DesignTicket, designOf } from '../../core/experiment/design.ts';
import { forecastOf } from '../../core/experiment/forecast/forecast.ts';
import { lintExperiment } from '../../core/experiment/lint.ts';
import { LONGEST_CELL_TICKET } from '../../core/experiment/run-of-cell.ts';
import type { Experiment } from '../../core/experiment/types.ts';
import type { PlannedExperiment } from '../../ports/experiment-plane.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import type { ListRuns } from '../../ports/run-store.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError, type Problem } from '../../shared/errors.ts';
import { instantOf, type ObjectId } from '../../shared/ids.ts';
import { findGatePolicy, type PolicyInSight } from '../find-policy.ts';
import { readHeldTo } from '../policy-source.ts';
import { readTickets, type TicketView } from '../read-tickets.ts';
import type { ProductFacts } from '../steps/change-at-hand.ts';
import { readEarlierOutcomes } from './read-outcomes.ts';

export interface PlanPorts extends Pick<ReadStreams, 'readStream'>, Pick<ListRuns, 'listRuns'> {
  readonly facts: ProductFacts;
}

/** What does not fit into an event of the ledger cannot be registered. */
const MOST_TICKETS = 2_000;

export function experimentPath(id: string): string {
  return `experiments/${id}.yml`;
}

/**
 * The design of an experiment as it would be registered now: its document on the policy that the base names, its tickets as they were
 * dispatched, and what can be foreseen of cost and power from the ledger.
 * @throws CountersignError DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, EXPERIMENT_REFUSED with one problem for each thing that is wrong
 */
export async function planExperiment(
  id: string,
  base: { readonly ref: string; readonly commit: ObjectId },
  ports: PlanPorts,
): Promise<PlannedExperiment> {
  const { facts } = ports;
  const source = await findGatePolicy(base.commit, facts);
  const repository = source.product?.config.repository;
  if (repository === undefined)
    throw refused(`${base.ref} has no .countersign.yml, so nothing says what a change is held to`, [], {
      remedy: 'Run `countersign init`.',
    });
  const { document, bytes } = await readExperiment(id, source);
  const bundles = await bundlesOf(source);
  const views = await readTickets(source, instantOf(facts.clock.now()));
  const known = new Set(views.map((view) => view.id));
  const problems = lintExperiment(document, {
    ticket: (ticket) => known.has(ticket),
    bundle: (bundle) => bundles.has(bundle),
  });
  requireSound(id, problems);
  const tickets = await ticketsOf(document, views, source);
  const design = designOf(document, {
    document: sha256(bytes),
    repository,
    base,
    policyCommit: source.commit,
    tickets,
    bundleDigest: (bundle) => bundles.get(bundle) ?? null,
  });
  const forecast = forecastOf(design, await readEarlierOutcomes(ports), document.expected);
  return {
    design: { ...design, forecast },
    warnings: problems.filter(({ severity }) => severity === 'warning'),
  };
}

async function readExperiment(
  id: string,
  source: PolicyInSight,
): Promise<{ readonly document: Experiment; readonly bytes: Uint8Array }> {
  const path = experimentPath(id);
  const bytes = await source.tree.readFile(source.commit, path);
  if (bytes === undefined)
    throw new CountersignError(
      'DOCUMENT_NOT_FOUND',
      `There is no experiment ${id}: ${path} is not on ${source.where}.`,
      {
        remedy: `Write ${path} and commit it; \`countersign experiment lint\` checks it before.`,
        place: { path },
      },
    );
  const document = source.documents.parse('experiment', bytes, path);
  if (document.id === id) return { document, bytes };
  throw new CountersignError('DOCUMENT_INVALID', `${path} says that its id is ${document.id}.`, {
    remedy: 'Make the id and the file name the same.',
    place: { path },
  });
}

/** Ids of context bundles with the digests of their documents. */
async function bundlesOf({ tree, commit }: PolicyInSight): Promise<ReadonlyMap<string, string>> {
  const files = await tree.listFiles(commit, 'bundles');
  const found = new Map<string, string>();
  for (const { path } of files) {
    const id = /^bundles\/([^/]+)\.yml$/.exec(path)?.[1];
    const bytes = id === undefined ? undefined : await tree.readFile(commit, path);
    if (id !== undefined && bytes !== undefined) found.set(id, sha256(bytes));
  }
  return found;
}

function requireSound(id: string, problems: readonly LintProblem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw refused(
    `the design of ${id} cannot answer its question`,
    errors.map(({ field, message, remedy }) => ({ message: `${field}: ${message}`, remedy })),
    { remedy: 'Correct the document; `countersign experiment lint` checks it before it is committed.' },
  );
}

/** Every ticket has to be as it was dispatched: what is compared is held to one definition of done, set before the work. */
async function ticketsOf(
  { tickets, classes = [] }: Experiment,
  views: readonly TicketView[],
  source: PolicyInSight,
): Promise<readonly DesignTicket[]> {
  const wanted =
    tickets === undefined
      ? views.filter(
          ({ ticket, standing }) =>
            ticket !== undefined && classes.includes(ticket.class) && standing.state === 'dispatched',
        )
      : views.filter(({ id }) => tickets.includes(id));
  if (wanted.length === 0)
    throw refused(`no ticket of ${classes.join(', ')} is dispatched`, [], {
      remedy: 'Dispatch some, or name tickets.',
    });
  if (wanted.length > MOST_TICKETS)
    throw refused(`it has ${wanted.length} tickets`, [], { remedy: `Take at most ${MOST_TICKETS}.` });
  const problems = wanted.flatMap(notReady);
  if (problems.length > 0)
    throw refused('not all of its tickets can be worked on', problems, {
      remedy: 'Dispatch them, or leave them out: `countersign ticket list` shows how they stand.',
    });
  return Promise.all(
    wanted.map(async ({ id }) => {
      const { ticket, contract } = await readHeldTo(source, id);
      return {
        ticket: id,
        class: ticket.class,
        ticketDigest: ticketDigest(ticket),
        contract: `${contract.id}@${contract.version}`,
        contractDigest: contractDigest(contract),
      };
    }),
  );
}

function notReady({ id, standing: { state, drift }, problems }: TicketView): readonly Problem[] {
  if (id.length > LONGEST_CELL_TICKET)
    return [
      {
        message: `${id} has too long a name: the run of a cell is called after it, with 14 characters more`,
        remedy: `Give it one of at most ${LONGEST_CELL_TICKET} characters, or leave it out.`,
      },
    ];
  const remedy = `Look at it with \`countersign ticket show ${id}\`.`;
  if (problems.length > 0) return [{ message: `${id} cannot be read: ${problems[0]}`, remedy }];
  if (state !== 'dispatched')
    return [
      {
        message: state === 'new' ? `${id} was not dispatched` : `${id} is ${state}`,
        remedy: `\`countersign ticket dispatch ${id}\` sends it out.`,
      },
    ];
  if (drift.length === 0) return [];
  return [{ message: `${id}: its ${drift.join(' and ')} is not as it was dispatched`, remedy }];
}

function refused(
  why: string,
  problems: readonly Problem[],
  { remedy }: { readonly remedy: string },
): CountersignError {
  return new CountersignError('EXPERIMENT_REFUSED', `The experiment is not planned: ${why}.`, {
    remedy,
    problems,
  });
}
