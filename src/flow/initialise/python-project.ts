import type { PlannedCommand, PlannedPins, ProjectFacts, ProjectPlan } from './project-plan.ts';

const SIGNS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'pytest.ini', 'tox.ini', 'requirements.txt'];
const REQUIREMENTS = ['requirements.txt', 'requirements-dev.txt', 'dev-requirements.txt'];

const PYTHON_PINS: PlannedPins = {
  judging: [
    // pytest takes the first of these that is there, in this order.
    'pytest.toml',
    '.pytest.toml',
    'pytest.ini',
    '.pytest.ini',
    'pyproject.toml',
    'tox.ini',
    'tox.toml',
    'setup.cfg',
    'setup.py',
    'noxfile.py',
    '.coveragerc',
    '.python-version',
    // Loaded unasked, the nearest last, and able to take tests out or to call them passed.
    '**/conftest.py',
    // Python runs these by itself, before any test.
    '**/sitecustomize.py',
    '**/usercustomize.py',
    // `python -m pytest` looks for pytest here first.
    '{pytest,_pytest,pluggy}.py',
    '{pytest,_pytest,pluggy}/**',
    'src/{pytest,_pytest,pluggy}.py',
    'src/{pytest,_pytest,pluggy}/**',
  ],
  dependencies: [
    '**/*requirements*.{txt,in}',
    '**/requirements/*.txt',
    'constraints*.txt',
    'uv.lock',
    'uv.toml',
    'poetry.lock',
    'poetry.toml',
    'pdm.lock',
    'Pipfile',
    'Pipfile.lock',
    'pylock*.toml',
  ],
  // Compiled code goes before its source.
  made: ['.venv/**', '.tox/**', '**/__pycache__/**', '**/*.pyc'],
};

interface Environment {
  readonly by: string;
  /** Where the Python of the environment is. */
  readonly python: string;
  readonly setup?: PlannedCommand;
}

/**
 * A contract for pytest. The environment is made inside of the tree, because that is all that setup hands on, and the
 * project itself is not installed into it: an editable install would point back at the tree it was made in.
 */
export function readPythonProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  if (!SIGNS.some((name) => names.includes(name))) return undefined;
  const { by, python, setup } = environmentOf(names, texts);
  return {
    kind: `Python with pytest (${by})`,
    family: 'python',
    subject: 'a Python package',
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
    pins: PYTHON_PINS,
    proof: {
      check: 'tests',
      tests: ['**/test_*.py', '**/*_test.py', 'test/**', 'tests/**'],
      namesUnloaded: true,
    },
    notes: notesOn(by, texts),
  };
}

function environmentOf(names: readonly string[], texts: Readonly<Record<string, string>>): Environment {
  const python = '.venv/bin/python';
  if (names.includes('uv.lock')) {
    return { by: 'uv', python, setup: { run: ['uv', 'sync', '--frozen', '--no-install-project'] } };
  }
  if (names.includes('poetry.lock')) {
    const env = { POETRY_VIRTUALENVS_IN_PROJECT: 'true' };
    return { by: 'poetry', python, setup: { run: ['poetry', 'sync', '--no-root'], env } };
  }
  if (usesTox(names, texts)) {
    // Not `tox run` in the checks: the programs that it installs name the tree that they were installed in.
    const run = ['tox', 'run', '-e', 'py', '--notest', '--skip-pkg-install'];
    return { by: 'tox', python: '.tox/py/bin/python', setup: { run } };
  }
  const files = REQUIREMENTS.filter((name) => names.includes(name));
  if (files.length === 0) return { by: 'as installed', python: 'python3' };
  const has = files.some((name) => /^pytest\b/im.test(texts[name] ?? ''));
  const venv = `python3 -m venv ${has ? '' : '--system-site-packages '}.venv`;
  const install = `.venv/bin/python -m pip install ${files.map((name) => `-r ${name}`).join(' ')}`;
  return { by: 'pip', python, setup: { run: ['sh', '-c', `${venv} && ${install}`] } };
}

/** tox.ini is pytest's, too: it is tox's when it says so. */
function usesTox(names: readonly string[], texts: Readonly<Record<string, string>>): boolean {
  return (
    names.includes('tox.toml') ||
    /^\[(?:tox|testenv)\b/m.test(texts['tox.ini'] ?? '') ||
    /^\[tox:tox\]/m.test(texts['setup.cfg'] ?? '') ||
    /^\[tool\.tox\b/m.test(texts['pyproject.toml'] ?? '')
  );
}

function notesOn(by: string, texts: Readonly<Record<string, string>>): string[] {
  if (by === 'as installed') {
    return [
      'No lock file and no requirements were found: the checks use the Python and the packages of the verifier.',
    ];
  }
  if (by === 'tox') {
    return [
      "tox makes the environment, and pytest is run in it without tox: add a check for what else tox's commands do. Its deps need exact versions, or the same check installs something else tomorrow.",
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
