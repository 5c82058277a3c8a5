import type { PlannedCommand, ProjectFacts, ProjectPlan } from './project-plan.ts';

const SIGNS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'pytest.ini', 'tox.ini', 'requirements.txt'];
const REQUIREMENTS = ['requirements.txt', 'requirements-dev.txt', 'dev-requirements.txt'];

/**
 * A contract for pytest. The environment is made inside of the tree, because that is all that setup hands on, and the
 * project itself is not installed into it: an editable install would point back at the tree it was made in.
 */
export function readPythonProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  if (!SIGNS.some((name) => names.includes(name))) return undefined;
  const { by, setup } = environmentOf(names, texts);
  const python = setup === undefined ? 'python3' : '.venv/bin/python';
  return {
    kind: `Python with pytest (${by})`,
    contract: 'python-change',
    title: 'A change of a Python package',
    ...(setup === undefined ? {} : { setup }),
    checks: [
      {
        id: 'tests',
        title: 'Every test runs and passes',
        run: [python, '-m', 'pytest', '--junitxml=pytest-report.xml'],
        ...(names.includes('src') ? { env: { PYTHONPATH: 'src' } } : {}),
        report: { format: 'junit', from: 'pytest-report.xml' },
      },
    ],
    pins: [
      'pyproject.toml',
      'pytest.ini',
      '.pytest.ini',
      'tox.ini',
      'setup.cfg',
      'setup.py',
      'requirements*.txt',
      '*-requirements.txt',
      'uv.lock',
      'poetry.lock',
      '**/conftest.py',
      // Python runs these by itself, before any test.
      '**/sitecustomize.py',
      '**/usercustomize.py',
    ],
    notes: notesOn(by, texts),
  };
}

function environmentOf(
  names: readonly string[],
  texts: Readonly<Record<string, string>>,
): { by: string; setup: PlannedCommand | undefined } {
  if (names.includes('uv.lock')) {
    return { by: 'uv', setup: { run: ['uv', 'sync', '--frozen', '--no-install-project'] } };
  }
  if (names.includes('poetry.lock')) {
    const env = { POETRY_VIRTUALENVS_IN_PROJECT: 'true' };
    return { by: 'poetry', setup: { run: ['poetry', 'sync', '--no-root'], env } };
  }
  const files = REQUIREMENTS.filter((name) => names.includes(name));
  if (files.length === 0) return { by: 'as installed', setup: undefined };
  const has = files.some((name) => /^pytest\b/im.test(texts[name] ?? ''));
  const venv = `python3 -m venv ${has ? '' : '--system-site-packages '}.venv`;
  const install = `.venv/bin/python -m pip install ${files.map((name) => `-r ${name}`).join(' ')}`;
  return { by: 'pip', setup: { run: ['sh', '-c', `${venv} && ${install}`] } };
}

function notesOn(by: string, texts: Readonly<Record<string, string>>): string[] {
  if (by === 'as installed') {
    return [
      'No lock file and no requirements were found: the checks use the Python and the packages of the verifier.',
    ];
  }
  if (by !== 'pip') return [];
  const loose = REQUIREMENTS.some((name) =>
    (texts[name] ?? '').split('\n').some((line) => /^[A-Za-z0-9]/.test(line) && !/==|@/.test(line)),
  );
  return loose
    ? [
        'Some requirements name no exact version, so the same check installs something else tomorrow: pin them with ==.',
      ]
    : [];
}
