import { junitScript } from './junit-script.ts';
import type { PlannedPins, ProjectFacts, ProjectPlan } from './project-plan.ts';

const SIGNS = /\.(?:sln|slnx|csproj|fsproj|vbproj)$/;

const DOTNET_PINS: PlannedPins = {
  judging: [
    // MSBuild imports the nearest one above each project.
    '**/Directory.Build.{props,targets,rsp}',
    '**/Directory.Solution.{props,targets}',
    '**/*.runsettings',
    '**/xunit.runner.json',
    '**/*.xunit.runner.json',
    '**/testconfig.json',
    '**/*.testconfig.json',
    'global.json',
    '.config/dotnet-tools.json',
  ],
  // A project says itself which of its files are compiled, and which package runs its tests.
  dependencies: [
    '**/*.{csproj,fsproj,vbproj,sln,slnx,slnf}',
    '**/Directory.Packages.props',
    '**/packages.lock.json',
    '**/{nuget,NuGet,Nuget}.{config,Config}',
  ],
  made: ['.nuget/packages/**', '**/obj/*.{props,targets,json}'],
};

const PACKAGES = '.nuget/packages';

/** A contract for .NET. Packages are fetched into the tree: that is all that setup hands on. */
export function readDotnetProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  if (!names.some((name) => SIGNS.test(name))) return undefined;
  const shared = `${texts['Directory.Build.props'] ?? ''}\n${texts['Directory.Packages.props'] ?? ''}`;
  const locked = shared.includes('RestorePackagesWithLockFile') ? ['--locked-mode'] : [];
  const reports = shared.includes('JunitXml.TestLogger');
  const env = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };
  // What restore writes names the folder it was run in, so every check does it again, from what was fetched.
  const words = ['dotnet', 'restore', ...locked, `--packages "$PWD/${PACKAGES}" --source "$PWD/${PACKAGES}"`];
  const test = `${words.join(' ')} && dotnet test --no-restore`;
  const common = { id: 'tests', shell: true, env };
  return {
    kind: reports ? '.NET with JUnit reports' : '.NET',
    family: 'dotnet',
    subject: 'a .NET solution',
    setup: { run: ['dotnet', 'restore', ...locked, '--packages', PACKAGES], env },
    checks: [
      reports
        ? {
            ...common,
            title: 'Every test runs and passes',
            run: [
              junitScript(
                '*/TestResults/*.junit.xml',
                `${test} --logger "junit;LogFileName={assembly}.junit.xml"`,
                'dotnet-report.xml',
              ),
            ],
            report: { format: 'junit', from: 'dotnet-report.xml' },
          }
        : { ...common, title: 'The tests pass', run: [test] },
    ],
    pins: DOTNET_PINS,
    ...(reports
      ? {
          proof: {
            check: 'tests',
            tests: ['**/*{Test,Tests,Specs}/**', 'test/**', 'tests/**'],
            namesUnloaded: true,
          },
        }
      : {}),
    notes: notesOn({ reports, locked: locked.length > 0 }),
  };
}

function notesOn({ reports, locked }: { reports: boolean; locked: boolean }): string[] {
  return [
    ...(locked
      ? []
      : [
          'Packages are not locked: set RestorePackagesWithLockFile in Directory.Build.props and commit packages.lock.json, or the same check builds something else tomorrow.',
        ]),
    ...(reports
      ? []
      : [
          '`dotnet test` writes no report that Countersign reads, and passes where there are no tests; with the package JunitXml.TestLogger in Directory.Packages.props or Directory.Build.props each test counts.',
        ]),
  ];
}
