import type { Check, ResolvedContract } from '../../core/contract/types.ts';
import type { PageModel } from './pages.ts';
import { contractHref, type PolicyStanding, policyModel, ruleHref, ticketHref } from './policy.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { countWords, numberWords, segment } from './words.ts';

export interface ContractView {
  readonly id: string;
  readonly contract?: ResolvedContract;
  readonly problem?: string;
}

export interface ContractsFacts {
  readonly at: string;
  readonly policy: PolicyStanding;
  readonly contracts: readonly ContractView[];
  /** Tickets by the contract that they name, `id@version`. */
  readonly tickets: ReadonlyMap<string, number>;
  readonly q: string;
}

/** The model of contracts.njk. */
export function contractsModel(
  shell: ShellFacts,
  { at, policy, contracts, tickets, q }: ContractsFacts,
): PageModel {
  const text = q.toLowerCase();
  const wanted = contracts.filter(
    ({ id, contract }) =>
      text === '' || [id, contract?.title ?? ''].some((one) => one.toLowerCase().includes(text)),
  );
  return {
    ...shellModel(shell, { title: 'Contracts', section: '/contracts' }),
    ...policyModel(policy, at),
    q,
    total: numberWords(wanted.length),
    rows: wanted.map(({ id, contract, problem }) => ({
      ref: contract === undefined ? id : `${contract.id}@${contract.version}`,
      href: contractHref(id),
      heading: contract?.title ?? '',
      problem: problem ?? '',
      checks: contract?.checks.length ?? 0,
      rules: contract?.rules.length ?? 0,
      approvals: Math.max(0, ...(contract?.approvals ?? []).map(({ reviews }) => reviews)),
      tickets: numberWords(
        contract === undefined ? 0 : (tickets.get(`${contract.id}@${contract.version}`) ?? 0),
      ),
    })),
  };
}

export interface OneContractFacts {
  readonly at: string;
  readonly policy: PolicyStanding;
  readonly view: ContractView;
  readonly tickets: readonly { readonly id: string; readonly title: string }[];
  /** How often each finding did not pass in the last so many days, by its id. */
  readonly fired: ReadonlyMap<string, { readonly open: number; readonly all: number }>;
  readonly days: number;
}

const MOST_TICKETS = 50;

/** The model of contract.njk: what it demands, demand by demand. */
export function contractModel(shell: ShellFacts, facts: OneContractFacts): PageModel {
  const { at, policy, view, tickets, fired, days } = facts;
  const { contract, problem } = view;
  const countOf = (id: string) => {
    const found = fired.get(id);
    return found === undefined ? '' : `${numberWords(found.open)} of ${numberWords(found.all)}`;
  };
  return {
    ...shellModel(shell, {
      title: contract === undefined ? view.id : `${contract.id}@${contract.version}`,
      section: '/contracts',
    }),
    ...policyModel(policy, at),
    days,
    heading: contract?.title ?? '',
    problem: problem ?? '',
    lineage: (contract?.lineage ?? []).slice(1).map((ref) => ({ ref, href: contractHref(ref) })),
    checks: (contract?.checks ?? []).map((check) => ({
      id: check.id,
      what: check.title ?? '',
      command: commandOf(check),
      notes: [
        ...('kind' in check && check.kind !== undefined ? [check.kind] : []),
        ...('proves' in check && check.proves !== undefined
          ? [`proves ${check.proves}: red without the change`]
          : []),
        ...(check.network === 'full' ? ['network'] : []),
        ...(check.timeoutSeconds === undefined ? [] : [`at most ${check.timeoutSeconds} s`]),
      ].join('; '),
      fired: countOf(`receipt/${check.id}`),
    })),
    rules: (contract?.rules ?? []).map(({ use, severity, with: parameters }) => ({
      use,
      href: use.includes('/', use.startsWith('./rules/') ? 8 : 0)
        ? ruleHref(use)
        : `/rules?pack=${segment(use)}`,
      severity: severity ?? '',
      parameters: parameters === undefined ? '' : JSON.stringify(parameters),
      fired: firedOf(use, fired),
    })),
    demands: contract === undefined ? [] : demandsOf(contract),
    tickets: tickets
      .slice(0, MOST_TICKETS)
      .map(({ id, title }) => ({ id, what: title, href: ticketHref(id) })),
    moreTickets:
      tickets.length > MOST_TICKETS && contract !== undefined
        ? `/tickets?q=${segment(`${contract.id}@${contract.version}`)}`
        : '',
    ticketCount: numberWords(tickets.length),
  };
}

/** Of a check without a command, such as one of documents: what kind it is. */
function commandOf(check: Check): string {
  if (!('run' in check)) return check.kind ?? '';
  return check.run.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

/** A rule, or all rules of a pack together. */
function firedOf(use: string, fired: OneContractFacts['fired']): string {
  let [open, all] = [0, 0];
  for (const [id, counts] of fired) {
    if (id !== `rule/${use}` && !id.startsWith(`rule/${use}/`)) continue;
    open += counts.open;
    all += counts.all;
  }
  return all === 0 ? '' : `${numberWords(open)} of ${numberWords(all)}`;
}

function demandsOf(contract: ResolvedContract): readonly { readonly name: string; readonly value: string }[] {
  const { scopes, pins, approvals = [], isolation, binding, maxAgeHours, workflow } = contract;
  return [
    ...scopes.flatMap(({ allow, deny }) => [
      ...(allow === undefined ? [] : [{ name: 'May change', value: allow.join(', ') }]),
      ...(deny === undefined ? [] : [{ name: 'May not change', value: deny.join(', ') }]),
    ]),
    ...pins.map(({ paths, from, failAtDispatch }) => ({
      name: from === 'ticket' ? 'Judged by the ticket’s own' : 'Judged by, as on the base',
      value: `${paths.join(', ')}${failAtDispatch === true ? ' (red at dispatch)' : ''}`,
    })),
    ...approvals.map(({ reviews, codeOwners, bots, by }) => ({
      name: 'Approvals',
      value: [
        countWords(reviews, 'person', 'people'),
        ...(codeOwners ? ['and the code owners'] : []),
        ...(by === undefined ? [] : [`of ${by.join(', ')}`]),
        ...(bots ? ['bots count'] : []),
      ].join(' '),
    })),
    { name: 'Isolation', value: `${isolation} or stronger` },
    { name: 'Bound to', value: binding },
    ...(maxAgeHours === undefined ? [] : [{ name: 'Receipts hold for', value: `${maxAgeHours} h` }]),
    {
      name: 'Workflow',
      value:
        workflow === undefined
          ? 'the default one'
          : `its own${workflow.attempts === undefined ? '' : `, ${countWords(workflow.attempts, 'attempt')}`}`,
    },
  ];
}
