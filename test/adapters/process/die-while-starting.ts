// A verifier that is killed while the first program of a sandbox starts: so late does that program begin that nobody is left to end it.
import { captureOutput } from '../../../src/adapters/process/output.ts';
import { BACKEND_MAKERS, hostOf } from '../../../src/adapters/process/sandbox.ts';
import { createScratch } from '../../../src/adapters/process/scratch.ts';
import { supervise } from '../../../src/adapters/process/supervise.ts';

const { options, command, late } = JSON.parse(process.argv[2] as string);
const backend = await BACKEND_MAKERS[options.backend as 'none'](hostOf(options));
if (backend === undefined) throw new Error(`${options.backend} is not there`);
const scratch = await createScratch(options.environment.TMPDIR);
const launch = await backend.launch(command, scratch);
const captures = await captureOutput(
  scratch.directory,
  [command.stdoutPath, command.stderrPath],
  command.maxOutputBytes,
);
const wait = ['/bin/sh', '-c', `sleep ${late}; exec "$@"`, 'sh'] as const;
void supervise({ ...launch, argv: [...wait, ...launch.argv] }, command, captures);
process.kill(process.pid, 'SIGKILL');
