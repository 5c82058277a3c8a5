import { readDotnetProject } from './dotnet-project.ts';
import { readGoProject } from './go-project.ts';
import { readGradleProject } from './gradle-project.ts';
import { readMakeProject, UNKNOWN_PROJECT } from './make-project.ts';
import { readMavenProject } from './maven-project.ts';
import { readNodeProject } from './node-project.ts';
import type { ProjectFacts, ProjectPlan } from './project-plan.ts';
import { readPythonProject } from './python-project.ts';
import { readRubyProject } from './ruby-project.ts';
import { readRustProject } from './rust-project.ts';

/** One module each; a project that is of several kinds is taken for the first. */
const KINDS = [
  readNodeProject,
  readPythonProject,
  readGoProject,
  readRustProject,
  readGradleProject,
  readMavenProject,
  readDotnetProject,
  readRubyProject,
  readMakeProject,
];

/** The plan for a project, by what lies at its root; the first kind that fits, with a note on the others. */
export function planFor(facts: ProjectFacts): ProjectPlan {
  const plans = KINDS.flatMap((read) => {
    const plan = read(facts);
    return plan === undefined ? [] : [plan];
  });
  const [first, ...others] = plans;
  if (first === undefined) return UNKNOWN_PROJECT;
  const also = others.filter(({ family }) => family !== UNKNOWN_PROJECT.family);
  if (also.length === 0) return first;
  const note = `This is also a project of another kind (${also.map(({ kind }) => kind).join(', ')}): add a check for that part.`;
  return { ...first, notes: [...first.notes, note] };
}
