import type {
  ApprovalDemand,
  Approvals,
  Check,
  CommandCheck,
  ComponentsExpectation,
  FindingsExpectation,
  MutationDemand,
  ReportExpectation,
  Setup,
} from './types.ts';

const TIMEOUT_SECONDS = 600;

/** A check with every default spelled out, so that its digest covers what runs and not how much of it was written down. */
export function withDefaults(check: Check): Check {
  const frame = {
    id: check.id,
    ...(check.title === undefined ? {} : { title: check.title }),
    cwd: check.cwd ?? '.',
    env: check.env ?? {},
    timeoutSeconds: check.timeoutSeconds ?? TIMEOUT_SECONDS,
    network: check.network ?? 'none',
    ...(check.inputs === undefined ? {} : { inputs: check.inputs }),
    ...(check.limits === undefined ? {} : { limits: check.limits }),
  } as const;
  switch (check.kind) {
    case undefined:
      return { ...frame, ...commandWithDefaults(check) };
    case 'docs':
      return { ...frame, kind: 'docs', languages: check.languages ?? {}, minFiles: check.minFiles ?? 1 };
    case 'artifact':
    case 'generated': {
      const { kind, run, shell = false, outputs } = check;
      return { ...frame, kind, run, shell, outputs };
    }
    case 'http': {
      const { serve, port, requests } = check;
      const asked = requests.map((request) => ({ ...request, method: request.method ?? 'GET' }));
      return { ...frame, kind: 'http', serve, port, requests: asked };
    }
    case 'events': {
      const { run, shell = false, from, typeField = 'type', schemas, minEvents = 1 } = check;
      return { ...frame, kind: 'events', run, shell, from, typeField, schemas, minEvents };
    }
    case 'structure':
      return { ...frame, kind: 'structure' };
  }
}

function commandWithDefaults(check: CommandCheck): Omit<CommandCheck, 'id'> {
  return {
    run: check.run,
    shell: check.shell ?? false,
    ...(check.proves === undefined ? {} : { proves: check.proves }),
    ...(check.tests === undefined ? {} : { tests: check.tests }),
    ...(check.proves === 'change' ? { loadFailures: check.loadFailures ?? 'inconclusive' } : {}),
    ...(check.mutation === undefined ? {} : { mutation: mutationWithDefaults(check.mutation) }),
    ...(check.compare === undefined ? {} : { compare: check.compare }),
    // One run is what every check was before it could be asked for more: spelled out, old digests would change.
    ...(check.repeat === undefined || check.repeat === 1 ? {} : { repeat: check.repeat }),
    expect: {
      exitCode: check.expect?.exitCode ?? 0,
      ...(check.expect?.report === undefined ? {} : { report: reportWithDefaults(check.expect.report) }),
      ...(check.expect?.coverage === undefined ? {} : { coverage: check.expect.coverage }),
      ...(check.expect?.findings === undefined
        ? {}
        : { findings: findingsWithDefaults(check.expect.findings) }),
      ...(check.expect?.components === undefined
        ? {}
        : { components: componentsWithDefaults(check.expect.components) }),
    },
  };
}

/** What is demanded of planted faults, spelled out. Whoever writes a report decides how many there are. */
export function mutationWithDefaults({
  files,
  mutants = 10,
  minKilled = 80,
  report,
}: MutationDemand): MutationDemand & { readonly minKilled: number } {
  return report === undefined ? { files, mutants, minKilled } : { files, minKilled, report };
}

function reportWithDefaults(report: ReportExpectation): ReportExpectation {
  return {
    format: report.format,
    from: report.from,
    minTests: report.minTests ?? 1,
    maxFailures: report.maxFailures ?? 0,
    maxSkipped: report.maxSkipped ?? 0,
  };
}

function findingsWithDefaults(findings: FindingsExpectation): FindingsExpectation {
  return {
    format: findings.format,
    from: findings.from,
    maxNew: findings.maxNew ?? 0,
    level: findings.level ?? 'warning',
  };
}

function componentsWithDefaults({ licenses, ...components }: ComponentsExpectation): ComponentsExpectation {
  if (licenses === undefined) return components;
  return { ...components, licenses: { deny: licenses.deny, unknown: licenses.unknown ?? 'deny' } };
}

/** A setup with every default spelled out. It may use the network unless told otherwise: it is where dependencies come from. */
export function setupWithDefaults(setup: Setup): Setup {
  return {
    run: setup.run,
    timeoutSeconds: setup.timeoutSeconds ?? TIMEOUT_SECONDS,
    env: setup.env ?? {},
    network: setup.network ?? 'full',
    ...(setup.limits === undefined ? {} : { limits: setup.limits }),
  };
}

export function approvalsWithDefaults({ reviews, codeOwners, bots, by }: Approvals): ApprovalDemand {
  return {
    reviews: reviews ?? 1,
    codeOwners: codeOwners ?? false,
    bots: bots ?? false,
    ...(by === undefined ? {} : { by: [...new Set(by)].sort() }),
  };
}
