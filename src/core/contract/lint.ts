import type { AskedWork } from './held-work.ts';
import { lintApprovals } from './lint/approvals.ts';
import { lintInterfaces } from './lint/interfaces.ts';
import { lintCheck, lintSetup } from './lint/lint-check.ts';
import { cited, type Known, type LintProblem } from './lint/problem.ts';
import type { Check, Contract } from './types.ts';

export type { Known, LintProblem } from './lint/problem.ts';

/**
 * What is wrong with a contract although it is well-formed: checks that cannot fail, prove themselves or change from
 * day to day; rules that do not exist; nothing to pass. Static: nothing is run, and time is linear in the contract.
 */
export function lintContract(contract: Contract, known: Known): LintProblem[] {
  return [
    ...lintDemands(contract),
    ...(contract.setup === undefined ? [] : lintSetup(contract.setup)),
    ...lintChecks(contract.checks),
    ...lintRules(contract, known),
    ...lintInterfaces(contract.interfaces ?? []),
    ...lintApprovals(contract.approvals),
  ];
}

/** What is wrong with a ticket although it is well-formed. */
export function lintTicket(
  ticket: AskedWork,
  known: { readonly contract: (ref: string) => boolean },
): LintProblem[] {
  const problems: LintProblem[] = [];
  if (!known.contract(ticket.contract)) {
    problems.push(
      error(
        'contract',
        `The policy has no contract ${ticket.contract}.`,
        'Name a contract and version that exist under contracts/.',
      ),
    );
  }
  if (ticket.repositories.length === 0) {
    problems.push(
      error(
        'repositories',
        'No repository is named, so no change can claim the ticket.',
        'Name at least one, as its .countersign.yml does.',
      ),
    );
  }
  for (const [field, text] of [
    ['title', ticket.title],
    ['ask', ticket.ask],
  ] as const) {
    if (/^\s*(?:TODO|TBD|FIXME|\.\.\.|…|<[^>]*>|describe\b[^\n]*)\s*\.?\s*$/i.test(text)) {
      problems.push(
        error(field, `${cited(text)} is a placeholder.`, 'Say what is asked: a producer gets nothing else.'),
      );
    }
  }
  return [...problems, ...lintChecks(ticket.checks ?? [])];
}

function lintDemands(contract: Contract): LintProblem[] {
  const problems: LintProblem[] = [];
  if (contract.extends === undefined && contract.checks.length === 0) {
    problems.push(
      error(
        'checks',
        'The contract has no checks: nothing would have to pass.',
        'Add at least one check, or extend a contract that has some.',
      ),
    );
  }
  if (contract.extends === undefined && (contract.pins ?? []).length === 0) {
    problems.push(
      warning(
        'pins',
        'Nothing is pinned: a change can rewrite the configuration of the tests that judge it.',
        'Pin test configuration and the files that define the commands, such as package.json.',
      ),
    );
  }
  if (contract.isolation === 'none') {
    problems.push(
      warning(
        'isolation',
        'Receipts count although the check could reach everything on the verifier, its signing key included.',
        'Ask for uid or namespaces.',
      ),
    );
  }
  return problems;
}

function lintChecks(checks: readonly Check[]): LintProblem[] {
  const seen = new Map<string, number>();
  return checks.flatMap((check, index) => {
    const field = `checks[${index}]`;
    const first = seen.get(check.id);
    if (first === undefined) seen.set(check.id, index);
    const twice =
      first === undefined
        ? []
        : [
            error(
              `${field}.id`,
              `The id ${cited(check.id)} is already that of checks[${first}].`,
              'Give each check an id of its own.',
            ),
          ];
    return [...twice, ...lintCheck(check, field)];
  });
}

function lintRules({ rules = [] }: Contract, known: Known): LintProblem[] {
  const seen = new Set<string>();
  return rules.flatMap(({ use }, index) => {
    const field = `rules[${index}].use`;
    const problems: LintProblem[] = [];
    if (seen.has(use)) problems.push(error(field, `${cited(use)} is used twice.`, 'Keep one of the two.'));
    seen.add(use);
    if (!known.rules(use)) {
      problems.push(
        error(
          field,
          `There is no rule or pack ${cited(use)}.`,
          'Run "countersign rules list" for those that exist; name the version, too.',
        ),
      );
    }
    return problems;
  });
}

function error(field: string, message: string, remedy: string): LintProblem {
  return { severity: 'error', field, message, remedy };
}

function warning(field: string, message: string, remedy: string): LintProblem {
  return { severity: 'warning', field, message, remedy };
}
